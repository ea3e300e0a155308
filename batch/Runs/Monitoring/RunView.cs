using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Monitoring;

/// <summary>One run as a list shows it.</summary>
/// <param name="Kind">`night` …</param>
/// <param name="State">`running`, `complete`, `stopped`, `abandoned`, `set-aside`.</param>
/// <param name="StoppedBy">A person, or `engine` (disk full); null unless stopped.</param>
public sealed record RunRow(
    long Id, string Kind, DateOnly BusinessDate, string State, DateTimeOffset OpenedAt, DateTimeOffset? CompletedAt,
    long FailedParts, string? StoppedBy);

/// <summary>One step of a run with its counts.</summary>
/// <param name="Ordinal">Place, from 1.</param>
/// <param name="Parts">Work parts that were planned (those split up are not counted).</param>
/// <param name="Done">Work parts done or skipped.</param>
/// <param name="Failed">Parts of any act that failed.</param>
/// <param name="Seconds">From opening to closing; null while it is open.</param>
/// <param name="Outcomes">The item ledger: how many items had which outcome, listed or counted.</param>
public sealed record StepView(
    int Ordinal, string Name, string State, long Parts, long Done, long Failed, double? Seconds,
    IReadOnlyDictionary<string, long> Outcomes)
{
    /// <summary>How fast it goes and what is left; null unless the step is open.</summary>
    public StepPace? Pace { get; init; }
}

/// <summary>Reading views of runs: for the command line, the pages, the progress line.</summary>
public static class RunView
{
    private const int RunsMax = 400;

    private const string RunSelect = """
        SELECT id, kind, business_date, state, opened_at, completed_at,
          (SELECT count(*) FROM part JOIN step ON step.id = part.step_id WHERE step.run_id = run.id AND part.state = 'failed'),
          stopped_by
        FROM run
        """;

    /// <summary>The newest runs, newest first.</summary>
    public static async Task<IReadOnlyList<RunRow>> RunsAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null, $"{RunSelect} ORDER BY business_date DESC, id DESC LIMIT {RunsMax}", ReadRun, cancellation);
    }

    /// <summary>A run by id, or the night of a date; null where there is none.</summary>
    public static async Task<RunRow?> FindAsync(
        NpgsqlDataSource database, long? id, DateOnly? nightOf, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await Sql.QueryAsync(
            connection, null, $"{RunSelect} WHERE id = $1 OR kind = 'night' AND business_date = $2 ORDER BY state = 'set-aside', id DESC", ReadRun, cancellation,
            id ?? -1, nightOf ?? DateOnly.MinValue);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>
    /// The steps of a run with their counts, the open one with its pace, for whoever looks again and again: the items of a
    /// closed step never change, so those that are known are not counted anew.
    /// </summary>
    /// <param name="known">What the last look brought; empty at the first.</param>
    public static async Task<IReadOnlyList<StepView>> LiveAsync(
        RunEngine engine, long runId, IReadOnlyList<StepView> known, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(known);
        var closed = known.Where(step => step.State == "closed").ToDictionary(step => step.Ordinal);
        var steps = await StepsAsync(engine.Database, runId, closed.Keys, cancellation);
        var pace = await StepPace.LoadAsync(engine, runId, cancellation);
        return [.. steps.Select(step => closed.TryGetValue(step.Ordinal, out var before)
            ? step with { Outcomes = before.Outcomes }
            : step with { Pace = pace?.Ordinal == step.Ordinal ? pace : null })];
    }

    /// <summary>The steps of a run with their counts.</summary>
    public static Task<IReadOnlyList<StepView>> StepsAsync(
        NpgsqlDataSource database, long runId, CancellationToken cancellation) =>
        StepsAsync(database, runId, [], cancellation);

    private static async Task<IReadOnlyList<StepView>> StepsAsync(
        NpgsqlDataSource database, long runId, IReadOnlyCollection<int> notCounted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var outcomes = (await Sql.QueryAsync(
                connection, null,
                """
                SELECT step_ordinal, outcome, sum(items)::bigint FROM item_total
                WHERE run_id = $1 AND step_ordinal = ANY (ARRAY(
                  SELECT ordinal FROM step WHERE run_id = $1 AND state <> 'waiting' AND ordinal <> ALL ($2)))
                GROUP BY step_ordinal, outcome ORDER BY step_ordinal, outcome COLLATE "C"
                """,
                row => (Ordinal: row.GetInt32(0), Outcome: row.GetString(1), Count: row.GetInt64(2)), cancellation, runId,
                notCounted.ToArray()))
            .ToLookup(row => row.Ordinal);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT step.ordinal, step.name, step.state,
              count(*) FILTER (WHERE part.act = 'work' AND part.state <> 'split'),
              count(*) FILTER (WHERE part.act = 'work' AND part.state IN ('done', 'skipped')),
              count(*) FILTER (WHERE part.state = 'failed'),
              extract(epoch FROM step.closed_at - step.started_at)::float8
            FROM step LEFT JOIN part ON part.step_id = step.id
            WHERE step.run_id = $1 GROUP BY step.id ORDER BY step.ordinal
            """,
            row => new StepView(
                row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
                row.IsDBNull(6) ? null : row.GetDouble(6),
                outcomes[row.GetInt32(0)].ToDictionary(line => line.Outcome, line => line.Count)),
            cancellation, runId);
    }

    /// <summary>
    /// How many parts of a run are worked or can be (those of a halted step cannot): with none left, a run that is not
    /// complete waits for a person.
    /// </summary>
    public static async Task<long> OpenPartsAsync(NpgsqlDataSource database, long runId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.ScalarAsync<long>(
            connection, null,
            """
            SELECT count(*) FROM part JOIN step ON step.id = part.step_id
            WHERE step.run_id = $1 AND (part.state = 'leased' OR part.state = 'ready' AND step.halted_by IS NULL)
            """,
            cancellation, runId);
    }

    /// <summary>Every balance check of the run's closed and unbalanced steps, and the engine's own: counters agree with rows.</summary>
    public static async Task<IReadOnlyList<(string Step, BalanceResult Check)>> BalancesAsync(
        RunEngine engine, RunRow run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(run);
        var info = new RunInfo(run.Id, run.Kind, run.BusinessDate, "");
        var results = new List<(string, BalanceResult)>();
        var steps = await StepsAsync(engine.Database, run.Id, cancellation);
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        foreach (var step in steps.Where(step => step.State is "closed" or "unbalanced"))
        {
            var checks = (engine.FindStep(run.Kind, step.Ordinal, step.Name)?.Checks ?? []).Append(CounterCheck).ToList();
            results.AddRange(
                (await Closing.CheckAsync(connection, null, checks, info, step.Ordinal, cancellation))
                .Select(check => (step.Name, check)));
        }

        return results;
    }

    private static readonly BalanceCheck CounterCheck = new(
        "parts open by counter = parts open by rows",
        """
        SELECT step.parts_open, count(part.id) FROM step
        LEFT JOIN part ON part.step_id = step.id AND part.act = 'work' AND part.state IN ('ready', 'leased', 'failed')
        WHERE step.run_id = @run AND step.ordinal = @ordinal GROUP BY step.id
        """);

    private static RunRow ReadRun(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetString(3),
        row.GetFieldValue<DateTimeOffset>(4), row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5), row.GetInt64(6),
        row.IsDBNull(7) ? null : row.GetString(7));
}
