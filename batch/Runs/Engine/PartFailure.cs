using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>Writes into a part's row why it is not done; always fenced, so that the error of an evicted worker changes nothing.</summary>
internal sealed class PartFailure(NpgsqlDataSource database, TimeProvider clock, EngineOptions options)
{
    public const string TransientAlert = "part-waits";
    private const string HeldByMe = "id = $1 AND epoch = $2 AND state = 'leased'";
    private const string TooSlow = "too-slow";
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    // The part that the watchdog found stuck: whatever error its end brings, that is its class.
    private long _stuckPart;

    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>How alerts and logs name a part.</summary>
    public static AlertSubject Subject(ClaimedPart claimed) => Subject(claimed.Run, claimed.StepName, claimed.Part.Id);

    public static AlertSubject Subject(RunInfo run, string step, long partId) => new(
        string.Create(CultureInfo.InvariantCulture, $"run {run.Id} {run.BusinessDate:yyyy-MM-dd} {step} part {partId}"),
        run.Id, partId);

    /// <summary>Raises the alert of a failed part.</summary>
    public static Task RaiseAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, AlertSubject subject, long partId, string errorClass,
        DateTimeOffset now, CancellationToken cancellation) =>
        Alerts.RaiseAsync(
            connection, transaction, "part-failed", subject,
            $"{errorClass}. `rerun {partId}` tries it again; where it is a part of work, `skip {partId}` holds what is in it for the next night.",
            now, cancellation);

    /// <summary>What an error means for this part: a transient one that comes again and again is permanent.</summary>
    public FailureKind KindOf(ClaimedPart claimed, Exception error)
    {
        var kind = Failures.Kind(error);
        return kind == FailureKind.Transient && !Failures.IsLostConnection(error) && InARow(claimed, error) >= options.TransientMax
            ? FailureKind.Permanent
            : kind;
    }

    /// <summary>
    /// The watchdog ends this worker: says so. A plan, close or publish fails at once, as it would only be as slow again; an
    /// item of a work part is found by the deaths of its workers.
    /// </summary>
    public async Task TellStuckAsync(ClaimedPart claimed, TimeSpan max, CancellationToken cancellation)
    {
        if (claimed.Part.Act != PartAct.Work)
        {
            Volatile.Write(ref _stuckPart, claimed.Part.Id);
            await StorePermanentAsync(claimed, TooSlow, StuckText(max), cancellation);
            return;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Alerts.RaiseAsync(
            connection, null, "item-stuck", Subject(claimed),
            $"One item of this part took longer than {max.TotalMinutes:0.#} minutes; its worker was ended and the part is "
            + "tried again. If that goes on, the item is found and gets an outcome.",
            Now, cancellation);
    }

    public async Task<PartOutcome> StoreAsync(ClaimedPart claimed, Exception error, CancellationToken cancellation)
    {
        // The database itself may be what is away. A part left leased by a living worker would wait for ever, so this
        // goes on until it is written, or until another process evicts this worker and it ends.
        while (true)
        {
            try
            {
                return await (error is TooManyItemsFailedException many ? StoreHaltedAsync(claimed, many, cancellation)
                    : KindOf(claimed, error) switch
                {
                    _ when Volatile.Read(ref _stuckPart) == claimed.Part.Id =>
                        StorePermanentAsync(claimed, TooSlow, StuckText(options.ActMax), cancellation),
                    FailureKind.Transient => StoreTransientAsync(claimed, error, cancellation),
                    FailureKind.DiskFull => StoreDiskFullAsync(claimed, error, cancellation),
                    _ => StorePermanentAsync(claimed, Failures.Class(error), Failures.Text(error), cancellation),
                });
            }
            catch (Exception again) when (Failures.Kind(again) != FailureKind.Permanent)
            {
                await Task.Delay(BetweenTries, clock, cancellation);
            }
        }
    }

    /// <summary>Fails the part: it waits for rerun or skip.</summary>
    public Task<PartOutcome> StorePermanentAsync(
        ClaimedPart claimed, string errorClass, string text, CancellationToken cancellation) =>
        InTransactionAsync(claimed, PartOutcome.Failed, async (connection, transaction) =>
        {
            var changed = await Sql.ExecuteAsync(
                connection, transaction,
                $"""
                UPDATE part SET state = 'failed', worker_id = NULL, error_class = $3, error_text = $4, done_at = $5
                WHERE {HeldByMe}
                """,
                cancellation, claimed.Part.Id, claimed.Part.Epoch, errorClass, text, Now);
            if (changed == 1)
            {
                await Breaker.CountAsync(
                    connection, transaction, claimed, FailureKind.Permanent, errorClass, options, Now, cancellation);
                await RaiseAsync(
                    connection, transaction, Subject(claimed), claimed.Part.Id, errorClass, Now, cancellation);
            }
        }, cancellation);

    // So many items failed that none of them is to blame: the step stands still as after failing parts, and nothing of the
    // act is decided.
    private Task<PartOutcome> StoreHaltedAsync(
        ClaimedPart claimed, TooManyItemsFailedException many, CancellationToken cancellation) =>
        InTransactionAsync(claimed, PartOutcome.Failed, async (connection, transaction) =>
        {
            var changed = await Sql.ExecuteAsync(
                connection, transaction,
                $"""
                UPDATE part SET state = 'failed', worker_id = NULL, error_class = $3, error_text = $4, done_at = $5
                WHERE {HeldByMe}
                """,
                cancellation, claimed.Part.Id, claimed.Part.Epoch, many.ErrorClass, Failures.Text(many), Now);
            if (changed == 1)
            {
                await Breaker.HaltAsync(
                    connection, transaction, claimed, many.ErrorClass,
                    $"{many.Message}; nothing of this was decided. Mend the cause, then `rerun {claimed.Run.Id}`; or "
                    + $"`skip {claimed.Part.Id}`: then the failing ones are left out, and the others go on.",
                    Now, cancellation);
            }
        }, cancellation);

    /// <summary>Fails a part whose result is stored in the same transaction: what is left of it waits for rerun or skip.</summary>
    public async Task FailStoredAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedPart claimed, string errorClass, string text,
        CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE part SET state = 'failed', error_class = $2, error_text = $3 WHERE id = $1",
            cancellation, claimed.Part.Id, errorClass, text);
        await Breaker.CountAsync(
            connection, transaction, claimed, FailureKind.Permanent, errorClass, options, Now, cancellation);
        await RaiseAsync(connection, transaction, Subject(claimed), claimed.Part.Id, errorClass, Now, cancellation);
    }

    /// <summary>Puts a part back untouched: its worker drains.</summary>
    public Task<PartOutcome> PutBackAsync(ClaimedPart claimed, CancellationToken cancellation) =>
        InTransactionAsync(claimed, PartOutcome.PutBack, async (connection, transaction) =>
        {
            await Sql.ExecuteAsync(
                connection, transaction,
                $"""
                UPDATE part SET state = 'ready', worker_id = NULL, attempts = greatest(attempts - 1, 0) WHERE {HeldByMe}
                """,
                cancellation, claimed.Part.Id, claimed.Part.Epoch);
            await RunTransitions.NotifyAsync(connection, transaction, cancellation);
        }, cancellation);

    private Task<PartOutcome> StoreTransientAsync(ClaimedPart claimed, Exception error, CancellationToken cancellation) =>
        InTransactionAsync(claimed, PartOutcome.Waits, async (connection, transaction) =>
        {
            var transientErrors = InARow(claimed, error);
            var changed = await Sql.ExecuteAsync(
                connection, transaction,
                $"""
                UPDATE part SET state = 'ready', worker_id = NULL, attempts = greatest(attempts - 1, 0), transient_errors = $3,
                  not_before = now() + $4, error_class = $5, error_text = $6
                WHERE {HeldByMe}
                """,
                cancellation, claimed.Part.Id, claimed.Part.Epoch, transientErrors,
                Failures.Delay(options, claimed.Part.Id, transientErrors), Failures.Class(error), Failures.Text(error));
            if (changed == 1)
            {
                await Breaker.CountAsync(
                    connection, transaction, claimed, FailureKind.Transient, Failures.Class(error), options, Now, cancellation);
            }

            if (changed == 1 && transientErrors >= options.TransientBeforeAlert)
            {
                await Alerts.RaiseAsync(
                    connection, transaction, TransientAlert, Subject(claimed),
                    $"{Failures.Class(error)} comes again and again. The part is tried on; look at the database and the disk.",
                    Now, cancellation);
            }
        }, cancellation);

    private Task<PartOutcome> StoreDiskFullAsync(ClaimedPart claimed, Exception error, CancellationToken cancellation) =>
        InTransactionAsync(claimed, PartOutcome.Waits, async (connection, transaction) =>
        {
            var changed = await Sql.ExecuteAsync(
                connection, transaction,
                $"""
                UPDATE part SET state = 'ready', worker_id = NULL, attempts = greatest(attempts - 1, 0),
                  error_class = $3, error_text = $4
                WHERE {HeldByMe}
                """,
                cancellation, claimed.Part.Id, claimed.Part.Epoch, "disk-full", Failures.Text(error));
            if (changed == 1)
            {
                await Sql.ExecuteAsync(
                    connection, transaction,
                    "UPDATE run SET state = 'stopped', stopped_by = 'engine' WHERE id = $1 AND state = 'running'",
                    cancellation, claimed.Run.Id);
                await Alerts.RaiseAsync(
                    connection, transaction, "disk-full", Subject(claimed),
                    "No room is left on a disk. Make room, then start the night again.", Now, cancellation);
                await RunTransitions.NotifyAsync(connection, transaction, cancellation);
            }
        }, cancellation);

    /// <summary>How often in a row its class of error has come, this time included.</summary>
    internal static int InARow(ClaimedPart claimed, Exception error) =>
        claimed.ErrorClass == Failures.Class(error) ? claimed.TransientErrors + 1 : 1;

    private static string StuckText(TimeSpan max) =>
        string.Create(CultureInfo.InvariantCulture, $"it took longer than {max.TotalMinutes:0.#} minutes; its worker was ended");

    private async Task<PartOutcome> InTransactionAsync(
        ClaimedPart claimed, PartOutcome outcome, Func<NpgsqlConnection, NpgsqlTransaction, Task> act,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await act(connection, transaction);
        await transaction.CommitAsync(cancellation);
        return outcome;
    }
}
