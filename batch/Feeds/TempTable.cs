using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using NpgsqlTypes;

namespace MyNumber.Batch.Feeds;

/// <summary>A column that is computed while a table is copied.</summary>
internal sealed record ComputedColumn(string Name, Func<FeedRow, byte[]> Value);

/// <summary>Checked rows of a feed as a temporary table of the transaction: one COPY, whatever the number of rows.</summary>
internal static class TempTable
{
    /// <summary>
    /// Makes the table anew: `row int`, the columns as text, then the computed ones as bytea. A column that a computed one
    /// replaces is left out by <paramref name="except"/>: an Individual Number stands in no table, not even for a moment.
    /// </summary>
    public static async Task CopyAsync(
        StoreContext context, string name, FeedTable table, string? except, IReadOnlyList<ComputedColumn> computed,
        CancellationToken cancellation)
    {
        var columns = table.Columns.Select((column, index) => (column.Name, index)).Where(c => c.Name != except).ToList();
        var definitions = columns.Select(column => $"{column.Name} text NOT NULL")
            .Concat(computed.Select(column => $"{column.Name} bytea NOT NULL"));
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            $"DROP TABLE IF EXISTS pg_temp.{name}; CREATE TEMP TABLE {name} (row int NOT NULL, {string.Join(", ", definitions)}) ON COMMIT DROP",
            cancellation);
        var names = columns.Select(column => column.Name).Concat(computed.Select(column => column.Name));
        await using (var copy = await context.Connection.BeginBinaryImportAsync(
            $"COPY {name} (row, {string.Join(", ", names)}) FROM STDIN (FORMAT BINARY)", cancellation))
        {
            foreach (var row in table.Rows)
            {
                await copy.StartRowAsync(cancellation);
                await copy.WriteAsync(row.Number, NpgsqlDbType.Integer, cancellation);
                foreach (var (_, index) in columns)
                {
                    await copy.WriteAsync(row.Values[index], NpgsqlDbType.Text, cancellation);
                }

                foreach (var column in computed)
                {
                    await copy.WriteAsync(column.Value(row), NpgsqlDbType.Bytea, cancellation);
                }
            }

            await copy.CompleteAsync(cancellation);
        }

        await Sql.ExecuteAsync(context.Connection, context.Transaction, $"ANALYZE {name}", cancellation);
    }
}
