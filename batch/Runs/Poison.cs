using Npgsql;

namespace MyNumber.Batch.Runs;

/// <summary>
/// A part that ended its workers: halved by key range until a single item is left, which gets an outcome instead of
/// another try (ENGINE.md, rule 5). Files keep the borders that the plan fixed.
/// </summary>
internal sealed class Poison(NpgsqlDataSource database, TimeProvider clock, EngineOptions options)
{
    /// <summary>Null where the part is to be worked as ever.</summary>
    public async Task<PartOutcome?> TreatAsync(
        ClaimedPart claimed, StepDefinition step, PartContext context, CancellationToken cancellation)
    {
        var items = await ItemsAsync(step, context, cancellation);
        if (items.Count == 0)
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await Transitions.FenceAsync(
            connection, transaction, claimed.Part, clock.GetUtcNow(), GuardsOff.None, cancellation))
        {
            return PartOutcome.Fenced;
        }

        if (items.Count > 1)
        {
            await HalveAsync(claimed, items, connection, transaction, cancellation);
        }
        else if (step.Poison is not null)
        {
            var store = new StoreContext(
                claimed.Run, claimed.StepId, claimed.Ordinal, claimed.Part, connection, transaction);
            await step.Poison(items[0], store, cancellation);
            await Transitions.CountDownAsync(connection, transaction, claimed.StepId, options.GuardsOff, cancellation);
        }
        else
        {
            await FailAsync(claimed, connection, transaction, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return PartOutcome.NotDone;
    }

    /// <summary>The items of a work part; the part itself is the item where its step names none.</summary>
    public static async Task<IReadOnlyList<string>> ItemsAsync(
        StepDefinition step, PartContext context, CancellationToken cancellation) =>
        step.Items is null ? [context.Part.FromKey] : await step.Items(context, cancellation);

    private static async Task HalveAsync(
        ClaimedPart claimed, IReadOnlyList<string> items, NpgsqlConnection connection, NpgsqlTransaction transaction,
        CancellationToken cancellation)
    {
        var half = items.Count / 2;
        await PartRanges.ReplaceAsync(
            connection, transaction, claimed.StepId, claimed.Part.Id,
            [
                new PartRange(claimed.Part.FromKey, items[half - 1], "ready"),
                new PartRange(items[half], claimed.Part.ToKey, "ready"),
            ],
            // A half has been in two deaths already: one more and it is halved again.
            attempts: 1, cancellation);
        await Transitions.NotifyAsync(connection, transaction, cancellation);
    }

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
/// <param name="FromKey">First key.</param>
/// <param name="ToKey">Last key.</param>
/// <param name="State">`ready` or `failed`.</param>
internal sealed record PartRange(string FromKey, string ToKey, string State);

/// <summary>Cuts a part into ranges; the counter grows by what came in addition.</summary>
internal static class PartRanges
{
    public static async Task ReplaceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long stepId, long partId,
        IReadOnlyList<PartRange> ranges, int attempts, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE part SET state = 'split', worker_id = NULL WHERE id = $1", cancellation, partId);
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO part (step_id, act, from_key, to_key, state, attempts, error_class, error_text)
            SELECT $1, 'work', new.from_key, new.to_key, new.state, $5,
              CASE new.state WHEN 'failed' THEN part.error_class END, CASE new.state WHEN 'failed' THEN part.error_text END
            FROM unnest($2::text[], $3::text[], $4::text[]) AS new (from_key, to_key, state), part
            WHERE part.id = $6
            """,
            cancellation, stepId, ranges.Select(range => range.FromKey).ToArray(),
            ranges.Select(range => range.ToKey).ToArray(), ranges.Select(range => range.State).ToArray(), attempts, partId);
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE step SET parts_open = parts_open + $2 WHERE id = $1", cancellation, stepId,
            (long)ranges.Count - 1);
    }
}
