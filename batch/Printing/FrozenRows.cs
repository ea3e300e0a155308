using MyNumber.Batch.Database;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Printing;

/// <summary>A piece at the place where it is frozen.</summary>
/// <param name="Sequence">Place in the drop, from 1.</param>
/// <param name="Chunk">Number of its file, from 1.</param>
internal sealed record FrozenRow(BuiltPiece Piece, int Sequence, int Chunk);

/// <summary>Writes frozen pieces, and their forms as they are printed (R04).</summary>
internal static class FrozenRows
{
    /// <summary>Sets everything that the freeze decides, in two statements.</summary>
    public static async Task WriteAsync(
        StoreContext context, Secrets secrets, long dropId, IReadOnlyList<FrozenRow> rows, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE piece SET state = 'wanted', reason = NULL, drop_id = $1, sequence = new.sequence, chunk = new.chunk,
              first_page = NULL, pages = NULL, sheets = NULL, postal_code = new.postal_code,
              enclosures = new.enclosures, registered_number = new.registered_number, earliest = new.earliest,
              deadline = new.deadline, municipality_code = new.municipality_code, frozen_cipher = new.cipher,
              document = new.document
            FROM unnest($2::text[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[], $8::date[], $9::date[],
              $10::text[], $11::bytea[], $12::text[])
              AS new (piece_id, sequence, chunk, postal_code, enclosures, registered_number, earliest, deadline,
                municipality_code, cipher, document)
            WHERE piece.piece_id = new.piece_id
            """,
            cancellation, dropId, Of(rows, row => row.Piece.PieceId), rows.Select(row => row.Sequence).ToArray(),
            rows.Select(row => row.Chunk).ToArray(), Of(rows, row => row.Piece.Data.ToPostalCode),
            Of(rows, row => row.Piece.Enclosures), Of(rows, row => row.Piece.Data.RegisteredNumber),
            rows.Select(row => row.Piece.Data.Earliest).ToArray(), rows.Select(row => row.Piece.Data.Deadline).ToArray(),
            Of(rows, row => row.Piece.MunicipalityCode),
            rows.Select(row => FrozenPieces.Encrypt(row.Piece.PieceId, FrozenPieces.Plain(row.Piece.Data), secrets)).ToArray(),
            Of(rows, row => row.Piece.Data.Document));
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE form SET printed_name = resident.name, printed_address = resident.address, issued_on = $2
            FROM resident
            WHERE resident.resident_id = form.resident_id AND form.piece_id = ANY ($1)
            """,
            cancellation, Of(rows, row => row.Piece.PieceId), context.BusinessDate);
    }

    private static string?[] Of(IReadOnlyList<FrozenRow> rows, Func<FrozenRow, string?> value) => [.. rows.Select(value)];
}
