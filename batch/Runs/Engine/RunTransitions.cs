using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// The moves of parts, steps and runs, as statements of a transaction that the caller opens and commits. Lock order
/// everywhere: part, business rows, step, run.
/// </summary>
internal static class RunTransitions
{
    /// <summary>The channel on which everything that became claimable is told.</summary>
    public const string Channel = "mynumber_parts";

    /// <summary>Lets exactly the holder of this epoch through, once. False: the result must be dropped.</summary>
    public static async Task<bool> FenceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartInfo part, DateTimeOffset now, GuardsOff off,
        CancellationToken cancellation)
    {
        return await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE part SET state = 'done', worker_id = NULL, done_at = $3, error_class = NULL, error_text = NULL
            WHERE id = $1 AND (epoch = $2 AND state = 'leased' OR $4)
            """,
            cancellation, part.Id, part.Epoch, now, off.HasFlag(GuardsOff.Fence)) == 1;
    }

    /// <summary>
    /// The last statement of a work part: one off the counter; at zero the step closes. Never a count(*): two last parts
    /// that commit at once would each see the other as open, and nobody would close the step.
    /// </summary>
    public static Task CountDownAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long stepId, GuardsOff off, CancellationToken cancellation)
    {
        const string byCounter = "parts_open = 0";
        const string byCounting =
            "NOT EXISTS (SELECT FROM part WHERE step_id = $1 AND act = 'work' AND state IN ('ready', 'leased', 'failed'))";
        return MoveOnAsync(
            connection, transaction, stepId, "parts_open - 1", off.HasFlag(GuardsOff.Counter) ? byCounting : byCounter,
            cancellation);
    }

    /// <summary>The same after an item that was left out: that a part ended so says nothing against the count of failures.</summary>
    public static Task CountDownLeftOutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long stepId, CancellationToken cancellation) =>
        MoveOnAsync(connection, transaction, stepId, "parts_open - 1", "parts_open = 0", cancellation, "failures = failures");

    /// <summary>After a plan, or after a seal that planned more: the step runs, or closes where there is nothing to do.</summary>
    public static Task MoveOnAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long stepId, CancellationToken cancellation) =>
        MoveOnAsync(connection, transaction, stepId, "parts_open", "parts_open = 0", cancellation);

    /// <summary>Opens the next waiting step if all before it are closed and the run may go that far; else the run's end.</summary>
    public static async Task ContinueAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long runId, DateTimeOffset now,
        CancellationToken cancellation)
    {
        // The run's row is locked first, so that a close and an operator's `night` do not both open the step.
        await Sql.ExecuteAsync(connection, transaction, "SELECT FROM run WHERE id = $1 FOR UPDATE", cancellation, runId);
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            WITH next AS (
              SELECT step.id FROM step JOIN run ON run.id = step.run_id
              WHERE run.id = $1 AND run.state = 'running' AND step.state = 'waiting'
                AND step.ordinal <= coalesce(run.until_ordinal, step.ordinal)
                AND NOT EXISTS (SELECT FROM step AS before WHERE before.run_id = step.run_id
                  AND before.ordinal < step.ordinal AND before.state <> 'closed')
              ORDER BY step.ordinal LIMIT 1),
            opened AS (
              UPDATE step SET state = 'planning', started_at = $2 FROM next WHERE step.id = next.id RETURNING step.id)
            INSERT INTO part (step_id, act, from_key, to_key, state) SELECT id, 'plan', '', '', 'ready' FROM opened
            """,
            cancellation, runId, now);
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE run SET state = 'complete', completed_at = $2
            WHERE id = $1 AND state = 'running' AND NOT EXISTS (SELECT FROM step WHERE run_id = $1 AND state <> 'closed')
            """,
            cancellation, runId, now);
        await NotifyAsync(connection, transaction, cancellation);
    }

    /// <summary>Closes a step and goes on.</summary>
    public static async Task CloseStepAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long runId, long stepId, DateTimeOffset now,
        CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE step SET state = 'closed', closed_at = $2 WHERE id = $1", cancellation, stepId, now);
        await ContinueAsync(connection, transaction, runId, now, cancellation);
    }

    /// <summary>Wakes every dispatcher when the transaction commits.</summary>
    public static Task NotifyAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation) =>
        Sql.ExecuteAsync(connection, transaction, $"NOTIFY {Channel}", cancellation);

    /// <summary>Inserts the step's part of an act that has one part, or makes it ready again.</summary>
    public static Task OpenActAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long stepId, PartAct act, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO part (step_id, act, from_key, to_key, state) VALUES ($1, $2, '', '', 'ready')
            ON CONFLICT (step_id, act, from_key) WHERE state <> 'split'
              DO UPDATE SET state = 'ready', attempts = 0, transient_errors = 0, lost = 0
            """,
            cancellation, stepId, act == PartAct.Publish ? "publish" : "close");

    private static async Task MoveOnAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long stepId, string partsOpen, string isLast,
        CancellationToken cancellation, string count = "failures = 0, failure_class = NULL, not_before = NULL")
    {
        var last = await Sql.ScalarAsync<bool>(
            connection, transaction,
            $"""
            UPDATE step SET parts_open = {partsOpen}, state = 'running', {count}
            -- What was written is known to the statistics as soon as it is committed: the close looks at them.
            WHERE id = $1 RETURNING {isLast}, pg_stat_force_next_flush()
            """,
            cancellation, stepId);
        if (last)
        {
            await Sql.ExecuteAsync(
                connection, transaction, "UPDATE step SET state = 'closing' WHERE id = $1", cancellation, stepId);
            await OpenActAsync(connection, transaction, stepId, PartAct.Close, cancellation);
            await NotifyAsync(connection, transaction, cancellation);
        }
    }
}
