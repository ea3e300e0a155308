using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// A step's circuit breaker. One cause must neither fail ten thousand parts one by one nor hammer what is down: after some
/// failures of one class in a row, with no part done in between, a transient error makes the whole step wait (longer
/// each time; then its workers probe), and a permanent one halts it until a person has mended the cause.
/// </summary>
internal static class Breaker
{
    public const string HaltedAlert = "step-halted";

    /// <summary>What a step must be for its parts to be claimed; for a statement that knows the step's row as `step`.</summary>
    public const string ClosedSql = "step.halted_by IS NULL AND (step.not_before IS NULL OR step.not_before <= now())";

    private const string CountSql = """
        UPDATE step SET failures = CASE WHEN failure_class = $2 THEN failures + 1 ELSE 1 END, failure_class = $2
        WHERE id = $1 RETURNING failures
        """;

    /// <summary>Counts one failure of a work part, in the transaction that stores it.</summary>
    public static async Task CountAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedPart claimed, FailureKind kind, string errorClass,
        EngineOptions options, DateTimeOffset now, CancellationToken cancellation)
    {
        if (claimed.Part.Act != PartAct.Work)
        {
            return;
        }

        var failures = await Sql.ScalarAsync<int>(
            connection, transaction, CountSql, cancellation, claimed.StepId, errorClass);
        if (failures < options.BreakerAfter)
        {
            return;
        }

        if (kind == FailureKind.Transient)
        {
            await Sql.ExecuteAsync(
                connection, transaction, "UPDATE step SET not_before = now() + $2 WHERE id = $1", cancellation, claimed.StepId,
                Failures.Delay(options, claimed.StepId, failures - options.BreakerAfter + 1));
        }
        else
        {
            await HaltAsync(
                connection, transaction, claimed, errorClass,
                $"{failures} parts in a row failed with {errorClass}; the others were not tried. Mend the cause, then "
                + $"`rerun {claimed.Run.Id}`.",
                now, cancellation);
        }
    }

    /// <summary>
    /// Counts one item of a work part that is left out. True: so many were in a row that the step is to halt instead.
    /// </summary>
    /// <exception cref="TooManyItemsFailedException">So many were of all that the step has done.</exception>
    public static async Task<bool> CountLeftOutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedPart claimed, FailedItem failed,
        EngineOptions options, CancellationToken cancellation)
    {
        var inARow = await Sql.ScalarAsync<int>(
            connection, transaction, CountSql, cancellation, claimed.StepId, failed.ErrorClass);
        if (inARow >= options.BreakerAfter)
        {
            return true;
        }

        var lines = await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT count(*) FILTER (WHERE starts_with(reason, $3)), count(*) FROM item WHERE run_id = $1 AND step_ordinal = $2
            """,
            row => (LeftOut: row.GetInt64(0), All: row.GetInt64(1)), cancellation, claimed.Run.Id, claimed.Ordinal,
            ItemGuard.Reason(""));
        return ItemGuard.TooMany(lines[0].LeftOut, lines[0].All, options)
            ? throw new TooManyItemsFailedException("item", lines[0].LeftOut, lines[0].All, failed)
            : false;
    }

    /// <summary>Halts a step: nothing of it is claimed until a person has acted.</summary>
    public static async Task HaltAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedPart claimed, string errorClass, string whatToDo,
        DateTimeOffset now, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE step SET halted_by = $2 WHERE id = $1", cancellation, claimed.StepId, errorClass);
        await Alerts.RaiseAsync(
            connection, transaction, HaltedAlert, Subject(claimed.Run, claimed.StepName), whatToDo, now, cancellation);
    }

    /// <summary>Closes the breaker of a step on which a person acted.</summary>
    public static async Task ResetAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RunInfo run, long stepId, string stepName,
        DateTimeOffset now, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE step SET failures = 0, failure_class = NULL, not_before = NULL, halted_by = NULL WHERE id = $1",
            cancellation, stepId);
        await Alerts.ResolveAsync(connection, transaction, HaltedAlert, Subject(run, stepName), now, cancellation);
    }

    private static AlertSubject Subject(RunInfo run, string stepName) =>
        new(string.Create(CultureInfo.InvariantCulture, $"run {run.Id} {run.BusinessDate:yyyy-MM-dd} {stepName}"), run.Id);
}
