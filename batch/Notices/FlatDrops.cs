using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch.Runs;
using Npgsql;

namespace MyNumber.Batch.Notices;

/// <summary>What the flat drops of a step have in common: files of their own names, each with its `.done`.</summary>
internal static class FlatDrops
{
    /// <summary>The frozen drops of a run of some products, in order.</summary>
    public static Task<IReadOnlyList<DropRow>> FrozenAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long runId, IReadOnlyList<string> products,
        CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, transaction,
            """
            SELECT id, folder, flat, product, business_date, number FROM drop
            WHERE run_id = $1 AND state = 'frozen' AND product = ANY ($2) ORDER BY product COLLATE "C", number
            """,
            row => new DropRow(
                row.GetInt64(0), row.GetString(1), row.GetBoolean(2) ? DropShape.Flat : DropShape.Folder,
                row.GetString(3), row.GetFieldValue<DateOnly>(4), row.GetInt32(5), "frozen", null),
            cancellation, runId, products.ToArray());

    /// <summary>Hash of a drop without a control file: of its files' marker lines.</summary>
    public static string Sha256(IReadOnlyList<StagedFile> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
            files.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => $"{file.Sha256}  {file.Path}\n")))));

    /// <summary>Takes back a drop without files (its parts were skipped): what it meant waits for the next night.</summary>
    public static async Task DropEmptyAsync(StoreContext context, long dropId, CancellationToken cancellation)
    {
        foreach (var sql in new[]
        {
            "UPDATE message SET drop_id = NULL WHERE drop_id = $1",
            "DELETE FROM rejection WHERE drop_id = $1",
            "DELETE FROM drop WHERE id = $1",
        })
        {
            await Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, dropId);
        }
    }
}
