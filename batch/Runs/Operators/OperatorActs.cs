using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Operators;

/// <summary>A part as an operator sees it.</summary>
/// <param name="Id">What `rerun` and `skip` take.</param>
/// <param name="RunId">Its run.</param>
/// <param name="Step">Its step's name.</param>
/// <param name="Act">`plan`, `work`, `close`, `publish`.</param>
/// <param name="FromKey">First key.</param>
/// <param name="ToKey">Last key.</param>
/// <param name="State">Its state.</param>
/// <param name="ErrorClass">SQLSTATE or type of what went wrong.</param>
/// <param name="ErrorText">Where.</param>
public sealed record PartView(
    long Id, long RunId, string Step, string Act, string FromKey, string ToKey, string State, string? ErrorClass,
    string? ErrorText);

/// <summary>
/// What operators do: re-run, skip, stop, abandon. Each is one transaction with its audit entry. Parts and their re-runs
/// are in OperatorActs.Parts.cs.
/// </summary>
public sealed partial class OperatorActs(RunEngine engine)
{
    private DateTimeOffset Now => engine.Clock.GetUtcNow();

    /// <summary>No part of the run is claimed from now on; parts in hand are finished. `rerun` lets it go on.</summary>
    /// <exception cref="OperatorRefusedException">The run is not running.</exception>
    public async Task StopAsync(long runId, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var changed = await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE run SET state = 'stopped', stopped_by = $2 WHERE id = $1 AND state = 'running'", cancellation, runId,
            because.By);
        RefuseUnless(changed == 1, $"Run {runId} is not running.");
        await EndAsync(connection, transaction, because, "stop", RunSubject(runId), cancellation);
    }

    /// <summary>
    /// Gives a run up for ever. What it has decided stays, a sealed drop too: the next night hands it over. What it has
    /// frozen is given back, and what it has not done, the next night finds again.
    /// </summary>
    /// <exception cref="OperatorRefusedException">The run is neither running nor stopped.</exception>
    public async Task AbandonAsync(long runId, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Parts first (lock order): whoever still computes one is refused by the fence.
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE part SET state = 'skipped', worker_id = NULL
            WHERE state IN ('ready', 'leased', 'failed') AND step_id IN (SELECT id FROM step WHERE run_id = $1)
            """,
            cancellation, runId);
        await GiveBackAsync(connection, transaction, runId, cancellation);
        await Drops.KnowStoppedAsync(connection, transaction, cancellation);
        await Alerts.ResolveOfRunAsync(connection, transaction, runId, Now, cancellation);
        var changed = await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE run SET state = 'abandoned', stopped_by = NULL WHERE id = $1 AND state IN ('running', 'stopped')",
            cancellation, runId);
        RefuseUnless(changed == 1, $"Run {runId} is neither running nor stopped.");
        await EndAsync(connection, transaction, because, "abandon", RunSubject(runId), cancellation);
    }

    private async Task GiveBackAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long runId, CancellationToken cancellation)
    {
        var open = await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT run.kind, run.business_date, run.scope, step.id, step.ordinal, step.name
            FROM step JOIN run ON run.id = step.run_id
            WHERE run.id = $1 AND step.state NOT IN ('waiting', 'closed') ORDER BY step.ordinal
            """,
            row => (
                Run: new RunInfo(runId, row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2)),
                StepId: row.GetInt64(3), Ordinal: row.GetInt32(4), Name: row.GetString(5)),
            cancellation, runId);
        foreach (var step in open)
        {
            if (engine.FindStep(step.Run.Kind, step.Ordinal, step.Name)?.GiveBack is { } giveBack)
            {
                var noPart = new PartInfo(0, PartAct.Close, "", "", 0);
                await giveBack(
                    new StoreContext(step.Run, step.StepId, step.Ordinal, noPart, connection, transaction), cancellation);
            }
        }
    }

    private async Task EndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Because because, string action, string subject,
        CancellationToken cancellation)
    {
        await Alerts.ResolveSettledAsync(connection, transaction, Now, cancellation);
        await Audit.WriteAsync(
            connection, transaction, because.By, action, subject, because.Reason, Now, cancellation);
        await RunTransitions.NotifyAsync(connection, transaction, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static void RefuseUnless(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new OperatorRefusedException(sentence);
        }
    }

    private static string RunSubject(long runId) => string.Create(CultureInfo.InvariantCulture, $"run {runId}");

    private static string PartSubject(PartView part) =>
        string.Create(CultureInfo.InvariantCulture, $"run {part.RunId} {part.Step} part {part.Id}");
}
