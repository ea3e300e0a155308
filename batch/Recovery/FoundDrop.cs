using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Delivery;

namespace MyNumber.Batch.Recovery;

/// <summary>A folder is not a drop that can be believed; the sentence says why.</summary>
public sealed class FoundDropException(string sentence) : Exception(sentence)
{
}

/// <summary>
/// A drop that left the house, known from its own control file and lists: what the vendor or the factory has. Its PDFs and
/// photographs are not needed.
/// </summary>
/// <param name="Name">As in the outbox.</param>
/// <param name="Product">As in the control file.</param>
/// <param name="BusinessDate">As in the control file.</param>
/// <param name="Number">By product and date.</param>
/// <param name="ControlSha256">Hash of the control file: what the drop is known by.</param>
/// <param name="PreviousSha256">Of the drop before it; null in the first.</param>
/// <param name="Files">All its files with their hashes, the control file among them.</param>
public sealed partial record FoundDrop(
    string Folder, string Name, string Product, DateOnly BusinessDate, int Number, string ControlSha256,
    string? PreviousSha256, IReadOnlyList<StagedFile> Files)
{
    private const string Control = "control.json";
    private const string CardOrder = "card-order";

    /// <summary>The area of the outbox: `print` or `card-orders`.</summary>
    public string Area => AreaOf(Product);

    /// <summary>The drop's folder below the outbox.</summary>
    public string OutboxFolder => $"{Area}/{Name}";

    /// <summary>The list of what is in it: pieces or orders.</summary>
    public string ListFile => Product == CardOrder ? "orders.csv" : "manifest.csv";

    /// <summary>The small files that tell what is in it: control file and lists.</summary>
    public IReadOnlyList<string> Lists =>
        [.. Files.Select(file => file.Path).Where(path => path == Control || path.EndsWith(".csv", StringComparison.Ordinal))];

    /// <summary>Its row, as its control file says.</summary>
    public DropRow Row => new(
        0, OutboxFolder, DropShape.Folder, Product, BusinessDate, Number, "published", ControlSha256);

    /// <summary>Reads a drop from a folder: the outbox's, the vendor's copy, or ours under archive/reconciled.</summary>
    /// <exception cref="FoundDropException">It is not a whole drop of ours; the message says which file and why.</exception>
    public static FoundDrop Read(string folder)
    {
        var path = Path.Combine(folder, Control);
        if (Bytes(folder, Control) is not { } bytes)
        {
            throw new FoundDropException($"{folder} has no {Control}: ask for it where the drop was delivered.");
        }

        var drop = Parse(folder, bytes) with { ControlSha256 = Hash(bytes) };
        drop = drop with { Files = [.. drop.Files, new StagedFile(Control, drop.ControlSha256, bytes.Length)] };
        if (drop.Files.All(file => file.Path != drop.ListFile))
        {
            throw new FoundDropException($"{path} names no {drop.ListFile}.");
        }

        foreach (var file in drop.Files.Where(file => drop.Lists.Contains(file.Path)))
        {
            var list = Path.Combine(folder, file.Path);
            if (Bytes(folder, file.Path) is not { } content || Hash(content) != file.Sha256)
            {
                throw new FoundDropException(
                    $"{list} is missing or not the one that {Control} names: ask for it where the drop was delivered.");
            }
        }

        return drop;
    }

    /// <summary>The rows of one of its lists, by column name.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Rows(string list)
    {
        using var text = new StreamReader(GivenFile.OpenBelow(Folder, Path.Combine(Folder, list), GivenFile.TableBytesMax));
        var rows = CsvText.Rows(text).ToList();
        return [.. rows.Skip(1).Select(row => rows[0].Zip(row).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    private static FoundDrop Parse(string folder, byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            var name = root.GetProperty("drop").GetString()!;
            var product = root.GetProperty("product").GetString()!;
            var date = DateOnly.ParseExact(root.GetProperty("business_date").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            var previous = root.GetProperty("previous_sha256");
            var files = root.GetProperty("files").EnumerateArray().Select(file => new StagedFile(
                file.GetProperty("file").GetString()!, file.GetProperty("sha256").GetString()!,
                file.GetProperty("bytes").GetInt64())).ToList();
            var match = DropName().Match(name);
            if (!match.Success || match.Groups[2].Value != product || match.Groups[1].Value != Drops.DateInNames(date)
                || files.Exists(file => Path.GetFileName(file.Path) != file.Path))
            {
                throw new FoundDropException($"{folder}/{Control} contradicts itself in drop, product or business_date.");
            }

            return new(
                folder, name, product, date, int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture), "",
                previous.ValueKind == JsonValueKind.Null ? null : previous.GetString(), files);
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException or ArgumentNullException)
        {
            throw new FoundDropException($"{folder}/{Control} is no control file of a drop.");
        }
    }

    private static byte[]? Bytes(string folder, string file)
    {
        try
        {
            return GivenFile.ReadAllBytesBelow(folder, Path.Combine(folder, file), GivenFile.TableBytesMax);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (NotAGivenFileException refused)
        {
            throw new FoundDropException(refused.Message);
        }
    }

    internal static string AreaOf(string product) => product == CardOrder ? "card-orders" : "print";

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [GeneratedRegex("^(?:TEST-)?([0-9]{8})-([a-z-]+)-([0-9]{3,})$")]
    private static partial Regex DropName();
}
