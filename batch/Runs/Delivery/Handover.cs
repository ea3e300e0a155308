using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Delivery;

/// <summary>How drops of one kind leave the house.</summary>
/// <param name="Name">Of the kind; for the log.</param>
/// <param name="Owns">Whether drops of a product are of this kind.</param>
public sealed record Handover(string Name, Func<string, bool> Owns)
{
    /// <summary>
    /// Writes a file again whose bytes were not kept (too large, or sealed by a version that kept none), from rows that were
    /// frozen with the drop.
    /// </summary>
    public required Func<DropRow, string, Stream, CancellationToken, Task> Render { get; init; }

    /// <summary>Throws <see cref="StepRefusedException"/> while nothing of this kind may leave the house.</summary>
    public Func<CancellationToken, Task> Refuse { get; init; } = _ => Task.CompletedTask;

    /// <summary>Hashes of drops that are known to be out already: they are only marked.</summary>
    public Func<IReadOnlySet<string>> Outside { get; init; } = () => new HashSet<string>();

    /// <summary>What becomes so when a drop is in place, in the transaction that marks it; the date is the marking run's.</summary>
    public Func<NpgsqlConnection, NpgsqlTransaction, DropRow, DateOnly, CancellationToken, Task> Mark { get; init; } =
        (_, _, _, _, _) => Task.CompletedTask;

    /// <summary>The decision is complete in itself, whatever run is under way: two people made it, not a step.</summary>
    public bool IsDecidedByPeople { get; init; }

    /// <summary>What was kept stays after the drop is in place: it may be asked for once more.</summary>
    public bool KeepsAfterwards { get; init; }
}

/// <summary>What came of handing one drop over.</summary>
/// <param name="StoppedClass">Why it could not be put in place; null: it lies there, whole, with its marker.</param>
/// <param name="Sentence">What stopped it, free of values; empty where nothing did.</param>
/// <param name="IsKnown">A person knew before that it is stopped.</param>
public sealed record HandedOver(DropRow Drop, string? StoppedClass, string Sentence, bool IsKnown)
{
    /// <summary>It could not be put in place, and nobody knew.</summary>
    public bool IsNewlyStopped => StoppedClass is not null && !IsKnown;

    internal static HandedOver Whole(DropRow drop) => new(drop, null, "", false);
}

/// <summary>
/// Hands sealed drops over, each for itself: one that is stopped holds up no other. Inside a run as the publish act of a step;
/// outside of one for what a kill, a skip or an abandoned run left behind.
/// </summary>
public sealed class Handovers(NpgsqlDataSource database, DropPublisher publisher, KeptFiles kept, TimeProvider clock)
{
    /// <summary>Code of the alert about a drop that was stopped.</summary>
    public const string StoppedAlert = "drop-stopped";

    // What a step of a run that goes on has sealed is that step's: its balance checks are not all made yet.
    private const string PendingSql = """
        SELECT drop.id FROM drop JOIN run ON run.id = drop.run_id
        WHERE drop.state = 'sealed' AND NOT (run.state IN ('running', 'stopped')
          AND EXISTS (SELECT FROM step WHERE step.run_id = run.id AND step.state NOT IN ('waiting', 'closed')))
        """;

    /// <summary>The publish act of a step whose drops are of a kind.</summary>
    public Act Act(Handover kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return Engine.Act.Of(
            async (part, cancellation) =>
            {
                await kind.Refuse(cancellation);
                return await PlaceAsync(kind, await SealedAsync(kind, cancellation), cancellation);
            },
            (handed, context, cancellation) => StoreAsync(kind, handed, context, cancellation));
    }

    /// <summary>Hands over what is decided and left behind. A drop that is stopped is an alert, and tried again next time.</summary>
    /// <returns>What came of each drop.</returns>
    public async Task<IReadOnlyList<HandedOver>> FinishPendingAsync(
        IEnumerable<Handover> kinds, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        var all = new List<HandedOver>();
        foreach (var kind in kinds)
        {
            var pending = await PendingAsync(kind, cancellation);
            if (pending.Count == 0)
            {
                continue;
            }

            try
            {
                await kind.Refuse(cancellation);
            }
            catch (StepRefusedException)
            {
                // After a restore: whoever says that it is over lets the next night hand it over.
                continue;
            }

            var handed = await PlaceAsync(kind, pending, cancellation);
            await MarkAsync(kind, handed, cancellation);
            all.AddRange(handed);
        }

        return all;
    }

    private async Task<IReadOnlyList<DropRow>> SealedAsync(Handover kind, CancellationToken cancellation) =>
        [.. (await Drops.SealedAsync(database, cancellation)).Where(drop => kind.Owns(drop.Product))];

    private async Task<IReadOnlyList<DropRow>> PendingAsync(Handover kind, CancellationToken cancellation)
    {
        var drops = await SealedAsync(kind, cancellation);
        if (kind.IsDecidedByPeople || drops.Count == 0)
        {
            return drops;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        var pending = await Sql.QueryAsync(connection, null, PendingSql, row => row.GetInt64(0), cancellation);
        return [.. drops.Where(drop => pending.Contains(drop.Id))];
    }

    private async Task<IReadOnlyList<HandedOver>> PlaceAsync(
        Handover kind, IReadOnlyList<DropRow> drops, CancellationToken cancellation)
    {
        var outside = kind.Outside();
        var handed = new List<HandedOver>(drops.Count);
        foreach (var drop in drops)
        {
            handed.Add(outside.Contains(drop.ManifestSha256!)
                ? HandedOver.Whole(drop)
                : await PlaceAsync(kind, drop, cancellation));
        }

        return handed;
    }

    private async Task<HandedOver> PlaceAsync(Handover kind, DropRow drop, CancellationToken cancellation)
    {
        try
        {
            await publisher.PublishAsync(
                drop, await Drops.FilesAsync(database, drop.Id, cancellation),
                (path, stream, cancel) => WriteAsync(kind, drop, path, stream, cancel), cancellation);
            return HandedOver.Whole(drop);
        }
        catch (Exception error) when (
            error is not OperationCanceledException && Failures.Kind(error) == FailureKind.Permanent)
        {
            // Another process may have handed it over and swept its staging meanwhile: then nothing is wrong with it.
            return await KnownIfSealedAsync(drop, cancellation) is { } known
                ? new(drop, Failures.Class(error), Failures.Text(error), known)
                : HandedOver.Whole(drop);
        }
    }

    private async Task WriteAsync(Handover kind, DropRow drop, string path, Stream stream, CancellationToken cancellation)
    {
        if (!await kept.WriteAsync(database, drop, path, stream, cancellation))
        {
            await kind.Render(drop, path, stream, cancellation);
        }
    }

    private async Task<bool?> KnownIfSealedAsync(DropRow drop, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var known = await Sql.QueryAsync(
            connection, null, "SELECT stopped_known FROM drop WHERE id = $1 AND state = 'sealed'", row => row.GetBoolean(0),
            cancellation, drop.Id);
        return known.Count == 0 ? null : known[0];
    }

    /// <summary>Marks what lies in place; what is newly stopped fails the part, so that a person hears of it.</summary>
    private async Task StoreAsync(
        Handover kind, IReadOnlyList<HandedOver> handed, StoreContext context, CancellationToken cancellation)
    {
        foreach (var one in handed)
        {
            await MarkAsync(context.Connection, context.Transaction, kind, one, context.BusinessDate, cancellation);
        }

        if (handed.Where(one => one.IsNewlyStopped).ToList() is { Count: > 0 } fresh)
        {
            context.FailAfterwards(
                fresh[0].StoppedClass!, fresh.Count == 1 ? fresh[0].Sentence : $"{fresh[0].Sentence} And {fresh.Count - 1} more drops.");
        }
    }

    // Outside of a run nothing fails, so the alert alone tells of a stopped drop: from here on it is known.
    private async Task MarkAsync(Handover kind, IReadOnlyList<HandedOver> handed, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        foreach (var one in handed)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var newest = await Sql.ScalarAsync<DateOnly>(
                connection, transaction,
                "SELECT max(business_date) FROM run WHERE kind = 'night' AND state <> 'set-aside'", cancellation);
            await MarkAsync(
                connection, transaction, kind, one, newest > one.Drop.BusinessDate ? newest : one.Drop.BusinessDate, cancellation);
            await Sql.ExecuteAsync(
                connection, transaction, "UPDATE drop SET stopped_known = stopped_class IS NOT NULL WHERE id = $1", cancellation,
                one.Drop.Id);
            await transaction.CommitAsync(cancellation);
        }
    }

    private async Task MarkAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Handover kind, HandedOver one, DateOnly on,
        CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (one.StoppedClass is { } stopped)
        {
            await Sql.ExecuteAsync(
                connection, transaction, "UPDATE drop SET stopped_class = $2 WHERE id = $1 AND state = 'sealed'", cancellation,
                one.Drop.Id, stopped);
            await Alerts.RaiseWhileAsync(
                connection, transaction, StoppedAlert, Subject(one.Drop),
                $"{stopped}: {one.Sentence} Never delete or overwrite what lies there; docs/runbook.md gives the way out.", now,
                cancellation);
            return;
        }

        var marked = await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE drop SET state = 'published', stopped_class = NULL, stopped_known = false
            WHERE id = $1 AND state = 'sealed'
            """,
            cancellation, one.Drop.Id);
        if (marked == 0)
        {
            return;
        }

        await kind.Mark(connection, transaction, one.Drop, on, cancellation);
        await Alerts.ResolveAsync(connection, transaction, StoppedAlert, Subject(one.Drop), now, cancellation);
        if (!kind.KeepsAfterwards)
        {
            await KeptFiles.ForgetAsync(connection, transaction, one.Drop.Id, cancellation);
        }
    }

    // A folder's name says it all; flat files share their folder, so their day and number belong to it.
    private static string Subject(DropRow drop) => drop.Shape == DropShape.Folder
        ? drop.Name
        : $"{drop.Folder} {Drops.DateInNames(drop.BusinessDate)} {drop.Number}";
}
