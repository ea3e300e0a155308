using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MyNumber.Templates.Codes;

/// <summary>The towns behind each postal code (Japan Post's table, see Data/), to split an address after its town.</summary>
internal static class PostalTowns
{
    private static readonly Reloadable<Table> Towns = new(Load);

    /// <summary>
    /// A large user's own code: it is in no table of towns, and its digits begin at 8. Its barcode is the code alone.
    /// </summary>
    public static bool IsLargeUser(string code) => code[3] == '8' && Towns.Value.Line(code) is null;

    /// <summary>
    /// The address after its town: by the table, else after the first full-width space, else all of it (FORMATS.md).
    /// </summary>
    public static string AfterTown(string code, string address)
    {
        var end = 0;
        if (Towns.Value.Line(code) is { } line)
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

    private static Table Load()
    {
        using var resource = typeof(PostalTowns).Assembly.GetManifestResourceStream("MyNumber.Templates.Codes.Data.towns.txt.gz")
            ?? throw new InvalidOperationException("The table of postal codes is missing from the assembly.");
        using var unpacked = new GZipStream(resource, CompressionMode.Decompress);
        using var text = new MemoryStream();
        unpacked.CopyTo(text);
        return new Table(text.ToArray());
    }

    /// <summary>
    /// The text as it lies in the file, and where each code's line begins in it: a dictionary of strings would take four
    /// times the memory.
    /// </summary>
    private sealed class Table
    {
        private const int CodeDigits = 7;

        private readonly byte[] _text;
        private readonly List<int> _codes = [];
        private readonly List<int> _lines = [];

        public Table(byte[] text)
        {
            _text = text;
            for (var start = 0; start < text.Length; start = End(start) + 1)
            {
                // In order of the codes, as make-towns.py writes them.
                _codes.Add(int.Parse(text.AsSpan(start, CodeDigits), NumberStyles.None, CultureInfo.InvariantCulture));
                _lines.Add(start);
            }
        }

        /// <summary>City and town, city and town …, a tab between any two; null where the code is in no line.</summary>
        public string? Line(string code)
        {
            var at = code.Length == CodeDigits && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? _codes.BinarySearch(number)
                : -1;
            if (at < 0)
            {
                return null;
            }

            var from = Math.Min(_lines[at] + CodeDigits + 1, End(_lines[at]));
            return Encoding.UTF8.GetString(_text.AsSpan(from, End(_lines[at]) - from));
        }

        private int End(int start) => _text.AsSpan(start).IndexOf((byte)'\n') is var length && length < 0 ? _text.Length : start + length;
    }
}
