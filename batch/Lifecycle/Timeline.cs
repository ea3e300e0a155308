using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Lifecycle;

/// <summary>
/// Applies what municipalities, call centre, factory and register tell, in the order in which it happened and not in that in
/// which it came (FORMATS.md, Nights). What is new tonight may lie before what was applied in earlier nights, so everything of
/// a resident concerned is played again from what it is without any fact: the end is the same as if all had come in time.
/// Only what cannot be taken back stands: a card disposed of, a letter, an order that is out.
/// </summary>
public static class Timeline
{
    private const string ResidentPrefix = "resident:";

    private const string AppliedSql = """
        UPDATE register_change SET applied = true WHERE NOT applied AND business_date <= $1 AND resident_id <> ALL($2::text[])
        """;

    // What is still open is judged by the register as it is now, and by what its applicant holds now (R09, R35).
    private const string LookAgainSql = """
        UPDATE application SET to_validate = true
        WHERE NOT to_validate AND state IN ('received', 'review', 'waiting', 'selected', 'superseded')
          AND (resident_id = ANY($2)
            OR resident_id IN (SELECT resident_id FROM register_change WHERE NOT applied AND business_date <= $1))
        """;

    /// <summary>Applies what is due and not applied yet, in one transaction. Nothing to apply changes nothing.</summary>
    public static async Task ApplyAsync(StoreContext context, Policy policy, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(policy);
        var (holders, held) = (new HashSet<string>(), new HashSet<string>());
        var failed = await context.StoreSetAsync(
            "fact", cancel => TimelineRows.FactsAsync(context, cancel),
            async (facts, cancel) =>
            {
                var played = await PlayAsync(context, facts, policy, cancel);
                holders.UnionWith(played.Holders);
                held.UnionWith(played.Held);
            },
            cancellation);
        await context.ReportAsync(failed, "fact", "held", cancellation);
        held.UnionWith(failed.Select(fact => fact.Subject).Where(fact => fact.StartsWith(ResidentPrefix, StringComparison.Ordinal))
            .Select(fact => fact[ResidentPrefix.Length..]));
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, LookAgainSql, cancellation, context.BusinessDate, holders.ToArray());
        await Sql.ExecuteAsync(context.Connection, context.Transaction, AppliedSql, cancellation, context.BusinessDate, held.ToArray());
        await EventChanges.MarkRegisteredAsync(context, cancellation);
    }

    // What throws in memory holds its resident's timeline; a row that the database refuses is found by halving the facts. By
    // halves it comes to the same, as what is played is played in the order in which it happened, whichever came first.
    private static async Task<(IEnumerable<string> Holders, IReadOnlyList<string> Held)> PlayAsync(
        StoreContext context, string[]? facts, Policy policy, CancellationToken cancellation)
    {
        var subjects = await TimelineRows.LoadAsync(context, facts, policy, cancellation);
        string[] held = [];
        if (subjects.Events.Count > 0 || subjects.Register.Count > 0 || subjects.Cards.Count > 0 || subjects.Applications.Count > 0)
        {
            var outcome = new Events.Applier(subjects, policy, context.Items).Apply();
            await EventChanges.SaveAsync(context, subjects, outcome, cancellation);
            await context.ReportAsync(outcome.Failed, "event", "held", cancellation);
            held = [.. outcome.Held];
        }

        return (subjects.Cards.Where(card => card.Stored is { } stored
                && ((stored.State == "delivered") != (card.State == "delivered") || stored.ReplacementApproved != card.ReplacementApproved))
            .Select(card => card.ResidentId), held);
    }
}
