using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Runs.Delivery;
using Npgsql;

namespace MyNumber.Batch.Printing;

/// <summary>
/// The files beside the PDFs of a print drop (FORMATS.md, Out), each a function of rows alone: made at the seal, and made
/// again with the same bytes when they are put in place. No name, no address, no Application ID, no Individual Number.
/// </summary>
public static class DropFiles
{
    /// <summary>The pieces in order.</summary>
    public const string Manifest = "manifest.csv";

    /// <summary>The totals, and every file with its hash.</summary>
    public const string Control = "control.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The manifest, as a table that every drop has.</summary>
    internal static DropTable ManifestTable { get; } = new(
        Manifest,
        [
            "piece_id", "generation", "sequence", "file", "first_page", "pages", "sheets", "postal_code", "enclosures",
            "replaces",
        ],
        """
        SELECT piece_id, generation, sequence, chunk, first_page, pages, sheets, postal_code, enclosures, replaces
        FROM piece WHERE drop_id = $1 ORDER BY sequence
        """);

    /// <summary>The CSV files that a drop of a product has.</summary>
    internal static IReadOnlyList<DropTable> TablesOf(Product product) => [ManifestTable, .. product.Tables];

    /// <summary>`PRODUCT-NNN-CCC.pdf`.</summary>
    public static string PdfName(DropRow drop, int chunk)
    {
        ArgumentNullException.ThrowIfNull(drop);
        return string.Create(CultureInfo.InvariantCulture, $"{drop.Product}-{drop.Number:D3}-{chunk:D3}.pdf");
    }

    /// <summary>The content of a CSV file.</summary>
    public static async Task<byte[]> TableAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, DropRow drop, DropTable table,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(drop);
        ArgumentNullException.ThrowIfNull(table);
        var rows = await Sql.QueryAsync(
            connection, transaction, table.Sql, row => (IReadOnlyList<string>)[.. Values(row, drop, table)], cancellation, drop.Id);
        return CsvText.Bytes(string.Join(',', table.Columns), rows);
    }

    /// <summary>The content of control.json, from the recorded files and the pieces.</summary>
    /// <param name="transaction">As a transaction sees it; null for committed rows.</param>
    /// <param name="previousSha256">Of the control file sealed before for this product; null in the first.</param>
    public static async Task<byte[]> ControlAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, DropRow drop, string? previousSha256,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(drop);
        var chunks = (await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT chunk, count(*), sum(pages)::bigint, sum(sheets)::bigint FROM piece WHERE drop_id = $1
            GROUP BY chunk ORDER BY chunk
            """,
            row => (Name: PdfName(drop, row.GetInt32(0)), Pieces: row.GetInt64(1), Pages: row.GetInt64(2),
                Sheets: row.GetInt64(3)),
            cancellation, drop.Id)).ToDictionary(chunk => chunk.Name);
        var rows = chunks.Values.Sum(chunk => chunk.Pieces);
        var documents = await Sql.QueryAsync(
            connection, transaction,
            """SELECT document FROM piece WHERE drop_id = $1 GROUP BY document ORDER BY document COLLATE "C" """,
            row => row.GetString(0), cancellation, drop.Id);
        var recorded = (await Drops.FilesAsync(connection, transaction, drop.Id, cancellation))
            .Where(file => file.Path != Control).ToList();
        var drawn = DrawnWith.Of(recorded);
        var files = recorded
            .Select(file => chunks.TryGetValue(file.Path, out var chunk)
                ? new ControlFile(file.Path, chunk.Pieces, chunk.Pages, chunk.Sheets, file.Bytes, file.Sha256)
                : new ControlFile(file.Path, rows, 0, 0, file.Bytes, file.Sha256));
        var control = new ControlContent(
            drop.Name, drop.Product, drop.BusinessDate, previousSha256, rows, chunks.Values.Sum(chunk => chunk.Pages),
            chunks.Values.Sum(chunk => chunk.Sheets), [.. files],
            documents.ToDictionary(name => name, name => drawn.Templates[name]), drawn.Fonts);
        return [.. JsonSerializer.SerializeToUtf8Bytes(control, Json), (byte)'\n'];
    }

    private static IEnumerable<string> Values(NpgsqlDataReader row, DropRow drop, DropTable table)
    {
        for (var i = 0; i < row.FieldCount; i++)
        {
            yield return table == ManifestTable && i == 3 ? PdfName(drop, row.GetInt32(i))
                : row.IsDBNull(i) ? ""
                : Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture)!;
        }
    }

    private sealed record ControlFile(string File, long Pieces, long Pages, long Sheets, long Bytes, string Sha256);

    private sealed record ControlContent(
        string Drop, string Product, DateOnly BusinessDate, string? PreviousSha256, long Pieces, long Pages, long Sheets,
        IReadOnlyList<ControlFile> Files, IReadOnlyDictionary<string, string> Templates,
        IReadOnlyDictionary<string, string> Fonts);
}
