using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Selection;

/// <summary>
/// For each resident the first application without an error wins (R30–R34). In: applications that validate found valid
/// (`received` and not to be validated), and those decided before whose card is not ordered. Out: `waiting`, `selected`,
/// `superseded`. All of it is a few set-based statements in the plan, which is serial: the order is a property of the
/// content, never of arrival, so running it again changes nothing.
/// </summary>
public sealed class SelectStep(Policy policy)
{
    /// <summary>For the engine.</summary>
    public StepDefinition Definition => new(
        "select", Act.OfRows(DecideAsync), Act.OfRows((_, _) => Task.CompletedTask),
        [
            new BalanceCheck("applications = the sum over the eleven states, none of them received but those held", NoneReceivedSql),
            new BalanceCheck("residents with a live winner = live winners", OneWinnerSql),
            new BalanceCheck("applications selected or superseded = decided by a winner", DecidedSql),
        ]);

    // A received application that validate did not see yet is held: it waits at an earlier step and counts here.
    private const string NoneReceivedSql = """
        SELECT count(*), count(*) FILTER (WHERE state IN ('review', 'incomplete', 'rejected', 'waiting', 'selected',
          'superseded', 'ordered', 'issued', 'cancelled', 'void') OR (state = 'received' AND to_validate))
        FROM application
        """;

    private const string OneWinnerSql = """
        SELECT count(*), count(DISTINCT resident_id) FROM application WHERE state IN ('selected', 'ordered')
        """;

    private const string DecidedSql = """
        SELECT count(*), count(*) FILTER (WHERE superseded_by IS NOT NULL) FROM application WHERE state = 'superseded'
        """;

    internal const string DecisionTableSql = """
        CREATE TEMP TABLE decision (key text COLLATE "C", state text, new_state text, winner text COLLATE "C") ON COMMIT DROP
        """;

    // Open are those still to be decided, and superseded ones whose winner is gone; the candidates among them are valid,
    // the others hold who comes later (R31). Whoever stands overtakes them: a winner whose card is ordered all, one whose
    // card was handed over those received before that card was made (R32); who is overtaken neither wins nor holds.
    // $1: the residents, null for all.
    internal string DecisionSql => $"""
        INSERT INTO decision
        WITH open AS (
          SELECT key, resident_id, state, superseded_by, received_on, channel, envelope, sheet, submitted_at, feed, row,
            state IN ('waiting', 'selected') OR (state IN ('received', 'superseded') AND NOT to_validate) AS candidate
          FROM application
          WHERE resident_id IS NOT NULL AND ($1::text[] IS NULL OR resident_id = ANY($1))
            AND (state IN ('received', 'review', 'waiting', 'selected')
            OR (state = 'superseded' AND NOT EXISTS (SELECT FROM application AS winner
              WHERE winner.key = application.superseded_by AND winner.state IN ('ordered', 'issued', 'void'))))),
        standing AS (
          SELECT DISTINCT ON (application.resident_id)
            application.resident_id, application.key, application.state, card.issued_on AS made_on
          FROM application LEFT JOIN card ON card.application_key = application.key
          WHERE application.state IN ('ordered', 'issued') AND application.resident_id IN (SELECT resident_id FROM open)
          ORDER BY application.resident_id, application.state = 'issued', card.issued_on DESC NULLS LAST),
        framed AS (
          SELECT open.key, open.state, open.superseded_by, open.candidate, standing.key AS standing,
            first_value(open.key) OVER in_order AS first, first_value(open.candidate) OVER in_order AS decided
          FROM open LEFT JOIN standing ON standing.resident_id = open.resident_id
            AND (standing.state = 'ordered' OR open.received_on < standing.made_on)
          WINDOW in_order AS (
            PARTITION BY open.resident_id, standing.key
            ORDER BY {OrderOfApplications.Sql(policy.MailBeforeOnline, "open")})),
        decided AS (
          SELECT key, state, superseded_by,
            CASE WHEN standing IS NOT NULL THEN 'superseded' WHEN NOT decided THEN 'waiting' WHEN key = first THEN 'selected'
              ELSE 'superseded' END AS new_state,
            coalesce(standing, first) AS winner
          FROM framed WHERE candidate)
        SELECT key, state, new_state, CASE WHEN new_state = 'superseded' THEN winner END AS winner
        FROM decided
        WHERE state <> new_state
          OR superseded_by IS DISTINCT FROM CASE WHEN new_state = 'superseded' THEN winner END
        """;

    // Demoted first: the index of live winners (R34) looks at every row as it is written, not at the end.
    private const string DemoteSql = """
        UPDATE application SET state = decision.new_state, state_on = $1, superseded_by = decision.winner
        FROM decision WHERE application.key = decision.key AND decision.new_state <> 'selected'
        """;

    private const string PromoteSql = """
        UPDATE application SET state = 'selected', state_on = $1, superseded_by = NULL,
          confirmed_on = coalesce(confirmed_on, $1)
        FROM decision WHERE application.key = decision.key AND decision.new_state = 'selected'
        """;

    private const string HistorySql = """
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'application', key, $1, new_state, 'select', coalesce('R33 ' || winner, CASE new_state
          WHEN 'waiting' THEN 'R31' ELSE 'R30' END)
        FROM decision ORDER BY key
        """;

    private const string LedgerSql = """
        INSERT INTO item (run_id, step_ordinal, subject, outcome, reason)
        SELECT $1, $2, key, new_state, CASE new_state WHEN 'waiting' THEN 'R31' WHEN 'superseded' THEN 'R33' ELSE 'R30' END
        FROM decision ORDER BY key
        """;

    // Who comes first among a resident's applications is that resident's alone. Where it cannot be decided, they are judged
    // again, and decided, in the next night.
    internal async Task DecideAsync(StoreContext context, CancellationToken cancellation)
    {
        var failed = await context.StoreSetAsync(
            "resident", cancel => Sql.QueryAsync(
                context.Connection, context.Transaction,
                """
                SELECT DISTINCT resident_id FROM application
                WHERE resident_id IS NOT NULL AND state IN ('received', 'review', 'waiting', 'selected', 'superseded')
                ORDER BY 1
                """,
                row => row.GetString(0), cancel),
            (residents, cancel) => DecideAsync(context, residents, cancel), cancellation);
        await context.ReportAsync(failed, "resident", "held", cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            "UPDATE application SET to_validate = true WHERE resident_id = ANY($1) AND state = 'received'", cancellation,
            [failed.Select(resident => resident.Subject).ToArray()]);
    }

    private async Task DecideAsync(StoreContext context, string[]? residents, CancellationToken cancellation)
    {
        await Execute(DecisionTableSql);
        await Execute(DecisionSql, [residents]);
        await Execute("ANALYZE decision");
        await Execute(DemoteSql, context.BusinessDate);
        await Execute(PromoteSql, context.BusinessDate);
        await Execute(HistorySql, context.BusinessDate);
        await Execute(LedgerSql, context.Run.Id, context.StepOrdinal);
        await Execute("DROP TABLE decision");

        Task Execute(string sql, params object?[] parameters) =>
            Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, parameters);
    }
}
