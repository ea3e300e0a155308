using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Privacy;
using MyNumber.Templates.Documents;
using Npgsql;

namespace MyNumber.Batch.Printing;

/// <summary>
/// A frozen piece at its place in a drop. It is opened where it is used, so that one that cannot be fails alone.
/// </summary>
/// <param name="Chunk">Number of its file, from 1.</param>
/// <param name="Open">Decrypts what is printed, as JSON.</param>
public sealed record FrozenPiece(string PieceId, int Chunk, Func<byte[]> Open)
{
    /// <summary>What is printed.</summary>
    public PieceData Data => FrozenPieces.Parse(Open());
}

/// <summary>What is printed on pieces, while they are frozen: JSON, encrypted under the piece key.</summary>
public static class FrozenPieces
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What a piece prints, as JSON: the same data give the same bytes.</summary>
    public static byte[] Plain(PieceData data) => JsonSerializer.SerializeToUtf8Bytes(data, Json);

    /// <summary>Reads it back.</summary>
    public static PieceData Parse(byte[] plain) => JsonSerializer.Deserialize<PieceData>(plain, Json)!;

    /// <summary>As it lies in piece.frozen_cipher.</summary>
    public static byte[] Encrypt(string pieceId, byte[] plain, Secrets secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        return Cipher.Encrypt(secrets.PieceKey, plain, Context(pieceId));
    }

    /// <summary>The frozen pieces of a drop, or of one of its files, in sequence.</summary>
    /// <param name="transaction">As a transaction sees it; null for committed rows.</param>
    /// <param name="chunk">Number of a file; null for all.</param>
    /// <param name="secrets">Holds the piece key.</param>
    public static Task<IReadOnlyList<FrozenPiece>> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long dropId, int? chunk, Secrets secrets,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        return Sql.QueryAsync(
            connection, transaction,
            """
            SELECT piece_id, chunk, frozen_cipher FROM piece
            WHERE drop_id = $1 AND ($2::int IS NULL OR chunk = $2) ORDER BY sequence
            """,
            row =>
            {
                var (id, cipher) = (row.GetString(0), row.GetFieldValue<byte[]>(2));
                return new FrozenPiece(id, row.GetInt32(1), () => Cipher.Decrypt(secrets.PieceKey, cipher, Context(id)));
            },
            cancellation, dropId, chunk);
    }

    private static string Context(string pieceId) => $"piece.frozen_cipher|{pieceId}";
}
