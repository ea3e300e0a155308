using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MyNumber.Batch.Printing;

namespace MyNumber.Tests.Integration.Printing;

/// <summary>A vendor's view of broken drops: each fault is named by its file, row and field, whatever the hashes say.</summary>
public sealed class PreflightTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("preflight-");
    private int _copies;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_fault_is_named_with_its_file_and_place()
    {
        await using var world = await PrintNightTests.EverythingAsync();
        await world.NightAsync();
        var drop = world.Drop("issuance-notice");
        Assert.Empty(Preflight.Check(drop));
        var pdf = Directory.EnumerateFiles(drop, "*.pdf").Select(path => Path.GetFileName(path)).Single();
        var rows = await File.ReadAllLinesAsync(Path.Combine(drop, "manifest.csv"));
        var (one, two) = (rows[1].Split(',')[0], rows[2].Split(',')[0]);

        // On the way: bytes that are not those that were sealed.
        Broken(drop, "hash-differs", pdf, "", copy => Flip(Path.Combine(copy, pdf)), Signed.No);
        Broken(drop, "missing", pdf, "", copy => File.Delete(Path.Combine(copy, pdf)), Signed.No);
        Broken(drop, "unlisted", "names.csv", "", copy => File.WriteAllText(Path.Combine(copy, "names.csv"), "name\n"), Signed.No);
        Broken(drop, "ready-missing", "", "", copy => File.Delete(Path.Combine(copy, "READY")), Signed.No);
        Broken(drop, "not-a-marker-line", "READY", "line 1",
            copy => File.WriteAllText(Path.Combine(copy, "READY"), new string('0', 64) + "  ../outside\n"), Signed.No);

        // At the source: every hash agrees, and the content does not.
        Edited("manifest.csv", "first-page-differs", "row 2, first_page: 3 expected, 5 found", text => Cell(text, 2, 4, "5"));
        Edited("manifest.csv", "sheets-differ", "row 2, pages: 2 expected, 4 found", text => Cell(text, 2, 5, "4"));
        Edited("manifest.csv", "sequence-broken", "row 2, sequence: 2 expected, 3 found", text => Cell(text, 2, 2, "3"));
        Edited("manifest.csv", "not-a-number", "row 1, pages: a whole number up to 1000 expected", text => Cell(text, 1, 5, "99999999999"));
        Edited("manifest.csv", "not-a-file-name", "row 1, file", text => Cell(text, 1, 3, "../other.pdf"));
        Edited("manifest.csv", "piece-twice", $"row 2, piece_id {one}", text => Cell(text, 2, 0, one));
        Edited("manifest.csv", "row-broken", "row 1, fields: 10 expected, 11 found", text => Cell(text, 1, 9, ",x"));
        Edited("manifest.csv", "postal-code", "row 2, postal_code: seven digits expected", text => Cell(text, 2, 7, ""));
        Edited("manifest.csv", "postal-code", "row 1, postal_code: seven digits expected", text => Cell(text, 1, 7, "100-0001"));
        Broken(drop, "postal-code-differs", pdf, $"page 1: the address of piece {one}", copy => Edit(
            Path.Combine(copy, "manifest.csv"), text => Cell(text, 1, 7, "1600022")), Signed.Yes);
        Edited("manifest.csv", "columns-differ", "the header must be", text =>
            text.Replace("postal_code", "name", StringComparison.Ordinal));
        Edited("control.json", "pieces-differ", "pieces, by the manifest: 2 expected, 3 found",
            text => text.Replace("\"pieces\": 2,\n  \"pages\"", "\"pieces\": 3,\n  \"pages\"", StringComparison.Ordinal));
        Edited("control.json", "unreadable", "a field is missing", text =>
            text.Replace("\"sheets\"", "\"leaves\"", StringComparison.Ordinal));
        Edited("control.json", "names-another-drop", "field drop",
            text => text.Replace("\"drop\": \"TEST-", "\"drop\": \"", StringComparison.Ordinal));

        // Pages of two pieces swapped: in the manifest, and in the file by another program.
        Broken(drop, "piece-mark-differs", pdf, $"page 1: piece {two}, sheet 1 of 1 expected, {one}", copy => Edit(
            Path.Combine(copy, "manifest.csv"), text => Cell(Cell(text, 1, 0, two), 2, 0, one)), Signed.Yes);
        Broken(drop, "unreadable", pdf, "page 1", copy => Swap(Path.Combine(copy, pdf)), Signed.Yes);

        void Edited(string file, string code, string detail, Func<string, string> edit) =>
            Broken(drop, code, file, detail, copy => Edit(Path.Combine(copy, file), edit), Signed.Yes);
    }

    private enum Signed
    {
        No,
        Yes,
    }

    private void Broken(string drop, string code, string file, string detail, Action<string> damage, Signed signed)
    {
        var copy = Path.Combine(_folder.CreateSubdirectory((++_copies).ToString(CultureInfo.InvariantCulture)).FullName,
            Path.GetFileName(drop));
        Directory.CreateDirectory(copy);
        foreach (var path in Directory.EnumerateFiles(drop))
        {
            File.Copy(path, Path.Combine(copy, Path.GetFileName(path)));
        }

        damage(copy);
        if (signed == Signed.Yes)
        {
            Sign(copy);
        }

        var findings = Preflight.Check(copy);
        Assert.True(
            findings.Any(finding => finding.Code == code && finding.File == file
                && finding.Detail.StartsWith(detail, StringComparison.Ordinal)),
            $"{code} {file} {detail}: {string.Join("; ", findings)}");
        Assert.All(findings, finding => Assert.EndsWith(".", finding.Advice, StringComparison.Ordinal));
    }

    // As its sender would: control.json with the hashes that the files have, then the marker over all of them.
    private static void Sign(string drop)
    {
        var path = Path.Combine(drop, "control.json");
        var control = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (var file in control["files"]!.AsArray())
        {
            var bytes = File.ReadAllBytes(Path.Combine(drop, file!["file"]!.GetValue<string>()));
            (file["bytes"], file["sha256"]) = (bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }

        File.WriteAllText(path, control.ToJsonString());
        File.WriteAllLines(Path.Combine(drop, "READY"), Directory.EnumerateFiles(drop).Where(file => Path.GetFileName(file) != "READY")
            .Order(StringComparer.Ordinal).Select(
                file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}  {Path.GetFileName(file)}"));
    }

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static void Edit(string path, Func<string, string> edit)
    {
        var (before, after) = (File.ReadAllText(path), edit(File.ReadAllText(path)));
        Assert.NotEqual(before, after);
        File.WriteAllText(path, after);
    }

    private static string Cell(string text, int row, int column, string value)
    {
        var lines = text.Split('\n');
        var cells = lines[row].Split(',');
        cells[column] = value;
        lines[row] = string.Join(',', cells);
        return string.Join('\n', lines);
    }

    private static void Swap(string pdf)
    {
        using var qpdf = Process.Start(new ProcessStartInfo("qpdf", ["--empty", "--pages", pdf, "3-4,1-2", "--", pdf + ".swapped"]))!;
        qpdf.WaitForExit();
        File.Move(pdf + ".swapped", pdf, overwrite: true);
    }
}
