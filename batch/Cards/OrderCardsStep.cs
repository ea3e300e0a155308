using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Lifecycle;
using MyNumber.Batch.Recovery;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Validation;

namespace MyNumber.Batch.Cards;

/// <summary>
/// Orders a card for each winner. In: applications `selected`. Out: a card `ordered` each, the application `ordered`, and
/// one drop for the factory with orders.csv and the photographs. The plan fixes who is in it; parts stage photographs;
/// the seal decides. A photograph that cannot be had sends its application back to a person and leaves the drop.
/// </summary>
public sealed class OrderCardsStep(NightServices services, PhotoCutter cutPhoto)
{
    /// <summary>Orders in one part: each one opens a scan.</summary>
    public const int OrdersPerPartMax = 200;

    private readonly OrderPhotos _photos = new(services, cutPhoto);

    /// <summary>How a card order leaves the house.</summary>
    public Handover Handover => new("card-orders", product => product == OrderDrops.Product)
    {
        Render = RenderAsync,
        Refuse = cancellation => RestoreHold.RefuseAsync(services, cancellation),
        Outside = () => FoundDrops.ReconciledHashes(services.Home, "card-orders"),
        // A drop that was lost on the way is handed over once more as it was.
        KeepsAfterwards = true,
    };

    /// <summary>For the engine.</summary>
    public StepDefinition Definition => new(
        "order-cards", Act.OfRows(PlanAsync), Act.Of(ComputeAsync, StoreAsync),
        [
            new BalanceCheck("cards in the order = orders that were made", OrdersSql),
            new BalanceCheck("winners without an order = held + given up", WinnersSql),
        ])
    {
        Seal = (context, cancellation) => OrderDrops.SealAsync(context, services.Kept, cancellation),
        Publish = services.Handovers.Act(Handover),
        Items = (part, cancellation) => OrderDrops.KeysAsync(part, cancellation),
        Poison = PoisonAsync,
        Failed = async (order, context, cancellation) =>
        {
            await PoisonAsync(order.Subject, context, cancellation);
            return "review";
        },
        GiveBack = OrderDrops.GiveBackAsync,
    };

    private const string OrdersSql = """
        SELECT count(*), (SELECT count(*) FROM item WHERE run_id = @run AND step_ordinal = @ordinal AND outcome = 'ordered')
        FROM card JOIN drop ON drop.id = card.drop_id WHERE drop.run_id = @run
        """;

    // An order is named by its winner, the second one with -2. What was given up after this step closed is ordered next night.
    private const string WinnersSql = """
        WITH this AS (SELECT coalesce(closed_at, 'infinity') AS closed_at FROM step WHERE run_id = @run AND ordinal = @ordinal),
        without AS (
          SELECT subject FROM item WHERE run_id = @run AND step_ordinal = @ordinal AND outcome IN ('held', 'given-up')
          UNION ALL
          SELECT item.subject FROM this, drop
          JOIN approval ON approval.kind = 'drop-lost' AND drop.folder = 'card-orders/' || approval.subject
          JOIN step ON step.run_id = drop.run_id AND step.name = 'order-cards'
          JOIN item ON item.run_id = drop.run_id AND item.step_ordinal = step.ordinal AND item.outcome = 'given-up'
          WHERE drop.state = 'given-up' AND approval.at > this.closed_at)
        SELECT count(*), count(*) FILTER (WHERE key IN (SELECT subject FROM without)
          OR key IN (SELECT regexp_replace(subject, '-[0-9]+$', '') FROM without))
        FROM application WHERE state = 'selected'
        """;

    // The order id is the winner's key, so that ordering twice is impossible: it is the card's primary key. What is ordered
    // again (R36) is KEY-2 and so on; a number is passed over where another application, or a card, has that very name.
    private const string OrderSql = """
        WITH winner AS (
          UPDATE application SET state = 'ordered', state_on = $1 FROM resident
          WHERE application.state = 'selected' AND resident.resident_id = application.resident_id
            AND application.key = ANY ($3::text[])
          RETURNING application.key, application.resident_id, resident.municipality_code),
        numbered AS (
          SELECT winner.*, place.order_id FROM winner CROSS JOIN LATERAL (
            WITH RECURSIVE tried (n, order_id) AS (
              SELECT cards.n + 1, CASE cards.n WHEN 0 THEN winner.key ELSE winner.key || '-' || (cards.n + 1) END
              FROM (SELECT count(*) AS n FROM card WHERE card.application_key = winner.key) AS cards
              UNION ALL
              SELECT n + 1, winner.key || '-' || (n + 1) FROM tried
              WHERE EXISTS (SELECT FROM card WHERE card.ref = tried.order_id)
                OR EXISTS (SELECT FROM card WHERE card.order_id = tried.order_id)
                OR (n > 1 AND EXISTS (SELECT FROM application AS other WHERE other.key = tried.order_id)))
            SELECT tried.order_id FROM tried ORDER BY n DESC LIMIT 1) AS place),
        made AS (
          INSERT INTO card (ref, order_id, application_key, resident_id, municipality_code, state, state_on, ordered_on, drop_id)
          SELECT order_id, order_id, key, resident_id, municipality_code, 'ordered', $1, $1, $2 FROM numbered),
        told AS (
          INSERT INTO history (subject_kind, subject, at, what, by)
          SELECT kind, CASE kind WHEN 'card' THEN order_id ELSE key END, $1, 'ordered', 'order-cards'
          FROM numbered, unnest(ARRAY['application', 'card']) AS kind ORDER BY order_id, kind)
        SELECT order_id FROM numbered ORDER BY order_id COLLATE "C"
        """;

    private async Task PlanAsync(StoreContext context, CancellationToken cancellation)
    {
        await RestoreHold.RefuseAsync(context.Connection, context.Transaction, services.Home, cancellation);
        await Timeline.ApplyAsync(context, services.Policy, cancellation);
        var held = await FoundOrders.AttachAsync(services, context, cancellation);
        var winners = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            "SELECT key FROM application WHERE state = 'selected' AND key <> ALL ($1::text[]) ORDER BY key",
            row => row.GetString(0), cancellation, [held.ToArray()]);
        if (winners.Count == 0)
        {
            return;
        }

        var drop = await Drops.CreateFolderAsync(
            context, "card-orders", OrderDrops.Product, services.Policy.Production, cancellation);
        var keys = new List<string>(winners.Count);
        var failed = await context.StoreEachAsync(
            "application", winners, key => key,
            async (some, cancel) => keys.AddRange(await Sql.QueryAsync(
                context.Connection, context.Transaction, OrderSql, row => row.GetString(0), cancel, context.BusinessDate, drop.Id,
                some.ToArray())),
            cancellation);
        await context.ReportAsync(failed, "application", "held", cancellation);
        await context.PlanPartsAsync(
            [.. keys.Chunk(OrdersPerPartMax).Select(chunk => new PlannedPart(chunk[0], chunk[^1]))], cancellation);
    }

    private async Task<IReadOnlyList<OrderRow>> ComputeAsync(PartContext part, CancellationToken cancellation)
    {
        var drop = await OrderDrops.FolderAsync(part.Database, part.Run.Id, cancellation);
        var wanted = await OrderDrops.OrdersAsync(part, cancellation);
        string[] keys = [.. wanted.Select(order => order.ApplicationKey)];
        var loader = new FactsLoader(services.Database, services.Keys, services.Numbers, services.Policy);
        var loaded = (await loader.LoadAsync(keys, part.BusinessDate, cancellation)).ToDictionary(one => one.Key);
        var photos = (await _photos.FindAsync(keys, cancellation)).ToLookup(photo => photo.Key);
        var orders = new List<OrderRow>(keys.Length);
        foreach (var (order, key) in wanted)
        {
            part.BeginItem();
            orders.Add(await OrderAsync(
                order, loaded.GetValueOrDefault(key), photos[key], drop, part, cancellation));
        }

        return orders;
    }

    private async Task<OrderRow> OrderAsync(
        string key, LoadedApplication? loaded, IEnumerable<OrderPhoto> sources, string drop, PartContext part,
            CancellationToken cancellation)
    {
        if (loaded is null)
        {
            return new OrderRow(key, null, null, false, false, false, "data-destroyed");
        }

        var facts = loaded.Facts;
        StagedFile? staged = null;
        OrderPhoto? source = null;
        if (Photograph.IsNeeded(facts))
        {
            if (_photos.Cut(key, sources) is not { } photo)
            {
                return new OrderRow(key, null, null, false, false, false, "photo-not-to-be-had");
            }

            staged = await part.Staging.StageAsync(
                drop, photo.Name, (stream, cancel) => stream.WriteAsync(photo.Bytes, cancel).AsTask(), cancellation);
            source = photo.Source;
        }

        return new OrderRow(
            key, staged, source, facts.Mark("braille") == true, CertificateWishes.Signature(facts), CertificateWishes.User(facts), null);
    }

    private async Task StoreAsync(IReadOnlyList<OrderRow> orders, StoreContext context, CancellationToken cancellation)
    {
        await OrderDrops.StoreAsync(context, orders.Where(order => order.Failure is null).ToList(), cancellation);
        await OrderDrops.ReturnAsync(
            context, orders.Where(order => order.Failure is not null).Select(order => order.Key).ToList(), services.Ids, cancellation);
    }

    private Task PoisonAsync(string key, StoreContext context, CancellationToken cancellation) =>
        OrderDrops.ReturnAsync(context, [key], services.Ids, cancellation);

    // Only what was not kept is written again: a photograph, and what an earlier version sealed.
    private async Task RenderAsync(DropRow drop, string path, Stream stream, CancellationToken cancellation)
    {
        if (path is OrderDrops.OrdersFile or OrderDrops.ControlFile)
        {
            await using var connection = await services.Database.OpenConnectionAsync(cancellation);
            var (orders, control) = await OrderDrops.BytesAsync(connection, null, drop, cancellation);
            await stream.WriteAsync(path == OrderDrops.OrdersFile ? orders : control, cancellation);
            return;
        }

        var order = Path.GetFileNameWithoutExtension(path);
        var photo = _photos.Cut(order, await _photos.FrozenAsync(order, cancellation))
            ?? throw new InvalidOperationException($"The photograph of order {order} was there when it was staged.");
        await stream.WriteAsync(photo.Bytes, cancellation);
    }
}

/// <summary>One order as computed, by its order id; a reason where it cannot be made.</summary>
internal sealed record OrderRow(
    string Key, StagedFile? Photo, OrderPhoto? Source, bool Braille, bool Signature, bool User, string? Failure);
