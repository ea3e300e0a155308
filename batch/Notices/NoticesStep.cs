using MyNumber.Batch.Database;
using MyNumber.Batch.Lifecycle;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>
/// Step `notices`: decides, set-based and in one serial plan, which pieces are wanted, each once; writes the messages to
/// online applicants and tells municipalities of rejections. In: closed decisions of the night. Out: pieces `wanted` (or
/// at once `suppressed`), forms in the registry, flat files in the outbox.
/// </summary>
public sealed class NoticesStep(NightServices services)
{
    /// <summary>Messages written by one part at most.</summary>
    public const int MessagesPerPartMax = 1_000;

    private static readonly string[] FlatProducts = [Emails.Product, Rejections.Product];
    private const string EmailPrefix = "email/";
    private const string RejectionsPrefix = "rejections/";

    /// <summary>How messages and rejections leave the house.</summary>
    public Handover Handover => new("notices", product => FlatProducts.Contains(product)) { Render = RenderAsync };

    /// <summary>The step, as data.</summary>
    public StepDefinition Definition => new(
        "notices", Act.OfRows(PlanAsync), Act.Of<IReadOnlyList<WrittenEmail>>(ComputeAsync, StoreAsync), Checks)
    {
        Seal = SealAsync,
        Publish = services.Handovers.Act(Handover),
        GiveBack = GiveBackAsync,
    };

    private IReadOnlyList<BalanceCheck> Checks =>
    [
        services.Products.ListedCheck,
        .. services.Products.List.SelectMany(product => product.Checks),
        .. Emails.Checks,
        new(
            "rejected applications = told to their municipality + rejected since",
            """
            SELECT count(*), count(*) FILTER (WHERE state_on >= @date OR told = 'before'
              OR EXISTS (SELECT FROM rejection WHERE rejection.application_key = application.key))
            FROM application WHERE state = 'rejected'
              AND EXISTS (SELECT FROM finding WHERE application_key = application.key AND severity = 'reject')
            """),
        new(
            "reprints ≤ spoiled + refused + declared lost (what is over: 0)",
            """
            SELECT greatest(0, (SELECT count(*) FROM piece WHERE replaces IS NOT NULL)
                - (SELECT count(*) FROM piece WHERE state IN ('spoiled', 'refused', 'destroyed') OR lost)),
              0::bigint
            """),
    ];

    private async Task PlanAsync(StoreContext context, CancellationToken cancellation)
    {
        await Timeline.ApplyAsync(context, services.Policy, cancellation);
        await NextGenerations.WantAsync(context, services, cancellation);
        foreach (var product in services.Products.List)
        {
            await product.WantAsync(context, services, cancellation);
        }

        // Of a hundred thousand pieces wanted a moment ago the planner knows nothing yet.
        await context.RenewStatisticsAsync(cancellation);
        var stopped = await Suppression.ApplyAsync(context, services, null, "notices", cancellation);
        await LedgerAsync(context, stopped, cancellation);
        await PlanFilesAsync(context, cancellation);
    }

    private static async Task LedgerAsync(
        StoreContext context, IReadOnlyList<SuppressedPiece> stopped, CancellationToken cancellation)
    {
        var stoppedIds = stopped.Select(piece => piece.PieceId).ToHashSet();
        var wanted = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT piece_id FROM piece WHERE wanted_on = $1 AND state = 'wanted' AND drop_id IS NULL
            ORDER BY piece_id COLLATE "C"
            """,
            row => row.GetString(0), cancellation, context.BusinessDate);
        await context.LedgerAsync(
            wanted.Where(id => !stoppedIds.Contains(id)).Select(id => new ItemOutcome(id, "wanted"))
                .Concat(stopped.Select(piece => new ItemOutcome(piece.PieceId, "suppressed", piece.Reason))),
            cancellation);
    }

    private static async Task PlanFilesAsync(StoreContext context, CancellationToken cancellation)
    {
        var parts = new List<PlannedPart>();
        var keys = await Emails.WantAsync(context, cancellation);
        if (keys.Count > 0)
        {
            var drop = await Drops.CreateFlatAsync(context, Emails.Product, Emails.Product, cancellation);
            await Emails.FreezeAsync(context, drop.Id, cancellation);
            // Distinct: an application with two messages to write must not fall into two parts.
            parts.AddRange(keys.Distinct().Chunk(MessagesPerPartMax)
                .Select(chunk => new PlannedPart(EmailPrefix + chunk[0], EmailPrefix + chunk[^1])));
        }

        if (await Rejections.AnyAsync(context, cancellation))
        {
            var drop = await Drops.CreateFlatAsync(context, Rejections.Product, Rejections.Product, cancellation);
            await Rejections.FreezeAsync(context, drop.Id, cancellation);
            parts.Add(new PlannedPart(RejectionsPrefix, RejectionsPrefix));
        }

        await context.PlanPartsAsync(parts, cancellation);
    }

    private async Task<IReadOnlyList<WrittenEmail>> ComputeAsync(PartContext part, CancellationToken cancellation)
    {
        var from = part.Part.FromKey;
        var product = from.StartsWith(EmailPrefix, StringComparison.Ordinal) ? Emails.Product : Rejections.Product;
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        var drop = (await FrozenAsync(connection, null, part.Run.Id, cancellation)).Single(row => row.Product == product);
        if (product == Emails.Product)
        {
            return await Emails.StageAsync(
                services, part, drop, from[EmailPrefix.Length..], part.Part.ToKey[EmailPrefix.Length..], cancellation);
        }

        var content = await Rejections.ContentAsync(part.Database, drop.Id, cancellation);
        var file = await part.Staging.StageAsync(
            drop.Folder, Drops.FlatFileName(drop),
            (stream, cancel) => stream.WriteAsync(content, cancel).AsTask(), cancellation);
        return [new WrittenEmail("", 0, file, content)];
    }

    private async Task StoreAsync(
        IReadOnlyList<WrittenEmail> written, StoreContext context, CancellationToken cancellation)
    {
        var product = context.Part.FromKey.StartsWith(EmailPrefix, StringComparison.Ordinal)
            ? Emails.Product : Rejections.Product;
        var drop = (await FrozenAsync(context.Connection, context.Transaction, context.Run.Id, cancellation))
            .Single(row => row.Product == product);
        await services.Kept.RecordAsync(
            context, drop, [.. written.Where(email => email.File is not null).Select(email => (email.File!, email.Content!))],
            cancellation);
        if (product == Emails.Product)
        {
            await Emails.StoreAsync(context, written, cancellation);
        }
    }

    private static async Task SealAsync(StoreContext context, CancellationToken cancellation)
    {
        foreach (var drop in await FrozenAsync(context.Connection, context.Transaction, context.Run.Id, cancellation))
        {
            var files = await Drops.FilesAsync(context.Connection, context.Transaction, drop.Id, cancellation);
            if (files.Count > 0)
            {
                await Drops.SealAsync(context, drop.Id, FlatDrops.Sha256(files), cancellation);
            }
            else
            {
                await FlatDrops.GiveBackAsync(context, drop.Id, cancellation);
            }
        }
    }

    // For what a version sealed that kept no bytes.
    private async Task RenderAsync(DropRow drop, string path, Stream stream, CancellationToken cancellation)
    {
        if (drop.Product == Rejections.Product)
        {
            await stream.WriteAsync(await Rejections.ContentAsync(services.Database, drop.Id, cancellation), cancellation);
            return;
        }

        var name = path[..^".eml".Length];
        var key = name[..name.LastIndexOf('-')];
        var message = (await Emails.LoadAsync(services, drop, key, key, cancellation))
            .Single(one => Emails.Subject(one.Key, one.Number) == name).Open(services, drop.BusinessDate);
        await stream.WriteAsync(message.ToBytes(services.Policy.MailFrom, services.Policy.ApplicationSite), cancellation);
    }

    private static Task<IReadOnlyList<DropRow>> FrozenAsync(
        Npgsql.NpgsqlConnection connection, Npgsql.NpgsqlTransaction? transaction, long runId,
        CancellationToken cancellation) =>
        Drops.FrozenAsync(connection, transaction, runId, FlatProducts, cancellation);

    private static async Task GiveBackAsync(StoreContext context, CancellationToken cancellation)
    {
        foreach (var drop in await FrozenAsync(context.Connection, context.Transaction, context.Run.Id, cancellation))
        {
            await FlatDrops.GiveBackAsync(context, drop.Id, cancellation);
        }
    }
}
