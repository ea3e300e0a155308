using MyNumber.Batch.Database;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Printing;

/// <summary>
/// The seal (ENGINE.md, rule 12): suppression again, and every piece built again from the rows of the moment. Nothing
/// changed: manifest and control file are decided and the drop is chained to the one before. Changed: only the files
/// concerned are frozen and rendered again, and the seal comes again after that.
/// </summary>
internal sealed class DropSeal(NightServices services)
{
    // Drawn again this often, a file is drawn by hosts that do not agree: without an end they would take turns for ever.
    private const int RevisionsMax = 20;

    private readonly PieceBuilder _builder = new(services);
    private readonly DropFreezing _freezing = new(services);

    /// <summary>Seals every frozen drop of the run that stands as it was frozen.</summary>
    public async Task SealAsync(StoreContext context, CancellationToken cancellation)
    {
        foreach (var drop in await FrozenDrops.AllAsync(
            context.Connection, context.Transaction, context.Run.Id, services.Products, cancellation))
        {
            await ReleaseSkippedAsync(context, drop, cancellation);
            var changed = await ChangedChunksAsync(context, drop, cancellation);
            if (changed.Count > 0)
            {
                await PlanAgainAsync(context, drop, changed, cancellation);
            }
            else
            {
                await DecideAsync(context, drop, cancellation);
            }
        }
    }

    // A file that a person skipped was never rendered: its pieces are wanted still, and first in the next night.
    private static async Task ReleaseSkippedAsync(StoreContext context, DropRow drop, CancellationToken cancellation)
    {
        var released = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            WITH released AS (
              UPDATE piece SET drop_id = NULL, sequence = NULL, chunk = NULL, frozen_cipher = NULL
              WHERE drop_id = $1 AND first_page IS NULL RETURNING piece_id)
            SELECT piece_id FROM released ORDER BY piece_id COLLATE "C"
            """,
            row => row.GetString(0), cancellation, drop.Id);
        await context.LedgerAsync(released.Select(id => new ItemOutcome(id, "held", "file-skipped")), cancellation);
    }

    /// <summary>Applies what changed since the freeze; returns the numbers of the files that it touches.</summary>
    private async Task<IReadOnlyList<int>> ChangedChunksAsync(
        StoreContext context, DropRow drop, CancellationToken cancellation)
    {
        var frozen = await FrozenPieces.LoadAsync(
            context.Connection, context.Transaction, drop.Id, null, services.Secrets, cancellation);
        var chunkOf = frozen.ToDictionary(piece => piece.PieceId, piece => piece.Chunk);
        IReadOnlyList<SuppressedPiece> mixed = services.Products.Get(drop.Product).IsForHouseholds
            ? await OpenEnvelopes.MixedAsync(context, drop.Id, cancellation) : [];
        await Suppression.StopAsync(context, mixed, "print", cancellation);
        IReadOnlyList<SuppressedPiece> stopped =
            [.. mixed, .. await Suppression.ApplyAsync(context, services, drop.Id, "print", cancellation)];
        await context.LedgerAsync(
            stopped.Select(piece => new ItemOutcome(piece.PieceId, "suppressed", piece.Reason)), cancellation);
        var open = frozen.ToDictionary(piece => piece.PieceId);
        foreach (var piece in stopped)
        {
            open.Remove(piece.PieceId);
        }

        var rows = await PieceRow.LoadAsync(
            context.Connection, context.Transaction, services.Products, open.Keys, context.BusinessDate, cancellation);
        var (now, failed) = context.Items.Each(
            WantedPieces.Item, rows, row => row.PieceId, row => Differing(row, open[row.PieceId], context.BusinessDate));
        await DropFreezing.WithholdFailedAsync(context, failed, cancellation);
        var differing = now.OfType<CheckedPiece>().ToList();
        var withheld = differing.Where(piece => piece.Problem is not null).ToList();
        await _freezing.WithholdAsync(context, withheld, cancellation);
        await context.LedgerAsync(
            withheld.Select(piece => new ItemOutcome(piece.Piece.PieceId, "withheld", piece.Problem)), cancellation);
        await FreezeAgainAsync(context, drop, [.. differing.Where(piece => piece.Problem is null)], chunkOf, cancellation);
        var drawn = (await Drops.FilesAsync(context.Connection, context.Transaction, drop.Id, cancellation))
            .ToDictionary(file => file.Path, file => file.MadeWith, StringComparer.Ordinal);
        return [.. stopped.Select(piece => piece.PieceId).Concat(differing.Select(piece => piece.Piece.PieceId))
            .Concat(failed.Select(piece => piece.Subject))
            .Select(id => chunkOf[id])
            // What other templates or fonts drew is drawn again: a new program may have come since.
            .Concat(chunkOf.Values.Where(chunk => drawn.GetValueOrDefault(DropFiles.PdfName(drop, chunk)) != DrawnWith.Now))
            .Distinct().Order()];
    }

    private CheckedPiece? Differing(PieceRow row, FrozenPiece frozen, DateOnly day)
    {
        var built = _builder.Build(row, day);
        return FrozenPieces.Plain(built.Data).AsSpan().SequenceEqual(frozen.Open()) ? null : _freezing.Checked(built);
    }

    // A changed piece stays in its file, so that no other file changes; its place in it may be another.
    private async Task FreezeAgainAsync(
        StoreContext context, DropRow drop, IReadOnlyList<CheckedPiece> differing, Dictionary<string, int> chunkOf,
        CancellationToken cancellation)
    {
        if (differing.Count == 0)
        {
            return;
        }

        var last = await Sql.ScalarAsync<int>(
            context.Connection, context.Transaction, "SELECT max(sequence) FROM piece WHERE drop_id = $1", cancellation,
            drop.Id);
        await _freezing.WriteAsync(
            context, drop.Id,
            [.. differing.Select((piece, i) => new FrozenRow(piece.Piece, last + 1 + i, chunkOf[piece.Piece.PieceId]))],
            cancellation);
    }

    private async Task PlanAgainAsync(
        StoreContext context, DropRow drop, IReadOnlyList<int> chunks, CancellationToken cancellation)
    {
        await NumberAsync(context, drop, cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            "UPDATE piece SET first_page = NULL, pages = NULL, sheets = NULL WHERE drop_id = $1 AND chunk = ANY ($2)",
            cancellation, drop.Id, chunks.ToArray());
        await Drops.DeleteFilesAsync(
            context, drop.Id, [.. chunks.Select(chunk => DropFiles.PdfName(drop, chunk))], cancellation);
        var left = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            "SELECT DISTINCT chunk FROM piece WHERE drop_id = $1 AND chunk = ANY ($2) ORDER BY chunk",
            row => row.GetInt32(0), cancellation, drop.Id, chunks.ToArray());
        var parts = new List<PlannedPart>();
        foreach (var chunk in left)
        {
            var revision = await NextRevisionAsync(context, drop, chunk, cancellation);
            if (revision > RevisionsMax)
            {
                // On a connection of its own: the seal's transaction is taken back.
                await using var connection = await services.Database.OpenConnectionAsync(cancellation);
                await Alerts.RaiseAsync(
                    connection, null, "drop-stopped", drop.Name,
                    "A file was drawn again and again. Give all hosts the same program and the same font packages, then re-run the part.",
                    services.Clock.GetUtcNow(), cancellation);
                throw new DropStoppedException(drop.Folder, DropFiles.PdfName(drop, chunk), "it was drawn again and again");
            }

            var key = new ChunkKey(drop.Name, chunk, revision).ToString();
            parts.Add(new PlannedPart(key, key));
        }

        await context.PlanPartsAsync(parts, cancellation);
        if (parts.Count == 0)
        {
            // Whole files fell away and no other changed: nothing is left to render, so this is the last word.
            await DecideAsync(context, drop, cancellation);
        }
    }

    // Places are 1, 2, 3 … again where pieces fell out; the order of the files that stand does not change.
    private static Task NumberAsync(StoreContext context, DropRow drop, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH placed AS (
              SELECT piece_id, row_number() OVER (
                ORDER BY chunk, postal_code COLLATE "C", subject COLLATE "C", occasion COLLATE "C", generation) AS place
              FROM piece WHERE drop_id = $1)
            UPDATE piece SET sequence = placed.place FROM placed
            WHERE piece.piece_id = placed.piece_id AND piece.sequence <> placed.place
            """,
            cancellation, drop.Id);

    private static async Task<int> NextRevisionAsync(
        StoreContext context, DropRow drop, int chunk, CancellationToken cancellation) =>
        (int)await Sql.ScalarAsync<long>(
            context.Connection, context.Transaction,
            """
            SELECT 1 + count(*) FROM part JOIN step ON step.id = part.step_id
            WHERE step.run_id = $1 AND step.ordinal = $2 AND part.act = 'work' AND starts_with(part.from_key, $3)
            """,
            cancellation, context.Run.Id, context.StepOrdinal,
            new ChunkKey(drop.Name, chunk, 1).ToString()[..^2]);

    private async Task DecideAsync(StoreContext context, DropRow drop, CancellationToken cancellation)
    {
        var pieces = await Sql.QueryAsync(
            context.Connection, context.Transaction, "SELECT piece_id FROM piece WHERE drop_id = $1 ORDER BY sequence",
            row => row.GetString(0), cancellation, drop.Id);
        if (pieces.Count == 0)
        {
            await Drops.DeleteFrozenAsync(context, drop.Id, cancellation);
            return;
        }

        await NumberAsync(context, drop, cancellation);
        foreach (var table in DropFiles.TablesOf(services.Products.Get(drop.Product)))
        {
            await services.Kept.RecordAsync(
                context, drop, table.Name,
                await DropFiles.TableAsync(context.Connection, context.Transaction, drop, table, cancellation), cancellation);
        }

        var previous = await Drops.PreviousSha256Async(context.Connection, context.Transaction, drop.Product, cancellation);
        var control = await DropFiles.ControlAsync(context.Connection, context.Transaction, drop, previous, cancellation);
        var file = await services.Kept.RecordAsync(context, drop, DropFiles.Control, control, cancellation);
        await Drops.SealAsync(context, drop.Id, file.Sha256, cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH closed AS (
              UPDATE piece SET state = 'sealed', state_on = $2 WHERE drop_id = $1 RETURNING piece_id, sequence)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'piece', piece_id, $2, 'sealed', 'print', $3 FROM closed ORDER BY sequence
            """,
            cancellation, drop.Id, context.BusinessDate, drop.Name);
        await context.LedgerAsync(pieces.Select(id => new ItemOutcome(id, "sealed")), cancellation);
    }
}
