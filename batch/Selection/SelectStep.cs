using MyNumber.Batch.Runs;

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
            new Law("applications = the sum over the eleven states, none of them received but those held", NoneReceivedSql),
            new Law("residents with a live winner = live winners", OneWinnerSql),
            new Law("applications selected or superseded = decided by a winner", DecidedSql),
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

    // Only residents with something to decide: new or waiting ones, a selected one (R32), or a superseded one whose winner
    // is gone. A superseded one is no candidate while its winner's card is ordered, handed over or voided with a move.
    private string DecisionSql => $"""
        CREATE TEMP TABLE decision ON COMMIT DROP AS
        WITH candidate AS (
          SELECT application.key FROM application WHERE state IN ('waiting', 'selected')
            OR (state = 'received' AND NOT to_validate)
          UNION ALL
          SELECT application.key FROM application JOIN application AS winner ON winner.key = application.superseded_by
          WHERE application.state = 'superseded'
            AND winner.state NOT IN ('ordered', 'issued', 'void')),
        ranked AS (
          SELECT application.key, application.resident_id, application.state, application.superseded_by,
            candidate.key IS NOT NULL AS candidate,
            application.state = 'review' OR (application.state = 'received' AND application.to_validate) AS holds,
            row_number() OVER (PARTITION BY application.resident_id ORDER BY {OrderOfApplications.Sql(policy.MailBeforeOnline)}) AS place
          FROM application LEFT JOIN candidate ON candidate.key = application.key
          WHERE application.resident_id IN (
            SELECT resident_id FROM application JOIN candidate ON candidate.key = application.key)
            AND application.state IN ('received', 'review', 'waiting', 'selected', 'superseded', 'ordered')),
        framed AS (
          SELECT ranked.*,
            min(place) FILTER (WHERE candidate) OVER whole AS first_candidate,
            min(place) FILTER (WHERE holds) OVER whole AS first_holding,
            max(key) FILTER (WHERE state = 'ordered') OVER whole AS ordered_key
          FROM ranked WINDOW whole AS (PARTITION BY resident_id)),
        winner AS (
          SELECT framed.*, max(key) FILTER (WHERE candidate AND place = first_candidate)
            OVER (PARTITION BY resident_id) AS first_key
          FROM framed),
        decided AS (
          SELECT key, state, superseded_by,
            CASE
              WHEN ordered_key IS NOT NULL THEN 'superseded'
              WHEN first_holding < first_candidate THEN 'waiting'
              WHEN place = first_candidate THEN 'selected'
              ELSE 'superseded'
            END AS new_state,
            coalesce(ordered_key, first_key) AS winner
          FROM winner WHERE candidate)
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

    internal async Task DecideAsync(StoreContext context, CancellationToken cancellation)
    {
        await Execute(DecisionSql);
        await Execute(DemoteSql, context.BusinessDate);
        await Execute(PromoteSql, context.BusinessDate);
        await Execute(HistorySql, context.BusinessDate);
        await Execute(LedgerSql, context.Run.Id, context.StepOrdinal);
        await Execute("DROP TABLE decision");

        Task Execute(string sql, params object?[] parameters) =>
            Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, parameters);
    }
}
