using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text;
using MyNumber.Batch.Files;
using MyNumber.Batch.Letters;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Printing;

/// <summary>One drop on its way through all checks of <see cref="Preflight"/>.</summary>
internal sealed class DropCheck(string folder, Products products)
{
    private const string Marker = "READY";

    private readonly DropTables _tables = new(folder, products);

    public List<PreflightFinding> Findings => _tables.Findings;

    public void All()
    {
        var marked = Markers();
        if (Control() is not { } control || _tables.Manifest() is not { } manifest)
        {
            return;
        }

        Files(control, marked);
        Totals(control, manifest);
        Sequence(manifest);
        foreach (var table in _tables.Beside)
        {
            Beside(table, manifest);
        }

        foreach (var file in manifest.GroupBy(row => row.File))
        {
            Pages(file.Key, [.. file.OrderBy(row => row.FirstPage)]);
        }
    }

    // Every file but the marker stands in it, with the hash that it has.
    private Dictionary<string, string> Markers()
    {
        var marked = new Dictionary<string, string>();
        if (!IsThere(Marker))
        {
            _tables.Wrong("ready-missing", "");
            return marked;
        }

        foreach (var (line, i) in Lines(Marker).Select((line, i) => (line, i)))
        {
            if (line.Length < 67 || line[64..66] != "  " || !DropTables.IsFileName(line[66..]) || !marked.TryAdd(line[66..], line[..64]))
            {
                _tables.Wrong("not-a-marker-line", Marker, $"line {i + 1}");
            }
        }

        var lying = GivenFolder.Walk(folder);
        if (lying.Fault is { } unbounded)
        {
            _tables.Wrong(unbounded, "");
        }

        foreach (var entry in lying.Entries.Where(entry => entry.Kind != GivenKind.File))
        {
            _tables.Wrong(GivenFile.Reason(entry.Kind)!, entry.Path);
        }

        var present = lying.Entries.Where(entry => entry.Kind == GivenKind.File).Select(entry => entry.Path)
            .Where(name => name != Marker).ToList();
        present.Except(marked.Keys).ToList().ForEach(name => _tables.Wrong("unlisted", name));
        marked.Keys.Except(present).ToList().ForEach(name => _tables.Wrong("missing", name));
        foreach (var name in marked.Keys.Intersect(present).Where(name => Hash(name) != marked[name]))
        {
            _tables.Wrong("hash-differs", name);
        }

        return marked;
    }

    private ControlTotals? Control()
    {
        try
        {
            using var json = JsonDocument.Parse(
                GivenFile.ReadAllBytesBelow(folder, Path.Combine(folder, DropFiles.Control), GivenFile.SmallBytesMax));
            var control = new ControlTotals(json.RootElement);
            if (control.Drop != Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))
            {
                _tables.Wrong("names-another-drop", DropFiles.Control, "field drop");
            }

            if (control.Files.Find(file => !DropTables.IsFileName(file.Name)) is { } outside)
            {
                _tables.Wrong("not-a-file-name", DropFiles.Control, $"files: entry {control.Files.IndexOf(outside) + 1}");
                return null;
            }

            return control;
        }
        catch (NotAGivenFileException refused)
        {
            _tables.Wrong(refused.Reason, DropFiles.Control);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException)
        {
            _tables.Wrong(e is FileNotFoundException ? "missing" : "unreadable", DropFiles.Control,
                e is FileNotFoundException ? "" : "a field is missing, or no number");
            return null;
        }
    }

    private void Files(ControlTotals control, Dictionary<string, string> marked)
    {
        marked.Keys.Where(name => name != DropFiles.Control).Except(control.Files.Select(file => file.Name)).ToList()
            .ForEach(name => _tables.Wrong("not-in-control", name));
        foreach (var file in control.Files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!IsThere(file.Name))
            {
                _tables.Wrong("missing", file.Name);
            }
            else if (new FileInfo(path).Length is var bytes && bytes != file.Bytes)
            {
                _tables.Differs("differs-from-control", file.Name, "bytes", file.Bytes, bytes);
            }
            else if (Hash(file.Name) != file.Sha256)
            {
                _tables.Wrong("differs-from-control", file.Name, "sha256: another than control.json names");
            }
        }
    }

    private void Totals(ControlTotals control, List<ManifestRow> manifest)
    {
        void Same(string file, string code, string field, long controlled, long manifested)
        {
            if (controlled != manifested)
            {
                _tables.Differs(code, file, $"{field}, by the manifest", manifested, controlled);
            }
        }

        Same(DropFiles.Control, "pieces-differ", "pieces", control.Pieces, manifest.Count);
        Same(DropFiles.Control, "pages-differ", "pages", control.Pages, manifest.Sum(row => (long)row.Pages));
        Same(DropFiles.Control, "sheets-differ", "sheets", control.Sheets, manifest.Sum(row => (long)row.Sheets));
        foreach (var file in control.Files.Where(file => file.Name.EndsWith(".pdf", StringComparison.Ordinal)))
        {
            var rows = manifest.Where(row => row.File == file.Name).ToList();
            Same(file.Name, "totals-differ", "pieces", file.Pieces, rows.Count);
            Same(file.Name, "totals-differ", "pages", file.Pages, rows.Sum(row => (long)row.Pages));
            Same(file.Name, "totals-differ", "sheets", file.Sheets, rows.Sum(row => (long)row.Sheets));
        }

        foreach (var stray in manifest.Select(row => row.File).Distinct().Except(control.Files.Select(file => file.Name)))
        {
            _tables.Wrong("missing", stray, "the manifest names it, control.json does not");
        }
    }

    // Pieces are counted through, come once, have two pages to a sheet, and lie in their file one behind the other.
    private void Sequence(List<ManifestRow> manifest)
    {
        var next = new Dictionary<string, int>();
        var seen = new HashSet<string>();
        for (var i = 0; i < manifest.Count; i++)
        {
            var row = manifest[i];
            var first = next.GetValueOrDefault(row.File, 1);
            next[row.File] = first + row.Pages;
            var at = $"row {i + 1}";
            if (row.Sequence != i + 1)
            {
                _tables.Differs("sequence-broken", DropFiles.Manifest, $"{at}, sequence", i + 1, row.Sequence);
                return;
            }

            if (row.Pages != 2 * row.Sheets)
            {
                _tables.Differs("sheets-differ", DropFiles.Manifest, $"{at}, pages", 2 * row.Sheets, row.Pages);
                return;
            }

            if (row.FirstPage != first)
            {
                _tables.Differs("first-page-differs", DropFiles.Manifest, $"{at}, first_page", first, row.FirstPage);
                return;
            }

            if (!seen.Add(row.PieceId))
            {
                _tables.Wrong("piece-twice", DropFiles.Manifest, $"{at}, piece_id {row.PieceId}");
                return;
            }
        }
    }

    // The tables beside the manifest name the same pieces at the same places.
    private void Beside(DropTable table, List<ManifestRow> manifest)
    {
        var name = table.Name;
        if (!IsThere(name) || _tables.Read(name) is not { } rows)
        {
            return;
        }

        if (rows.Count != manifest.Count)
        {
            _tables.Differs("pieces-differ", name, "rows", manifest.Count, rows.Count);
            return;
        }

        var other = Enumerable.Range(0, rows.Count).Where(i => rows[i][0] != manifest[i].PieceId
            || rows[i][1] != manifest[i].Sequence.ToString(CultureInfo.InvariantCulture)).Select(i => i + 1).FirstOrDefault();
        if (other > 0)
        {
            _tables.Wrong("pieces-differ", name, $"row {other}, piece_id or sequence: not that of the manifest");
        }

        if (rows.FindIndex(row => table.Fault(row) is not null) is >= 0 and var at
            && table.Fault(rows[at]) is { } fault)
        {
            _tables.Wrong(fault.Code, name, $"row {at + 1}, {fault.Column}");
        }
    }

    // Every page carries its own piece's mark, and its record names the same piece.
    private void Pages(string name, List<ManifestRow> rows)
    {
        if (!IsThere(name))
        {
            return;
        }

        using var pdf = GivenFile.OpenBelow(folder, Path.Combine(folder, name), GivenFile.PrintBytesMax);
        using var expected = rows.SelectMany(row => Enumerable.Range(0, row.Pages).Select(page =>
            (Row: row, Sheet: (page / 2) + 1, IsFirst: page == 0))).GetEnumerator();
        var at = 0;
        try
        {
            foreach (var page in ReadBack.Read(pdf))
            {
                at = page.Page;
                if (!expected.MoveNext())
                {
                    _tables.Wrong("pages-differ", name, $"page {at}: the manifest has no piece for it");
                    return;
                }

                var (piece, sheet, isFirst) = expected.Current;
                if ((page.PieceId, page.Sheet, page.Sheets) != (piece.PieceId, sheet, piece.Sheets)
                    || (page.Record ?? piece.PieceId) != piece.PieceId)
                {
                    _tables.Wrong("piece-mark-differs", name,
                        $"page {at}: piece {piece.PieceId}, sheet {sheet} of {piece.Sheets} expected, "
                        + $"{page.PieceId ?? "none"}, sheet {page.Sheet} of {page.Sheets} found");
                    return;
                }

                Addressed(name, page, piece, isFirst);
            }
        }
        catch (InvalidDataException)
        {
            _tables.Wrong("unreadable", name, $"page {at + 1}");
            return;
        }

        if (expected.MoveNext())
        {
            _tables.Differs("pages-differ", name, "pages", rows.Sum(row => (long)row.Pages), at);
        }
    }

    // R96, R99: the address on a piece's first page begins with the manifest's postal code, and no page says what is no data.
    private void Addressed(string name, PageBack page, ManifestRow piece, bool isFirst)
    {
        if (isFirst && piece.PostalCode.Length > 0
            && page.AddressBlock?.StartsWith(piece.PostalCode, StringComparison.Ordinal) != true)
        {
            _tables.Wrong(
                "postal-code-differs", name,
                $"page {page.Page}: the address of piece {piece.PieceId} does not begin with the postal_code of the manifest");
        }

        if (Placeholders.In(page.AddressBlock) || Placeholders.In(page.OwnText))
        {
            _tables.Wrong(
                "placeholder", name, $"page {page.Page}: piece {piece.PieceId} prints what only stands for a missing value");
        }
    }

    private bool IsThere(string name) => GivenFile.KindOf(Path.Combine(folder, name)) == GivenKind.File;

    private string[] Lines(string name) => Encoding.UTF8.GetString(
        GivenFile.ReadAllBytesBelow(folder, Path.Combine(folder, name), GivenFile.SmallBytesMax))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Hash(string name)
    {
        using var stream = GivenFile.OpenBelow(folder, Path.Combine(folder, name), GivenFile.PrintBytesMax);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
