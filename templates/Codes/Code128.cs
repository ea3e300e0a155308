using System.Globalization;
using System.Runtime.InteropServices;

namespace MyNumber.Templates.Codes;

/// <summary>Code 128 (ISO/IEC 15417) for piece marks: code set B for text, then code set C for an even row of digits.</summary>
public static class Code128
{
    private const int CodeC = 99, StartB = 104, Stop = 106;

    // Widths of bar, space, bar, space, bar, space for each value; the stop sign has one bar more.
    private static readonly string[] Patterns =
        ("212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 "
        + "113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 "
        + "212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 "
        + "113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
        + "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 "
        + "241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 "
        + "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 "
        + "211232 2331112").Split(' ');

    private static readonly Dictionary<int, int> Values = Patterns.Take(Stop)
        .Select((pattern, value) => (Number: int.Parse(pattern, CultureInfo.InvariantCulture), value)).ToDictionary();

    private static readonly int StopPattern = int.Parse(Patterns[Stop], CultureInfo.InvariantCulture);

    /// <summary>Widths in modules, bar first, then bar and space in turn, of text followed by digits.</summary>
    /// <exception cref="ArgumentException">A character is not printable ASCII, or the digits are odd in number.</exception>
    public static IReadOnlyList<int> Encode(string text, string digits)
    {
        if (text.Any(c => c is < ' ' or > '~') || digits.Length % 2 != 0 || !digits.All(char.IsAsciiDigit))
        {
            throw new ArgumentException("Code 128 here takes printable ASCII, then an even number of digits.");
        }

        Span<int> values = stackalloc int[text.Length + (digits.Length / 2) + 4];
        values[0] = StartB;
        for (var i = 0; i < text.Length; i++)
        {
            values[i + 1] = text[i] - ' ';
        }

        values[text.Length + 1] = CodeC;
        for (var i = 0; i < digits.Length; i += 2)
        {
            values[text.Length + 2 + (i / 2)] = (10 * (digits[i] - '0')) + digits[i + 1] - '0';
        }

        values[^2] = Check(values[..^2]);
        values[^1] = Stop;
        var widths = new List<int>((values.Length * 6) + 1);
        foreach (var value in values)
        {
            foreach (var width in Patterns[value])
            {
                widths.Add(width - '0');
            }
        }

        return widths;
    }

    /// <summary>The text that widths stand for (whole modules, bar first); null where they are no valid symbol.</summary>
    public static string? Decode(IReadOnlyList<int> widths)
    {
        if (widths.Count < 25 || widths.Count % 6 != 1)
        {
            return null;
        }

        var values = new List<int>();
        for (var i = 0; i + 7 < widths.Count; i += 6)
        {
            if (!Values.TryGetValue(Pattern(widths, i, 6), out var value))
            {
                return null;
            }

            values.Add(value);
        }

        var body = values[..^1];
        if (values[0] != StartB || values[^1] != Check(CollectionsMarshal.AsSpan(body))
            || Pattern(widths, widths.Count - 7, 7) != StopPattern)
        {
            return null;
        }

        var digits = body.IndexOf(CodeC);
        var letters = digits < 0 ? body[1..] : body[1..digits];
        var pairs = digits < 0 ? [] : body[(digits + 1)..];
        return string.Concat(letters.Select(value => (char)(value + ' ')))
            + string.Concat(pairs.Select(value => value.ToString("D2", CultureInfo.InvariantCulture)));
    }

    // The widths as the digits of a number.
    private static int Pattern(IReadOnlyList<int> widths, int at, int count)
    {
        var pattern = 0;
        for (var i = at; i < at + count; i++)
        {
            pattern = (pattern * 10) + Math.Clamp(widths[i], 0, 9);
        }

        return pattern;
    }

    // The start value, and each value by its place, modulo 103.
    private static int Check(ReadOnlySpan<int> values)
    {
        var sum = values[0];
        for (var i = 1; i < values.Length; i++)
        {
            sum += values[i] * i;
        }

        return sum % 103;
    }
}
