using MyNumber.Batch.Database;
using MyNumber.Batch.Lifecycle;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Storage;

/// <summary>
/// Winds the storage clock of every card that lies at a municipality (R45), proposes for disposal what has waited long
/// enough (R47), withdraws proposals that no longer hold (R46), and destroys the keys of applications whose images are
/// due (R48). A run of an unusual date does neither unless it was asked to, and no run goes far beyond what the nights before it
/// did (<see cref="DestructionLimits"/>). Nothing is disposed of here: that takes two people and the municipality's return.
/// </summary>
public sealed class StorageStep(NightServices services)
{
    private readonly KeyDestruction _keys = new(services.Policy, services.Keys, services.Store);

    /// <summary>The step as the engine runs it.</summary>
    public StepDefinition Definition => new("storage", Act.OfRows(PlanAsync), _keys.Work, Checks)
    {
        Items = KeyDestruction.ItemsAsync,
        Failed = (_, _, _) => Task.FromResult("held"),
        Publish = services.Handovers.Act(Disposals.HandoverOf(services)),
    };

    private static IReadOnlyList<BalanceCheck> Checks { get; } =
    [
        new("cards proposed or approved for disposal = lines of open lists", """
            SELECT (SELECT count(*) FROM card WHERE state IN ('disposal-proposed', 'disposal-approved')),
                   (SELECT count(*) FROM disposal_item WHERE state IN ('proposed', 'approved'))
            """),
        new("lines approved or disposed of = those on lists that two people approved", """
            SELECT (SELECT count(*) FROM disposal_item WHERE state IN ('approved', 'disposed')),
                   (SELECT count(*) FROM disposal_item JOIN disposal_list list USING (list_id)
                    WHERE disposal_item.state IN ('approved', 'disposed')
                      AND (SELECT count(DISTINCT person) FROM approval
                           WHERE kind = 'disposal' AND subject = list.list_id) >= 2)
            """),
        new("keys due = destroyed + held", """
            SELECT (SELECT count(*) FROM item WHERE run_id = @run AND step_ordinal = @ordinal AND outcome = 'key-due'),
                   (SELECT count(*) FROM item JOIN key_slot ON 'key:' || application_key = subject
                    WHERE run_id = @run AND step_ordinal = @ordinal AND outcome = 'key-due' AND state = 'destroyed')
                   + (SELECT count(*) FROM item AS due JOIN item AS held USING (run_id, step_ordinal)
                      WHERE run_id = @run AND step_ordinal = @ordinal AND due.outcome = 'key-due' AND held.outcome = 'held'
                        AND due.subject = 'key:' || held.subject)
            """),
    ];

    private async Task PlanAsync(StoreContext context, CancellationToken cancellation)
    {
        await Timeline.ApplyAsync(context, services.Policy, cancellation);
        await RecordDisposedAsync(context, cancellation);
        var cards = await WoundAsync(context, cancellation);
        await WithdrawAsync(context, cards, cancellation);
        if (context.Run.MayDestroy)
        {
            var limits = await DestructionLimits.LoadAsync(context, services.Policy, cancellation);
            var proposed = await ProposeAsync(context, cards, limits.Disposals, cancellation);
            var keys = await _keys.PlanAsync(context, limits.Keys, cancellation);
            await DestructionLimits.RecordAsync(context, keys, proposed, cancellation);
        }

        await WaitingDestruction.TellAsync(context.Connection, context.Transaction, services.Clock.GetUtcNow(), cancellation);
    }

    // The municipality's return (event disposal-confirmed) moved the card; its line on the list follows.
    private static Task RecordDisposedAsync(StoreContext context, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE disposal_item SET state = 'disposed' FROM card
            WHERE card.ref = card_ref AND card.state = 'disposed' AND disposal_item.state = 'approved'
            """,
            cancellation);

    // A card whose clock fails is left out of all that follows: it is neither proposed nor kept proposed.
    private static async Task<IReadOnlyList<StoredCard>> WoundAsync(StoreContext context, CancellationToken cancellation)
    {
        var cards = await StoredCard.LoadAsync(context.Connection, context.Transaction, cancellation);
        var wound = context.Items.Each(
            "card", cards, card => card.Ref, card => (Card: card, Dates: StorageClock.Of(card.Facts), card.DisposableFrom));
        await context.ReportAsync(wound.Failed, "card", "held", cancellation);
        var changed = wound.Done.Where(card => card.Dates != card.Card.Known).ToList();
        var failed = await context.StoreEachAsync(
            "card", changed, card => card.Card.Ref,
            (some, cancel) => WindAsync(context, [.. some.Select(card => (card.Card.Ref, card.Dates))], cancel), cancellation);
        await context.ReportAsync(failed, "card", "held", cancellation);
        var left = failed.Select(card => card.Subject).ToHashSet();
        return [.. wound.Done.Select(card => card.Card).Where(card => !left.Contains(card.Ref))];
    }

    private static Task WindAsync(
        StoreContext context, IReadOnlyList<(string Ref, StorageDates Dates)> changed, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE card SET storage_began = wound.began, storage_ends = wound.ends, disposable_from = wound.ends + 1,
                            pickup_deadline = wound.deadline
            FROM unnest($1::text[], $2::date[], $3::date[], $4::date[]) AS wound (ref, began, ends, deadline)
            WHERE card.ref = wound.ref
            """,
            cancellation,
            changed.Select(card => card.Ref).ToArray(),
            changed.Select(card => card.Dates.Began).ToArray(),
            changed.Select(card => card.Dates.Ends).ToArray(),
            changed.Select(card => card.Dates.PickupDeadline).ToArray());

    // R46. A proposal whose card was held, extended, picked up or told anew falls; its card goes back to what it was.
    private static async Task WithdrawAsync(
        StoreContext context, IReadOnlyList<StoredCard> cards, CancellationToken cancellation)
    {
        var stillDue = cards.Where(card => card.State == "disposal-proposed" && card.IsDisposable(context.BusinessDate))
            .Select(card => card.Ref).ToArray();
        await Disposals.WithdrawAsync(
            context.Connection, context.Transaction, list: null, stillDue, context.BusinessDate, "storage", cancellation);
    }

    // What has waited longest comes first where not all may be proposed.
    private async Task<long> ProposeAsync(
        StoreContext context, IReadOnlyList<StoredCard> cards, long limit, CancellationToken cancellation)
    {
        var due = cards.Where(card => card.State != "disposal-proposed" && card.IsDisposable(context.BusinessDate)).ToList();
        var taken = await WaitingDestruction.TakeAsync(
            context, WaitingDestruction.Disposal,
            [.. due.OrderBy(card => StorageClock.Of(card.Facts).DisposableFrom).ThenBy(card => card.Ref, StringComparer.Ordinal)
                .Select(card => card.Ref)],
            limit, cancellation);
        var refs = taken.Subjects.ToHashSet();
        var municipalities = due.Where(card => refs.Contains(card.Ref)).GroupBy(card => card.Municipality)
            .OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        var failed = await context.StoreOneByOneAsync("list", municipalities, group => $"list:{group.Key}", async (municipality, cancel) =>
        {
            var number = await Sql.ScalarAsync<int>(
                context.Connection, context.Transaction,
                """
                SELECT coalesce(max(number), 0) + 1 FROM disposal_list
                WHERE municipality_code = $1 AND business_date = $2
                """,
                cancel, municipality.Key, context.BusinessDate);
            await InsertListAsync(context, municipality.Key, number, [.. municipality], cancel);
        }, cancellation);
        await context.ReportAsync(failed, "list", "held", cancellation);
        return taken.OwnAccord;
    }

    private async Task InsertListAsync(
        StoreContext context, string municipality, int number, IReadOnlyList<StoredCard> cards,
        CancellationToken cancellation)
    {
        var list = services.Ids.ListId(municipality, context.BusinessDate, number);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO disposal_list (list_id, run_id, municipality_code, business_date, number)
            VALUES ($1, $2, $3, $4, $5)
            """,
            cancellation, list, context.Run.Id, municipality, context.BusinessDate, number);
        var dates = cards.Select(card => StorageClock.Of(card.Facts)).ToList();
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH due AS (
              SELECT * FROM unnest($2::text[], $3::date[], $4::date[]) AS due (ref, began, ended)),
            listed AS (
              INSERT INTO disposal_item (list_id, card_ref, storage_began, storage_ended, state_before)
              SELECT $1, due.ref, due.began, due.ended, card.state FROM due JOIN card USING (ref)),
            proposed AS (
              UPDATE card SET state = 'disposal-proposed', state_on = $5 FROM due WHERE card.ref = due.ref)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'card', ref, $5, 'disposal-proposed', 'storage', 'R47 ' || $1 FROM due
            UNION ALL SELECT 'list', $1, $5, 'proposed', 'storage', 'R47'
            """,
            cancellation, list, cards.Select(card => card.Ref).ToArray(), dates.Select(date => date.Began).ToArray(),
            dates.Select(date => date.Ends!.Value).ToArray(), context.BusinessDate);
        await context.LedgerAsync(cards.Select(card => new ItemOutcome(card.Ref, "disposal-proposed", "R47")), cancellation);
    }
}
