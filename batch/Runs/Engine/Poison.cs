using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// Finds the bad item of a part. A part that ended its workers is halved by key range until a single item is left, which
/// gets an outcome instead of another try (ENGINE.md, rule 5); one that an error failed is halved until the item that
/// fails stands alone. Files keep the borders that the plan fixed.
/// </summary>
internal sealed class Poison(NpgsqlDataSource database, TimeProvider clock, EngineOptions options)
{
    /// <summary>Null where the part is to be worked as ever.</summary>
    public async Task<PartOutcome?> TreatAsync(
        ClaimedPart claimed, StepDefinition step, PartContext context, CancellationToken cancellation)
    {
        var items = await ItemsAsync(step, context, cancellation);
        // Where no outcome can stand in for another try, only a person can say one: it is tried as often as what cannot be
        // halved at all. Two workers that were killed for other reasons must not stop a night.
        if (items.Count == 0 || (items.Count == 1 && step.Poison is null && claimed.Attempts < options.OtherClaimsMax))
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await RunTransitions.FenceAsync(
            connection, transaction, claimed.Part, clock.GetUtcNow(), GuardsOff.None, cancellation))
        {
            return PartOutcome.Fenced;
        }

        var outcome = PartOutcome.Judged;
        if (items.Count > 1)
        {
            outcome = PartOutcome.Halved;
            // A half has been in two deaths already: one more and it is halved again.
            await HalveAsync(claimed, items, attempts: 1, connection, transaction, cancellation);
        }
        else if (step.Poison is not null)
        {
            var store = new StoreContext(
                claimed.Run, claimed.StepId, claimed.Ordinal, claimed.Part, connection, transaction);
            await step.Poison(items[0], store, cancellation);
            await RunTransitions.CountDownAsync(connection, transaction, claimed.StepId, options.GuardsOff, cancellation);
        }
        else
        {
            outcome = PartOutcome.Failed;
            await FailAsync(claimed, connection, transaction, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return outcome;
    }

    /// <summary>
    /// Halves a part that an error failed, so that one bad item is found and does not hold up the others: a set-based
    /// statement does not say which of its rows it refused. The item that stands alone gets its outcome (rule 11). Null
    /// where there is nothing to halve and no outcome to give.
    /// </summary>
    public async Task<PartOutcome?> HalveFailedAsync(
        ClaimedPart claimed, StepDefinition step, PartContext context, Exception error, CancellationToken cancellation)
    {
        if (claimed.Part.Act != PartAct.Work || step.Items is null || error is DropStoppedException or TooManyItemsFailedException)
        {
            return null;
        }

        try
        {
            var items = await ItemsAsync(step, context, cancellation);
            if (items.Count == 1 && step.Failed is not null && Failures.IsOfAnItem(error))
            {
                return await LeaveOutAsync(claimed, step, FailedItem.Of(items[0], error), cancellation);
            }

            if (items.Count < 2)
            {
                return null;
            }

            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            if (!await RunTransitions.FenceAsync(
                connection, transaction, claimed.Part, clock.GetUtcNow(), GuardsOff.None, cancellation))
            {
                return PartOutcome.Fenced;
            }

            await HalveAsync(claimed, items, attempts: 0, connection, transaction, cancellation);
            if (Failures.Kind(error) == FailureKind.Transient)
            {
                await KeepCountAsync(claimed, items, error, connection, transaction, cancellation);
            }

            await transaction.CommitAsync(cancellation);
            return PartOutcome.Halved;
        }
        catch (Exception again) when (again is IOException || Failures.IsOfDatabase(again))
        {
            // Then the part fails whole, by the way that goes on until it is written.
            return null;
        }
    }

    // Null where so many failed that the step is to halt: then this part fails, which counts and halts it. The count of
    // failures stands when a part that was left out is done, and goes back to none when another is.
    private async Task<PartOutcome?> LeaveOutAsync(
        ClaimedPart claimed, StepDefinition step, FailedItem failed, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await RunTransitions.FenceAsync(
            connection, transaction, claimed.Part, clock.GetUtcNow(), GuardsOff.None, cancellation))
        {
            return PartOutcome.Fenced;
        }

        var store = new StoreContext(
            claimed.Run, claimed.StepId, claimed.Ordinal, claimed.Part, connection, transaction)
        {
            Now = clock.GetUtcNow(),
        };
        string outcome;
        try
        {
            outcome = await step.Failed!(failed, store, cancellation);
        }
        catch (Exception error) when (Failures.IsOfAnItem(error))
        {
            return null; // Its outcome cannot be written either: a person must look.
        }

        await store.ReportAsync([failed], "item", outcome, cancellation);
        if (await Breaker.CountLeftOutAsync(connection, transaction, claimed, failed, options, cancellation))
        {
            return null;
        }

        await RunTransitions.CountDownLeftOutAsync(connection, transaction, claimed.StepId, cancellation);
        await transaction.CommitAsync(cancellation);
        return PartOutcome.Judged;
    }

    /// <summary>The items of a work part; the part itself is the item where its step names none.</summary>
    public static async Task<IReadOnlyList<string>> ItemsAsync(
        StepDefinition step, PartContext context, CancellationToken cancellation) =>
        step.Items is null ? [context.Part.FromKey] : await step.Items(context, cancellation);

    private static async Task HalveAsync(
        ClaimedPart claimed, IReadOnlyList<string> items, int attempts, NpgsqlConnection connection,
        NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        var half = items.Count / 2;
        await PartRanges.ReplaceAsync(
            connection, transaction, claimed.StepId, claimed.Part.Id,
            [
                new PartRange(claimed.Part.FromKey, items[half - 1], "ready"),
                new PartRange(items[half], claimed.Part.ToKey, "ready"),
            ],
            attempts, cancellation);
        await RunTransitions.NotifyAsync(connection, transaction, cancellation);
    }

    // An error that came as often as it may: the halves do not begin to count anew, or ten thousand items would be tried for
    // hours. The half without the bad item forgets it when it is done.
    private static Task KeepCountAsync(
        ClaimedPart claimed, IReadOnlyList<string> items, Exception error, NpgsqlConnection connection,
        NpgsqlTransaction transaction, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE part SET transient_errors = $2, error_class = $3
            WHERE step_id = $1 AND act = 'work' AND state = 'ready' AND from_key = ANY($4)
            """,
            cancellation, claimed.StepId, claimed.TransientErrors, Failures.Class(error),
            new[] { claimed.Part.FromKey, items[items.Count / 2] });

    private async Task FailAsync(
        ClaimedPart claimed, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE part SET state = 'failed', error_class = 'worker-died', error_text = $2 WHERE id = $1",
            cancellation, claimed.Part.Id, "its workers ended while they worked this item");
        await Alerts.RaiseAsync(
            connection, transaction, "part-failed", PartFailure.Subject(claimed),
            $"This item ends its workers. `skip {claimed.Part.Id}` holds it for the next night.", clock.GetUtcNow(), cancellation);
    }
}

/// <summary>One range of a part that is cut.</summary>
/// <param name="State">`ready` or `failed`.</param>
internal sealed record PartRange(string FromKey, string ToKey, string State);

/// <summary>Cuts a part into ranges; the counter grows by what came in addition.</summary>
internal static class PartRanges
{
    /// <returns>The ids of the ranges that are failed.</returns>
    public static async Task<IReadOnlyList<long>> ReplaceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long stepId, long partId,
        IReadOnlyList<PartRange> ranges, int attempts, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE part SET state = 'split', worker_id = NULL WHERE id = $1", cancellation, partId);
        var failed = await Sql.QueryAsync(
            connection, transaction,
            """
            INSERT INTO part (step_id, act, from_key, to_key, state, attempts, error_class, error_text)
            SELECT $1, 'work', new.from_key, new.to_key, new.state, $5,
              CASE new.state WHEN 'failed' THEN part.error_class END, CASE new.state WHEN 'failed' THEN part.error_text END
            FROM unnest($2::text[], $3::text[], $4::text[]) AS new (from_key, to_key, state), part
            WHERE part.id = $6
            RETURNING id, state
            """,
            row => (Id: row.GetInt64(0), State: row.GetString(1)),
            cancellation, stepId, ranges.Select(range => range.FromKey).ToArray(),
            ranges.Select(range => range.ToKey).ToArray(), ranges.Select(range => range.State).ToArray(), attempts, partId);
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE step SET parts_open = parts_open + $2 WHERE id = $1", cancellation, stepId,
            (long)ranges.Count - 1);
        return [.. failed.Where(part => part.State == "failed").Select(part => part.Id)];
    }
}
