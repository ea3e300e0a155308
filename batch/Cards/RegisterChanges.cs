using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Cards;

/// <summary>
/// Applies what the register changed to applications and cards, by the table in <see cref="RegisterTransitions"/>:
/// everything still open is marked to be validated again.
/// </summary>
public static class RegisterChanges
{
    // $1 business date; $2 changes, $3 states: the cells that end as void; $4 those that do so only before the move; $5 each
    // change's rule in order, which also says which one the history names.
    private const string ChangeSql = """
        WITH change AS (
          SELECT DISTINCT register_change.resident_id, resident.registered_on,
            CASE WHEN kind = 'left' AND resident.left_reason = 'died' THEN 'died' ELSE kind END AS change
          FROM register_change JOIN resident USING (resident_id) WHERE NOT applied),
        cell AS (SELECT * FROM unnest($2::text[], $3::text[], $4::boolean[], $5::text[]) WITH ORDINALITY
          AS cell (change, state, if_earlier, rule, rank)),
        """;

    private const string ApplicationsSql = ChangeSql + """
        voided AS (
          SELECT DISTINCT ON (application.key) application.key, cell.rule
          FROM change JOIN cell USING (change) JOIN application
            ON application.resident_id = change.resident_id AND application.state = cell.state
          WHERE NOT cell.if_earlier OR application.received_on < change.registered_on
          ORDER BY application.key, cell.rank),
        written AS (
          UPDATE application SET state = 'void', state_on = $1, to_validate = false
          FROM voided WHERE application.key = voided.key)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'application', key, $1, 'void', 'register', rule FROM voided ORDER BY key
        """;

    private const string CardsSql = ChangeSql + """
        voided AS (
          SELECT DISTINCT ON (card.ref) card.ref, cell.rule
          FROM change JOIN cell USING (change) JOIN card ON card.resident_id = change.resident_id AND card.state = cell.state
          ORDER BY card.ref, cell.rank),
        written AS (UPDATE card SET state = 'void', state_on = $1 FROM voided WHERE card.ref = voided.ref)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'card', ref, $1, 'void', 'register', rule FROM voided ORDER BY ref
        """;

    private const string LookAgainSql = """
        UPDATE application SET to_validate = true FROM register_change
        WHERE application.resident_id = register_change.resident_id AND NOT register_change.applied
          AND application.state IN ('received', 'review', 'waiting', 'selected', 'superseded') AND NOT application.to_validate
        """;

    private const string ReviewsSql = """
        UPDATE review_item SET state = 'withdrawn' FROM application
        WHERE application.key = review_item.application_key AND application.state IN ('void', 'cancelled')
          AND review_item.state = 'open'
        """;

    private const string AppliedSql = "UPDATE register_change SET applied = true WHERE NOT applied";

    /// <summary>Applies every change that intake found and nobody applied yet. Nothing to apply changes nothing.</summary>
    public static async Task ApplyAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        await VoidAsync(context, ApplicationsSql, Transitions.ApplicationStates, RegisterTransitions.Application, cancellation);
        await VoidAsync(context, CardsSql, Transitions.CardStates, RegisterTransitions.Card, cancellation);
        foreach (var sql in new[] { LookAgainSql, ReviewsSql, AppliedSql })
        {
            await Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation);
        }
    }

    private static Task VoidAsync(
        StoreContext context, string sql, IReadOnlyList<string> states, Func<string, string, string> cell,
        CancellationToken cancellation)
    {
        var voiding = (
            from change in RegisterTransitions.Changes
            from state in states
            let becomes = cell(change, state)
            where becomes != RegisterTransitions.Stays
            select (change, state, ifEarlier: becomes == RegisterTransitions.VoidIfEarlier)).ToList();
        return Sql.ExecuteAsync(
            context.Connection, context.Transaction, sql, cancellation, context.BusinessDate,
            voiding.Select(one => one.change).ToArray(), voiding.Select(one => one.state).ToArray(),
            voiding.Select(one => one.ifEarlier).ToArray(),
            voiding.Select(one => RegisterTransitions.Rule(one.change)).ToArray());
    }
}
