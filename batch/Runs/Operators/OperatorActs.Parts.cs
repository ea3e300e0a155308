using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Operators;

/// <content>Failed parts: what they are, tried again, skipped.</content>
public sealed partial class OperatorActs
{
    /// <summary>The failed parts of a run, in order: what a re-run would try again.</summary>
    public async Task<IReadOnlyList<PartView>> FailedAsync(long runId, CancellationToken cancellation)
    {
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        return [.. (await PartRows.LoadAsync(connection, null, PartRows.FailedOfRun, runId, cancellation)).Select(row => row.View)];
    }

    /// <summary>A part by its id; null where there is none.</summary>
    public async Task<PartView?> PartAsync(long partId, CancellationToken cancellation)
    {
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        var rows = await PartRows.LoadAsync(connection, null, "WHERE part.id = $1", partId, cancellation);
        return rows.Count == 0 ? null : rows[0].View;
    }

    /// <summary>Says what a re-run of a run, or of one failed part of it, would do. Changes nothing.</summary>
    public async Task<RerunPlan> PlanRerunAsync(long runId, long? partId, CancellationToken cancellation)
    {
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        var failed = (await PartRows.LoadAsync(connection, null, PartRows.FailedOfRun, runId, cancellation))
            .Where(part => partId is null || part.View.Id == partId);
        var parts = new List<PlannedRerun>();
        foreach (var part in failed)
        {
            parts.Add(new PlannedRerun(
                part.View, part.Info.Act == PartAct.Work ? await CountAsync(part, cancellation) : null));
        }

        var notTried = await Sql.ScalarAsync<long>(
            connection, null,
            """
            SELECT count(*) FROM part JOIN step ON step.id = part.step_id
            WHERE step.run_id = $1 AND step.halted_by IS NOT NULL AND part.state = 'ready'
            """,
            cancellation, runId);
        var after = await Sql.QueryAsync(
            connection, null, "SELECT name FROM step WHERE run_id = $1 AND state = 'waiting' ORDER BY ordinal",
            row => row.GetString(0), cancellation, runId);
        return new RerunPlan(parts, notTried, after);
    }

    // Hundreds of parts may fail, each halved down to the one item between its borders: no query for those.
    private async Task<int> CountAsync(PartRow part, CancellationToken cancellation) =>
        part.Info.FromKey == part.Info.ToKey ? 1 : (await ItemsAsync(part, cancellation)).Count;

    /// <summary>All failed parts of a run, or the items named of them, become ready again; a stopped run goes on.</summary>
    /// <param name="items">Keys to try again (the others stay failed); null: all.</param>
    /// <returns>How many failed parts it concerned.</returns>
    /// <exception cref="OperatorRefusedException">A key named is in no failed part of the run.</exception>
    public Task<int> RerunAsync(
        long runId, IReadOnlyCollection<string>? items, Because because, CancellationToken cancellation) =>
        MakeReadyAsync(PartRows.FailedOfRun, runId, items, because, RunSubject(runId), cancellation);

    /// <summary>One failed part, or the items named of it, becomes ready again.</summary>
    /// <exception cref="OperatorRefusedException">There is no such failed part, or a key named is not in it.</exception>
    public async Task RerunPartAsync(
        long partId, IReadOnlyCollection<string>? items, Because because, CancellationToken cancellation)
    {
        var view = await PartAsync(partId, cancellation);
        RefuseUnless(view is { State: "failed" }, $"There is no failed part {partId} in a run that goes on.");
        var parts = await MakeReadyAsync(PartRows.FailedOne, partId, items, because, PartSubject(view!), cancellation);
        RefuseUnless(parts == 1, $"There is no failed part {partId} in a run that goes on.");
    }

    private async Task<int> MakeReadyAsync(
        string which, long id, IReadOnlyCollection<string>? items, Because because, string subject,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var failed = await PartRows.LoadAsync(connection, transaction, $"{which} FOR UPDATE OF part", id, cancellation);
        var whole = items is null
            ? failed
            : await CutAsync(connection, transaction, failed, [.. items], cancellation);
        await MakeReadyAsync(connection, transaction, whole, cancellation);
        if (which == PartRows.FailedOfRun)
        {
            await Sql.ExecuteAsync(
                connection, transaction,
                "UPDATE run SET state = 'running', stopped_by = NULL WHERE id = $1 AND state = 'stopped'", cancellation, id);
        }

        await EndAsync(connection, transaction, because, "rerun", subject, cancellation);
        return failed.Count;
    }

    /// <summary>
    /// Gives a failed part up for this run. A work part: its items are `held` in the ledger, count in the balance checks, and are
    /// planned first by the next night. A publish part: its step closes, and the next night hands its sealed drops over
    /// first. A plan or a close cannot be skipped, as nothing after it would know what to work on; where too many of its
    /// items failed it is worked again without the limit, and those that fail are left out.
    /// </summary>
    /// <returns>One sentence: what is held.</returns>
    /// <exception cref="OperatorRefusedException">There is no such failed part, or it plans or closes.</exception>
    public async Task<string> SkipAsync(long partId, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var part = await FailedPartAsync(connection, transaction, partId, cancellation);
        var sentence = part.Info.Act switch
        {
            PartAct.Work => await HoldItemsAsync(connection, transaction, part, cancellation),
            PartAct.Publish => await HoldDropsAsync(connection, transaction, part, cancellation),
            _ when await IsHaltedAsync(connection, transaction, part, cancellation) =>
                await LeaveOutAsync(connection, transaction, part, cancellation),
            _ => throw new OperatorRefusedException(
                $"Part {partId} is the step's {part.View.Act}, not items that could wait: `rerun {partId}` tries it again."),
        };
        await CloseBreakerAsync(connection, transaction, part, cancellation);
        await EndAsync(connection, transaction, because, "skip", PartSubject(part.View), cancellation);
        return sentence;
    }

    private async Task<string> HoldItemsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartRow part, CancellationToken cancellation)
    {
        var items = await ItemsAsync(part, cancellation);
        var store = new StoreContext(part.Run, part.StepId, part.Ordinal, part.Info, connection, transaction);
        await store.LedgerAsync(items.Select(item => new ItemOutcome(item, "held", "skipped-by-operator")), cancellation);
        await MarkSkippedAsync(connection, transaction, part, cancellation);
        await RunTransitions.CountDownAsync(connection, transaction, part.StepId, GuardsOff.None, cancellation);
        return $"{items.Count} items are held for the next night.";
    }

    // Only too many failing items halt a step at its plan or its close.
    private static Task<bool> IsHaltedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartRow part, CancellationToken cancellation) =>
        Sql.ScalarAsync<bool>(
            connection, transaction, "SELECT halted_by IS NOT NULL FROM step WHERE id = $1", cancellation, part.StepId);

    private async Task<string> LeaveOutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartRow part, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE part SET without_item_limit = true WHERE id = $1", cancellation, part.View.Id);
        await MakeReadyAsync(connection, transaction, [part], cancellation);
        return "It is worked again; items that fail are left out, however many they are.";
    }

    private async Task<string> HoldDropsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartRow part, CancellationToken cancellation)
    {
        await MarkSkippedAsync(connection, transaction, part, cancellation);
        await Drops.KnowStoppedAsync(connection, transaction, cancellation);
        await RunTransitions.CloseStepAsync(connection, transaction, part.Run.Id, part.StepId, Now, cancellation);
        return "What is sealed and not in place waits; the next night hands it over first.";
    }

    private Task MarkSkippedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartRow part, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction, "UPDATE part SET state = 'skipped', done_at = $2 WHERE id = $1", cancellation,
            part.View.Id, Now);

    private async Task MakeReadyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<PartRow> parts,
        CancellationToken cancellation)
    {
        // The epoch is raised here too: a zombie of the old try must not pass the fence of the new one.
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE part SET state = 'ready', epoch = epoch + 1, attempts = 0, transient_errors = 0, lost = 0, not_before = NULL,
              error_class = NULL, error_text = NULL
            WHERE id = ANY($1)
            """,
            cancellation, parts.Select(part => part.View.Id).ToArray());
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE step SET state = 'closing' WHERE state = 'unbalanced' AND id = ANY($1)",
            cancellation, parts.Select(part => part.StepId).ToArray());
        foreach (var part in parts)
        {
            await CloseBreakerAsync(connection, transaction, part, cancellation);
        }
    }

    // Whoever acts on a part of a halted step has seen why: the step may be tried again.
    private Task CloseBreakerAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartRow part, CancellationToken cancellation) =>
        Breaker.ResetAsync(connection, transaction, part.Run, part.StepId, part.View.Step, Now, cancellation);

    /// <summary>Cuts parts so that the items named can be tried again; returns those that are wanted whole.</summary>
    private async Task<IReadOnlyList<PartRow>> CutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<PartRow> failed, HashSet<string> wanted,
        CancellationToken cancellation)
    {
        var (whole, found) = (new List<PartRow>(), 0);
        foreach (var part in failed.Where(part => part.Info.Act == PartAct.Work))
        {
            var all = await ItemsAsync(part, cancellation);
            var again = all.Count(wanted.Contains);
            found += again;
            if (again == all.Count)
            {
                whole.Add(part);
            }
            else if (again > 0)
            {
                await CutAsync(connection, transaction, part, all, wanted, cancellation);
            }
        }

        RefuseUnless(
            found > 0 && found == wanted.Count, $"{wanted.Count - found} of the {wanted.Count} items named are in no failed part.");
        return whole;
    }

    private async Task CutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PartRow part, IReadOnlyList<string> all,
        HashSet<string> wanted, CancellationToken cancellation)
    {
        var ranges = new List<PartRange>();
        foreach (var item in all)
        {
            var state = wanted.Contains(item) ? "ready" : "failed";
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
        var failed = await PartRanges.ReplaceAsync(
            connection, transaction, part.StepId, part.View.Id, ranges, attempts: 0, cancellation);
        await CloseBreakerAsync(connection, transaction, part, cancellation);
        foreach (var id in failed)
        {
            await PartFailure.RaiseAsync(
                connection, transaction, PartFailure.Subject(part.Run, part.View.Step, id), id,
                part.View.ErrorClass ?? "", Now, cancellation);
        }
    }

    private Task<IReadOnlyList<string>> ItemsAsync(PartRow part, CancellationToken cancellation) => Poison.ItemsAsync(
        engine.FindStep(part.Run.Kind, part.Ordinal, part.View.Step)
            ?? throw new OperatorRefusedException($"This version has no step {part.View.Step}: nothing of it can be tried or held."),
        new PartContext(part.Run, part.Ordinal, part.Info, engine.Database, engine.Staging), cancellation);

    private static async Task<PartRow> FailedPartAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long partId, CancellationToken cancellation)
    {
        var rows = await PartRows.LoadAsync(
            connection, transaction,
            $"{PartRows.FailedOne} FOR UPDATE OF part", partId, cancellation);
        RefuseUnless(rows.Count == 1, $"There is no failed part {partId} in a run that goes on.");
        return rows[0];
    }
}
