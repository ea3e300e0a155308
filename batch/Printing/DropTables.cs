using System.Globalization;
using System.Text;
using MyNumber.Batch.Files;
using MyNumber.Batch.Letters;
using MyNumber.Templates.Codes;

namespace MyNumber.Batch.Printing;

/// <summary>The CSV files of a drop, read as nobody's friend: what is wrong with them is found by row and field.</summary>
internal sealed class DropTables(string folder, Products products)
{
    // More than any piece has: a mistyped number must not fill the memory.
    private const int PagesMax = 1_000;

    /// <summary>Every table that a drop may have, whatever its product.</summary>
    private readonly Dictionary<string, DropTable> _known = products.List.SelectMany(product => product.Tables)
        .Prepend(DropFiles.ManifestTable).DistinctBy(table => table.Name).ToDictionary(table => table.Name);

    /// <summary>Those that may lie beside the manifest.</summary>
    public IEnumerable<DropTable> Beside => _known.Values.Where(table => table != DropFiles.ManifestTable);

    public List<PreflightFinding> Findings { get; } = [];

    public void Wrong(string code, string file, string detail = "") => Findings.Add(new(code, file, detail));

    public void Differs(string code, string file, string where, long expected, long found) =>
        Wrong(code, file, string.Create(CultureInfo.InvariantCulture, $"{where}: {expected} expected, {found} found"));

    // What lies in a drop lies in its folder: a name never leads out of it.
    public static bool IsFileName(string name) => name.Length > 0 && name == Path.GetFileName(name) && name is not ("." or "..");

    public List<ManifestRow>? Manifest()
    {
        if (Read(DropFiles.Manifest) is not { } rows)
        {
            return null;
        }

        var manifest = new List<ManifestRow>(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            int? Number(int column, int max)
            {
                if (int.TryParse(row[column], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number >= 1 && number <= max)
                {
                    return number;
                }

                Wrong("not-a-number", DropFiles.Manifest,
                    $"row {i + 1}, {DropFiles.ManifestTable.Columns[column]}: a whole number up to {max} expected");
                return null;
            }

            if (!IsFileName(row[3]))
            {
                Wrong("not-a-file-name", DropFiles.Manifest, $"row {i + 1}, file");
                return null;
            }

            if (!PostalCode.IsNormal(row[7]))
            {
                Wrong("postal-code", DropFiles.Manifest, $"row {i + 1}, postal_code: seven digits expected");
            }

            if (Number(2, int.MaxValue) is not { } sequence || Number(4, int.MaxValue) is not { } first
                || Number(5, PagesMax) is not { } pages
                || Number(6, PagesMax) is not { } sheets)
            {
                return null;
            }

            manifest.Add(new ManifestRow(row[0], sequence, row[3], first, pages, sheets, row[7]));
        }

        return manifest;
    }

    /// <summary>The rows of a file under its header; null where they cannot be read.</summary>
    public List<string[]>? Read(string name)
    {
        byte[] bytes;
        try
        {
            bytes = GivenFile.ReadAllBytesBelow(folder, Path.Combine(folder, name), GivenFile.TableBytesMax);
        }
        catch (FileNotFoundException)
        {
            Wrong("missing", name);
            return null;
        }
        catch (NotAGivenFileException refused)
        {
            Wrong(refused.Reason, name);
            return null;
        }

        // The header must be this very line, without a mark before it or a carriage return behind.
        var columns = _known[name].Columns;
        var header = string.Join(',', columns);
        var lines = Encoding.UTF8.GetString(bytes).TrimStart('\n').Split('\n', 2);
        if (lines[0] != header)
        {
            // A column that is not known may be a personal one: none may stand there.
            Wrong("columns-differ", name, $"the header must be {header}");
            return null;
        }

        var rows = CsvText.Lines(new StringReader(lines.ElementAtOrDefault(1) ?? "")).ToList();
        if (rows.FindIndex(row => row.Length != columns.Count) is >= 0 and var broken)
        {
            Differs("row-broken", name, $"row {broken + 1}, fields", columns.Count, rows[broken].Length);
            return null;
        }

        return rows;
    }
}
