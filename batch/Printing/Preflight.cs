using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Printing;

/// <summary>One thing wrong with a print drop.</summary>
/// <param name="Code">A stable code: `ready-missing`, `hash-differs`, `pages-differ` …</param>
/// <param name="File">The file it concerns, relative to the drop; empty where it is the drop itself.</param>
/// <param name="Detail">Page, row or number; never a name, an address or a number of a person.</param>
public sealed record PreflightFinding(string Code, string File, string Detail);

/// <summary>
/// Checks a print drop as the vendor would: from the files alone, without the database. Hashes, control totals, the
/// manifest against every page of the PDFs, the marker, and that no column of a CSV file is personal.
/// </summary>
public static class Preflight
{
    private const string Marker = "READY";

    private static readonly Dictionary<string, string[]> Columns = new()
    {
        [DropFiles.Manifest] =
        [
            "piece_id", "generation", "sequence", "file", "first_page", "pages", "sheets", "postal_code", "enclosures",
            "replaces",
        ],
        [DropFiles.Originals] = ["piece_id", "sequence", "locator"],
        [DropFiles.Registered] = ["piece_id", "sequence", "registered_number"],
    };

    /// <summary>Everything that is wrong, in order of file; empty where the drop is good.</summary>
    /// <param name="dropFolder">Path of the drop.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<PreflightFinding> Check(string dropFolder)
    {
        if (!Directory.Exists(dropFolder))
        {
            throw new DirectoryNotFoundException($"There is no folder {dropFolder}.");
        }

        var check = new DropCheck(dropFolder);
        check.All();
        return [.. check.Findings.OrderBy(finding => finding.File, StringComparer.Ordinal)];
    }

    private sealed record ManifestRow(
        string PieceId, int Sequence, string File, int FirstPage, int Pages, int Sheets);

    private sealed class DropCheck(string folder)
    {
        public List<PreflightFinding> Findings { get; } = [];

        public void All()
        {
            var marked = Markers();
            if (Control() is not { } control || Manifest() is not { } manifest)
            {
                return;
            }

            Files(control, marked);
            Totals(control, manifest);
            Sequence(manifest);
            foreach (var name in Columns.Keys.Where(name => name != DropFiles.Manifest))
            {
                Beside(name, manifest);
            }

            foreach (var file in manifest.GroupBy(row => row.File))
            {
                Pages(file.Key, [.. file.OrderBy(row => row.FirstPage)]);
            }
        }

        private void Wrong(string code, string file, string detail = "") => Findings.Add(new(code, file, detail));

        private void Wrong(string code, string file, long number) =>
            Wrong(code, file, number.ToString(CultureInfo.InvariantCulture));

        // Every file but the marker stands in it, with the hash that it has.
        private Dictionary<string, string> Markers()
        {
            var marked = new Dictionary<string, string>();
            if (!File.Exists(Path.Combine(folder, Marker)))
            {
                Wrong("ready-missing", "");
                return marked;
            }

            foreach (var line in File.ReadAllLines(Path.Combine(folder, Marker)))
            {
                if (line.Length < 67 || line[64..66] != "  " || !marked.TryAdd(line[66..], line[..64]))
                {
                    Wrong("not-a-marker-line", Marker);
                }
            }

            var present = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(folder, path)).Where(name => name != Marker).ToList();
            present.Except(marked.Keys).ToList().ForEach(name => Wrong("unlisted", name));
            marked.Keys.Except(present).ToList().ForEach(name => Wrong("missing", name));
            foreach (var name in marked.Keys.Intersect(present).Where(name => Hash(name) != marked[name]))
            {
                Wrong("hash-differs", name);
            }

            return marked;
        }

        private JsonElement? Control()
        {
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, DropFiles.Control)));
                var name = json.RootElement.GetProperty("drop").GetString();
                if (name != Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))))
                {
                    Wrong("names-another-drop", DropFiles.Control);
                }

                return json.RootElement.Clone();
            }
            catch (Exception e) when (e is FileNotFoundException or JsonException or KeyNotFoundException)
            {
                Wrong("unreadable", DropFiles.Control);
                return null;
            }
        }

        private List<ManifestRow>? Manifest()
        {
            if (Table(DropFiles.Manifest) is not { } rows)
            {
                return null;
            }

            try
            {
                return [.. rows.Select(row => new ManifestRow(
                    row[0], Number(row[2]), row[3], Number(row[4]), Number(row[5]), Number(row[6])))];
            }
            catch (FormatException)
            {
                Wrong("not-a-number", DropFiles.Manifest);
                return null;
            }
        }

        private void Files(JsonElement control, Dictionary<string, string> marked)
        {
            var named = control.GetProperty("files").EnumerateArray()
                .ToDictionary(file => file.GetProperty("file").GetString()!, file => file);
            marked.Keys.Where(name => name != DropFiles.Control).Except(named.Keys).ToList()
                .ForEach(name => Wrong("not-in-control", name));
            foreach (var (name, file) in named)
            {
                var path = Path.Combine(folder, name);
                if (!File.Exists(path))
                {
                    Wrong("missing", name);
                }
                else if (new FileInfo(path).Length != file.GetProperty("bytes").GetInt64()
                    || Hash(name) != file.GetProperty("sha256").GetString())
                {
                    Wrong("differs-from-control", name);
                }
            }
        }

        private void Totals(JsonElement control, List<ManifestRow> manifest)
        {
            void Same(string name, long manifested)
            {
                if (control.GetProperty(name).GetInt64() != manifested)
                {
                    Wrong($"{name}-differ", DropFiles.Control, manifested);
                }
            }

            Same("pieces", manifest.Count);
            Same("pages", manifest.Sum(row => (long)row.Pages));
            Same("sheets", manifest.Sum(row => (long)row.Sheets));
            foreach (var file in control.GetProperty("files").EnumerateArray())
            {
                var name = file.GetProperty("file").GetString()!;
                var rows = manifest.Where(row => row.File == name).ToList();
                if (name.EndsWith(".pdf", StringComparison.Ordinal)
                    && (file.GetProperty("pieces").GetInt64() != rows.Count
                        || file.GetProperty("pages").GetInt64() != rows.Sum(row => (long)row.Pages)
                        || file.GetProperty("sheets").GetInt64() != rows.Sum(row => (long)row.Sheets)))
                {
                    Wrong("totals-differ", name);
                }
            }
        }

        private void Sequence(List<ManifestRow> manifest)
        {
            for (var i = 0; i < manifest.Count; i++)
            {
                if (manifest[i].Sequence != i + 1)
                {
                    Wrong("sequence-broken", DropFiles.Manifest, i + 1);
                    return;
                }
            }

            if (manifest.DistinctBy(row => row.PieceId).Count() != manifest.Count)
            {
                Wrong("piece-twice", DropFiles.Manifest);
            }
        }

        // The tables beside the manifest name the same pieces at the same places.
        private void Beside(string name, List<ManifestRow> manifest)
        {
            if (!File.Exists(Path.Combine(folder, name)) || Table(name) is not { } rows)
            {
                return;
            }

            if (!rows.Select(row => (row[0], row[1])).SequenceEqual(
                manifest.Select(row => (row.PieceId, row.Sequence.ToString(CultureInfo.InvariantCulture)))))
            {
                Wrong("pieces-differ", name);
            }

            if (name == DropFiles.Registered && rows.FindIndex(row => !RegisteredNumber.IsValid(row[2])) is >= 0 and var at)
            {
                Wrong("check-digit", name, at + 1);
            }
        }

        // Every page carries its own piece's mark, and pieces lie one behind the other without a page between them.
        private void Pages(string name, List<ManifestRow> rows)
        {
            if (!File.Exists(Path.Combine(folder, name)))
            {
                return;
            }

            using var pdf = File.OpenRead(Path.Combine(folder, name));
            var expected = rows.SelectMany(row => Enumerable.Range(0, row.Pages).Select(page => (
                Page: row.FirstPage + page, row.PieceId, Sheet: (page / 2) + 1, row.Sheets))).ToList();
            var at = 0;
            try
            {
                foreach (var page in ReadBack.Read(pdf))
                {
                    if (at >= expected.Count || expected[at] != (page.Page, page.PieceId, page.Sheet, page.Sheets))
                    {
                        Wrong("piece-mark-differs", name, page.Page);
                        return;
                    }

                    at++;
                }
            }
            catch (InvalidDataException)
            {
                Wrong("unreadable", name, at + 1);
                return;
            }

            if (at != expected.Count)
            {
                Wrong("pages-differ", name, at);
            }
        }

        private List<string[]>? Table(string name)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                Wrong("missing", name);
                return null;
            }

            var lines = File.ReadAllText(path, Encoding.UTF8).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length == 0 || lines[0] != string.Join(',', Columns[name]))
            {
                // A column that is not known may be a personal one: none may stand there.
                Wrong("columns-differ", name);
                return null;
            }

            var rows = lines.Skip(1).Select(Cells).ToList();
            if (rows.FindIndex(row => row.Length != Columns[name].Length) is >= 0 and var broken)
            {
                Wrong("row-broken", name, broken + 1);
                return null;
            }

            return rows;
        }

        // RFC 4180 but for line breaks, which no value of ours has.
        private static string[] Cells(string line)
        {
            var cells = new List<string> { "" };
            var quoted = false;
            foreach (var c in line)
            {
                if (c == '"')
                {
                    quoted = !quoted;
                }
                else if (c == ',' && !quoted)
                {
                    cells.Add("");
                }
                else
                {
                    cells[^1] += c;
                }
            }

            return [.. cells];
        }

        private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

        private string Hash(string name)
        {
            using var stream = File.OpenRead(Path.Combine(folder, name));
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
    }
}
