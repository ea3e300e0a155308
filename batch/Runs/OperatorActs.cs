using System.Globalization;
using Npgsql;

namespace MyNumber.Batch.Runs;

/// <summary>Who acts, and why: every act of an operator is written into the audit table in its own transaction.</summary>
/// <param name="By">The signed-in person.</param>
/// <param name="Reason">As the person gave it.</param>
public sealed record Because(string By, string Reason);

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

/// <summary>An operator asked for what cannot be done; the message says why and names no person.</summary>
public sealed class OperatorRefusedException(string message) : Exception(message);

/// <summary>What operators do: re-run, skip, stop, abandon. Each is one transaction with its audit entry.</summary>
public sealed class OperatorActs(NpgsqlDataSource database, RunEngine engine, TimeProvider clock)
{
    private const string PartSelect = """
        SELECT part.id, step.run_id, step.name, part.act, part.from_key, part.to_key, part.state, part.error_class,
          part.error_text, step.id, step.ordinal, part.epoch, run.kind, run.business_date, run.scope, run.cut_off
        FROM part JOIN step ON step.id = part.step_id JOIN run ON run.id = step.run_id
        """;

    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The failed parts of a run, in order: what <see cref="RerunAsync"/> would try again.</summary>
    public async Task<IReadOnlyList<PartView>> FailedAsync(long runId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return [.. (await LoadAsync(connection, null, FailedOfRun, runId, cancellation)).Select(row => row.View)];
    }

    /// <summary>A part by its id; null where there is none.</summary>
    public async Task<PartView?> PartAsync(long partId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await LoadAsync(connection, null, "WHERE part.id = $1", partId, cancellation);
        return rows.Count == 0 ? null : rows[0].View;
    }

    /// <summary>All failed parts of a run become ready again; a stopped run goes on.</summary>
    /// <returns>The parts.</returns>
    public async Task<IReadOnlyList<PartView>> RerunAsync(long runId, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var failed = await LoadAsync(connection, transaction, $"{FailedOfRun} FOR UPDATE OF part", runId, cancellation);
        await MakeReadyAsync(connection, transaction, failed, cancellation);
        await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE run SET state = 'running', stopped_by = NULL WHERE id = $1 AND state = 'stopped'", cancellation, runId);
        await EndAsync(connection, transaction, because, "rerun", RunSubject(runId), cancellation);
        return [.. failed.Select(row => row.View)];
    }

    /// <summary>One failed part becomes ready again, whole or only some of its items.</summary>
    /// <param name="partId">The part.</param>
    /// <param name="items">Keys to try again (the others stay failed); null: all.</param>
    /// <param name="because">Who and why.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperatorRefusedException">There is no such failed part, or an item is not in it.</exception>
    public async Task RerunPartAsync(
        long partId, IReadOnlyCollection<string>? items, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var part = await FailedPartAsync(connection, transaction, partId, cancellation);
        if (items is null)
        {
            await MakeReadyAsync(connection, transaction, [part], cancellation);
        }
        else
        {
            await CutAsync(connection, transaction, part, items, cancellation);
        }

        await EndAsync(connection, transaction, because, "rerun", PartSubject(part.View), cancellation);
    }

    /// <summary>
    /// Gives a failed work part up for this run: its items are `held` in the ledger, count in the laws, and are planned
    /// first by the next night.
    /// </summary>
    /// <returns>How many items are held.</returns>
    /// <exception cref="OperatorRefusedException">There is no such failed work part.</exception>
    public async Task<int> SkipAsync(long partId, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var part = await FailedPartAsync(connection, transaction, partId, cancellation);
        if (part.Info.Act != PartAct.Work)
        {
            throw new OperatorRefusedException(
                $"Part {partId} is the step's {part.View.Act}, not items that could wait: `rerun {partId}` tries it again.");
        }

        var items = await ItemsAsync(part, cancellation);
        var store = new StoreContext(part.Run, part.StepId, part.Ordinal, part.Info, connection, transaction);
        await store.LedgerAsync(items.Select(item => new ItemOutcome(item, "held", "skipped-by-operator")), cancellation);
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE part SET state = 'skipped', done_at = $2 WHERE id = $1", cancellation, partId, Now);
        await Transitions.CountDownAsync(connection, transaction, part.StepId, GuardsOff.None, cancellation);
        await EndAsync(connection, transaction, because, "skip", PartSubject(part.View), cancellation);
        return items.Count;
    }

    /// <summary>No part of the run is claimed from now on; parts in hand are finished. `rerun` lets it go on.</summary>
    /// <exception cref="OperatorRefusedException">The run is not running.</exception>
    public async Task StopAsync(long runId, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var changed = await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE run SET state = 'stopped', stopped_by = $2 WHERE id = $1 AND state = 'running'", cancellation, runId,
            because.By);
        RefuseUnless(changed == 1, $"Run {runId} is not running.");
        await EndAsync(connection, transaction, because, "stop", RunSubject(runId), cancellation);
    }

    /// <summary>Gives a run up for ever. What it has decided stays; what it has not done, the next night finds again.</summary>
    /// <exception cref="OperatorRefusedException">The run is neither running nor stopped.</exception>
    public async Task AbandonAsync(long runId, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Parts first (lock order): whoever still computes one is refused by the fence.
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE part SET state = 'skipped', worker_id = NULL
            WHERE state IN ('ready', 'leased', 'failed') AND step_id IN (SELECT id FROM step WHERE run_id = $1)
            """,
            cancellation, runId);
        var changed = await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE run SET state = 'abandoned', stopped_by = NULL WHERE id = $1 AND state IN ('running', 'stopped')",
            cancellation, runId);
        RefuseUnless(changed == 1, $"Run {runId} is neither running nor stopped.");
        await EndAsync(connection, transaction, because, "abandon", RunSubject(runId), cancellation);
    }

    private const string FailedOfRun =
        "WHERE step.run_id = $1 AND part.state = 'failed' AND run.state IN ('running', 'stopped') ORDER BY part.id";

    private async Task MakeReadyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<PartRow> parts,
        CancellationToken cancellation)
    {
        // The epoch is raised here too: a zombie of the old try must not pass the fence of the new one.
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE part SET state = 'ready', epoch = epoch + 1, attempts = 0, passing = 0, not_before = NULL,
              error_class = NULL, error_text = NULL
            WHERE id = ANY($1)
            """,
            cancellation, parts.Select(part => part.View.Id).ToArray());
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE step SET state = 'closing' WHERE state = 'unbalanced' AND id = ANY($1)",
            cancellation, parts.Select(part => part.StepId).ToArray());
        foreach (var part in parts)
        {
            var subject = PartFailure.Subject(new ClaimedPart(part.Run, part.StepId, part.Ordinal, part.View.Step, part.Info, 0, 0));
            await Alerts.LowerAsync(connection, transaction, "part-failed", subject, Now, cancellation);
            await Alerts.LowerAsync(connection, transaction, "law-broken", subject, Now, cancellation);
        }
    }

    private async Task CutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartRow part, IReadOnlyCollection<string> wanted,
        CancellationToken cancellation)
    {
        var all = await ItemsAsync(part, cancellation);
        var again = wanted.ToHashSet();
        RefuseUnless(
            part.Info.Act == PartAct.Work && again.Count > 0 && again.IsSubsetOf(all),
            $"The items named are not all items of part {part.View.Id}.");
        var ranges = new List<PartRange>();
        foreach (var item in all)
        {
            var state = again.Contains(item) ? "ready" : "failed";
            if (ranges.Count > 0 && ranges[^1].State == state)
            {
                ranges[^1] = ranges[^1] with { ToKey = item };
            }
            else
            {
                ranges.Add(new PartRange(item, item, state));
            }
        }

        ranges[0] = ranges[0] with { FromKey = part.Info.FromKey };
        ranges[^1] = ranges[^1] with { ToKey = part.Info.ToKey };
        await PartRanges.ReplaceAsync(
            connection, transaction, part.StepId, part.View.Id, ranges, attempts: 0, cancellation);
    }

    private Task<IReadOnlyList<string>> ItemsAsync(PartRow part, CancellationToken cancellation) => Poison.ItemsAsync(
        engine.Step(part.Run.Kind, part.Ordinal, part.View.Step),
        new PartContext(part.Run, part.Ordinal, part.Info, database, engine.Staging), cancellation);

    private static async Task<PartRow> FailedPartAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long partId, CancellationToken cancellation)
    {
        var rows = await LoadAsync(
            connection, transaction,
            "WHERE part.id = $1 AND part.state = 'failed' AND run.state IN ('running', 'stopped') FOR UPDATE OF part", partId,
            cancellation);
        RefuseUnless(rows.Count == 1, $"There is no failed part {partId} in a run that goes on.");
        return rows[0];
    }

    private async Task EndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Because because, string action, string subject,
        CancellationToken cancellation)
    {
        await Audit.WriteAsync(
            connection, transaction, because.By, action, subject, because.Reason, Now, cancellation);
        await Transitions.NotifyAsync(connection, transaction, cancellation);
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

    private static Task<IReadOnlyList<PartRow>> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, long id, CancellationToken cancellation) =>
        Sql.QueryAsync(connection, transaction, $"{PartSelect} {where}", Read, cancellation, id);

    private static PartRow Read(NpgsqlDataReader row) => new(
        new PartView(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
            row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8)),
        new RunInfo(row.GetInt64(1), row.GetString(12), row.GetFieldValue<DateOnly>(13), row.GetString(14))
        {
            CutOff = row.GetFieldValue<DateTimeOffset>(15),
        },
        row.GetInt64(9), row.GetInt32(10),
        new PartInfo(
            row.GetInt64(0), Enum.Parse<PartAct>(row.GetString(3), ignoreCase: true), row.GetString(4), row.GetString(5),
            row.GetInt64(11)));

    private sealed record PartRow(PartView View, RunInfo Run, long StepId, int Ordinal, PartInfo Info);
}
