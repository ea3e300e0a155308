using System.Text.RegularExpressions;

namespace MyNumber.Templates.Documents;

/// <summary>
/// R99. What registers write where they have no value: asterisks, 【名空欄】, 【氏空欄】, alone or as a part, in wide or
/// narrow signs. It is no data: in a name or address the piece is withheld, in the kana the part counts as empty.
/// </summary>
public static partial class Placeholders
{
    private const int MatchMillisecondsMax = 1_000;

    /// <summary>True where the text is a placeholder or holds one.</summary>
    public static bool In(string? text) => text is not null && Pattern().IsMatch(text);

    /// <summary>The text without its placeholders and the blanks that they leave: what of it is data.</summary>
    public static string Without(string? text) =>
        text is null ? "" : In(text) ? Pattern().Replace(text, "").Trim() : text;

    // Two asterisks or more, or a part between blanks that is nothing else: one within a word may belong to a building's
    // name. The word 空欄 stands in no name and no address, with whatever brackets.
    [GeneratedRegex(
        @"[*＊﹡∗⁎]{2,}|(?<![^\s])[*＊﹡∗⁎](?![^\s])|[\[［【〔(（{｛「｢『〈《＜<]?\s*(?:氏名|氏|姓|名)?\s*空\s*欄\s*[\]］】〕)）}｝」｣』〉》＞>]?",
        RegexOptions.CultureInvariant, MatchMillisecondsMax)]
    private static partial Regex Pattern();
}
