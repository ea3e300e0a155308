namespace MyNumber.Templates.Codes;

/// <summary>
/// R96. A postal code in its one form, `1600022`, however a register writes it: wide digits, a hyphen of any width, 〒 in
/// front, blanks between.
/// </summary>
public static class PostalCode
{
    /// <summary>Digits of a code.</summary>
    public const int Length = 7;

    private const string Marks = "〒〶〠";
    private const string Hyphens = "-‐‑‒–—―−ー－ｰ﹣─━";

    /// <summary>
    /// The seven digits; empty where the text holds none (blanks, 〒, asterisks: R99); null where it is no postal code.
    /// </summary>
    public static string? Normal(string? text)
    {
        var signs = (text ?? "").Where(c => !char.IsWhiteSpace(c)).Select(Narrow).ToList();
        if (signs.Count > 0 && signs[0] == Marks[0])
        {
            signs.RemoveAt(0);
        }

        if (signs.TrueForAll(c => c is '-' or '*'))
        {
            return "";
        }

        if (signs.Count == Length + 1 && signs[3] == '-')
        {
            signs.RemoveAt(3);
        }

        return signs.Count == Length && signs.TrueForAll(char.IsAsciiDigit) ? string.Concat(signs) : null;
    }

    /// <summary>True for seven ASCII digits and nothing else.</summary>
    public static bool IsNormal(string? text) => text is { Length: Length } && text.All(char.IsAsciiDigit);

    private static char Narrow(char c) => c switch
    {
        >= '０' and <= '９' => (char)(c - '０' + '0'),
        '＊' => '*',
        _ when Hyphens.Contains(c, StringComparison.Ordinal) => '-',
        _ when Marks.Contains(c, StringComparison.Ordinal) => Marks[0],
        _ => c,
    };
}
