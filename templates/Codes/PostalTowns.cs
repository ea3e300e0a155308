using System.IO.Compression;

namespace MyNumber.Templates.Codes;

/// <summary>The towns behind each postal code (Japan Post's table, see Data/), to split an address after its town.</summary>
internal static class PostalTowns
{
    private static readonly Lazy<Dictionary<string, string>> Towns = new(Load);

    /// <summary>
    /// A large user's own code: it is in no table of towns, and its digits begin at 8. Its barcode is the code alone.
    /// </summary>
    public static bool IsLargeUser(string code) => code[3] == '8' && !Towns.Value.ContainsKey(code);

    /// <summary>
    /// The address after its town: by the table, else after the first full-width space, else all of it (FORMATS.md).
    /// </summary>
    public static string AfterTown(string code, string address)
    {
        var end = 0;
        if (Towns.Value.TryGetValue(code, out var line))
        {
            var pairs = line.Split('\t');
            for (var i = 0; i + 1 < pairs.Length; i += 2)
            {
                end = Math.Max(end, End(Fold(address), Fold(pairs[i]), Fold(pairs[i + 1])));
            }
        }

        if (end == 0)
        {
            end = address.IndexOf('　', StringComparison.Ordinal) + 1;
        }

        return address[end..];
    }

    // The town after its city, so that 台東 of 台東区 is not taken for the town; 0 where the address names another town.
    private static int End(string address, string city, string town)
    {
        var cityAt = address.IndexOf(city, StringComparison.Ordinal);
        var from = cityAt < 0 ? 0 : cityAt + city.Length;
        var at = address.IndexOf(town, from, StringComparison.Ordinal);
        // Between city and town stands nothing, or 大字, or a blank: farther on it is the name of a building.
        var near = at >= 0 && (cityAt < 0 || at - from <= 3);
        return near ? at + town.Length : 0;
    }

    // Spellings that residents' registers mix; one character for one, so that places stay the same.
    private static string Fold(string text) =>
        text.Replace('ヶ', 'ケ').Replace('が', 'ケ').Replace('ガ', 'ケ').Replace('之', 'ノ').Replace('の', 'ノ');

    private static Dictionary<string, string> Load()
    {
        using var resource = typeof(PostalTowns).Assembly.GetManifestResourceStream("MyNumber.Templates.Codes.Data.towns.txt.gz")
            ?? throw new InvalidOperationException("The table of postal codes is missing from the assembly.");
        using var reader = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        var towns = new Dictionary<string, string>(125_000, StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            towns.Add(line[..7], line.Length > 8 ? line[8..] : "");
        }

        return towns;
    }
}
