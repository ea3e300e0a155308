using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Printing;

/// <summary>One rendered and read-back file.</summary>
/// <param name="Chunk">Number of the file, from 1.</param>
/// <param name="Pieces">Where each piece lies in it.</param>
/// <param name="Failed">Pieces that cannot be drawn: then there is no file, and it is drawn again without them.</param>
public sealed record RenderedChunk(
    long DropId, int Chunk, StagedFile? File, IReadOnlyList<RenderedPiece> Pieces, IReadOnlyList<FailedItem> Failed);

/// <summary>
/// The work of step `print`: renders one file from its frozen rows and reads every page of the finished bytes back. The
/// first page that is not the frozen one stops the drop: nobody gets another person's letter.
/// </summary>
internal sealed class ChunkRendering(NightServices services)
{
    /// <summary>Renders, stages, reads back.</summary>
    /// <exception cref="DropStoppedException">A page is not what was frozen.</exception>
    public async Task<RenderedChunk> RenderAsync(PartContext part, CancellationToken cancellation)
    {
        var key = ChunkKey.Parse(part.Part.FromKey);
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        var drop = await FrozenDrops.OneAsync(connection, part.Run.Id, key.Drop, services.Products, cancellation);
        var frozen = await FrozenPieces.LoadAsync(connection, null, drop.Id, key.Chunk, services.Secrets, cancellation);
        var (data, unopened) = part.Items.Each(WantedPieces.Item, frozen, piece => piece.PieceId, piece => piece.Data);
        if (unopened.Count > 0)
        {
            return new(drop.Id, key.Chunk, null, [], unopened);
        }

        IReadOnlyList<RenderedPiece> rendered = [];
        var name = DropFiles.PdfName(drop, key.Chunk);
        StagedFile file;
        try
        {
            file = await part.Staging.StageAsync(
                drop.Folder, name,
                (stream, _) =>
                {
                    rendered = PieceDocuments.Render(data, stream);
                    return Task.CompletedTask;
                },
                cancellation);
        }
        catch (Exception error) when (Failures.IsOfAnItem(error) && !cancellation.IsCancellationRequested)
        {
            // Each alone tells whose fault it is; where it is nobody's, the part fails.
            var alone = part.Items.Each(
                WantedPieces.Item, data, piece => piece.PieceId, piece => PieceDocuments.Render([piece], Stream.Null));
            if (alone.Failed.Count == 0)
            {
                throw;
            }

            return new(drop.Id, key.Chunk, null, [], alone.Failed);
        }

        FaultPoints.Hit(FaultPoints.Staged);
        await using var pdf = File.OpenRead(part.Staging.FullPath(drop.Folder, file));
        if (PageProof.FirstMismatch(data, rendered, ReadBack.Read(pdf)) is { } mismatch)
        {
            await Alerts.RaiseAsync(
                connection, null, "drop-stopped", drop.Name,
                "A finished page is not what was frozen. Do not send the drop; compare templates and fonts, then re-run the part.",
                services.Clock.GetUtcNow(), cancellation);
            throw new DropStoppedException(drop.Folder, name, mismatch);
        }

        return new(drop.Id, key.Chunk, file with { MadeWith = DrawnWith.Now }, rendered, []);
    }

    /// <summary>Writes a file again from its frozen rows: the same bytes.</summary>
    public async Task WriteAsync(DropRow drop, int chunk, Stream stream, CancellationToken cancellation)
    {
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        var frozen = await FrozenPieces.LoadAsync(connection, null, drop.Id, chunk, services.Secrets, cancellation);
        PieceDocuments.Render([.. frozen.Select(piece => piece.Data)], stream);
    }

    /// <summary>Records the file and where each piece lies.</summary>
    public static async Task StoreAsync(RenderedChunk chunk, StoreContext context, CancellationToken cancellation)
    {
        if (chunk.File is null)
        {
            await AgainAsync(chunk, context, cancellation);
            return;
        }

        await Drops.RecordFilesAsync(context, chunk.DropId, [chunk.File], cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE piece SET first_page = new.first_page, pages = new.pages, sheets = new.sheets
            FROM unnest($2::text[], $3::int[], $4::int[], $5::int[]) AS new (piece_id, first_page, pages, sheets)
            WHERE piece.piece_id = new.piece_id AND piece.drop_id = $1
            """,
            cancellation, chunk.DropId, chunk.Pieces.Select(piece => piece.PieceId).ToArray(),
            chunk.Pieces.Select(piece => piece.FirstPage).ToArray(), chunk.Pieces.Select(piece => piece.Pages).ToArray(),
            chunk.Pieces.Select(piece => piece.Sheets).ToArray());
    }
    // Who cannot be drawn is withheld; the rest of the file is a part of its own, as after a change at the seal.
    private static async Task AgainAsync(RenderedChunk chunk, StoreContext context, CancellationToken cancellation)
    {
        await DropFreezing.WithholdFailedAsync(context, chunk.Failed, cancellation);
        if (await Sql.ScalarAsync<bool>(
            context.Connection, context.Transaction, "SELECT EXISTS (SELECT FROM piece WHERE drop_id = $1 AND chunk = $2)",
            cancellation, chunk.DropId, chunk.Chunk))
        {
            var key = ChunkKey.Parse(context.Part.FromKey);
            var next = (key with { Revision = key.Revision + 1 }).ToString();
            await context.PlanPartsAsync([new PlannedPart(next, next)], cancellation);
        }
    }
}
