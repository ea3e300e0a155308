using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>What the flat drops of a step have in common: files of their own names, each with its `.done`.</summary>
internal static class FlatDrops
{
    /// <summary>Hash of a drop without a control file: of its files' marker lines.</summary>
    public static string Sha256(IReadOnlyList<StagedFile> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(
            files.OrderBy(file => file.Path, StringComparer.Ordinal).Select(file => $"{file.Sha256}  {file.Path}\n")))));

    /// <summary>Takes a frozen drop back: what it meant waits for the next night.</summary>
    public static async Task GiveBackAsync(StoreContext context, long dropId, CancellationToken cancellation)
    {
        foreach (var sql in new[]
        {
            "UPDATE message SET drop_id = NULL, state = CASE state WHEN 'written' THEN 'wanted' ELSE state END WHERE drop_id = $1",
            "DELETE FROM rejection WHERE drop_id = $1",
        })
        {
            await Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, dropId);
        }

        await Drops.DeleteFrozenAsync(context, dropId, cancellation);
    }
}
