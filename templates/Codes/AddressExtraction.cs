using System.Globalization;
using System.Text;

namespace MyNumber.Templates.Codes;

/// <summary>
/// What of an address goes into the customer barcode: the digits, letters and hyphens after the town name, by Japan
/// Post's manual (main rules 1 to 6, supplementary rules 1 to 5).
/// </summary>
internal static class AddressExtraction
{
    private const string KanjiDigits = "〇一二三四五六七八九";

    // Supplementary rule 1: kanji numerals count as digits directly before one of these.
    private static readonly string[] Counters = ["丁目", "丁", "番地", "番", "号", "地割", "線", "の", "ノ"];

    /// <summary>The characters to encode from <paramref name="rest"/>, the address after its town name.</summary>
    public static string Extract(string rest)
    {
        var text = KanjiToDigits(Fold(rest));
        text = FloorMarks(text);
        return JoinLetters(KeepOrHyphen(text));
    }

    // Full-width signs to half-width, dashes between digits to hyphens (not in the manual; every application needs it),
    // then main rules 1 (capitals) and 2 (four signs vanish).
    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var half = c is >= '！' and <= '～' ? (char)(c - 0xFEE0) : c;
            if (half is not ('&' or '/' or '・' or '･' or '.' or '．'))
            {
                folded.Append(char.ToUpperInvariant(half));
            }
        }

        for (var i = 0; i < folded.Length; i++)
        {
            var isDash = folded[i] is '−' or '‐' or '‑' or '–' or '—' or '―' or '─' or '－';
            // The long-vowel sign is a hyphen only between digits: it is katakana otherwise.
            var isLongVowel = folded[i] is 'ー' or 'ｰ' && i > 0 && i + 1 < folded.Length
                && char.IsAsciiDigit(folded[i - 1]) && char.IsAsciiDigit(folded[i + 1]);
            folded[i] = isDash || isLongVowel ? '-' : folded[i];
        }

        return folded.ToString();
    }

    private static string KanjiToDigits(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var end = i;
            while (end < text.Length && IsKanjiNumeral(text[end]))
            {
                end++;
            }

            var counts = end > i && Counters.Any(counter => string.CompareOrdinal(text, end, counter, 0, counter.Length) == 0);
            result.Append(counts ? Number(text[i..end]) : text[i..Math.Max(end, i + 1)]);
            i = Math.Max(end, i + 1);
        }

        return result.ToString();
    }

    private static bool IsKanjiNumeral(char c) => KanjiDigits.Contains(c, StringComparison.Ordinal) || c is '十' or '百' or '千';

    // 百一 is 101; 二〇三 without a unit is read place by place: 203.
    private static string Number(string numeral)
    {
        if (!numeral.AsSpan().ContainsAny('十', '百', '千'))
        {
            return string.Concat(numeral.Select(c => KanjiDigits.IndexOf(c, StringComparison.Ordinal)));
        }

        var (total, digit) = (0, -1);
        foreach (var c in numeral)
        {
            var unit = c switch { '十' => 10, '百' => 100, '千' => 1000, _ => 0 };
            if (unit == 0)
            {
                digit = KanjiDigits.IndexOf(c, StringComparison.Ordinal);
                continue;
            }

            total += (digit < 0 ? 1 : digit) * unit;
            digit = -1;
        }

        return (total + Math.Max(digit, 0)).ToString(CultureInfo.InvariantCulture);
    }

    // Supplementary rules 2 and 3: a single F right after digits means a floor; it becomes a gap, so that what follows
    // is joined by one hyphen, and nothing is kept where nothing follows.
    private static string FloorMarks(string text)
    {
        var result = new StringBuilder(text);
        for (var i = 1; i < text.Length; i++)
        {
            var alone = i + 1 >= text.Length || !char.IsAsciiLetterUpper(text[i + 1]);
            if (text[i] == 'F' && char.IsAsciiDigit(text[i - 1]) && alone)
            {
                result[i] = ' ';
            }
        }

        return result.ToString();
    }

    // Main rules 3 to 6: digits, hyphens and lone letters stay; what stands between them becomes one hyphen.
    private static string KeepOrHyphen(string text)
    {
        var result = new StringBuilder();
        var gap = false;
        for (var i = 0; i < text.Length; i++)
        {
            var isLetter = char.IsAsciiLetterUpper(text[i]);
            var isLone = isLetter && (i == 0 || !char.IsAsciiLetterUpper(text[i - 1]))
                && (i + 1 == text.Length || !char.IsAsciiLetterUpper(text[i + 1]));
            if (!char.IsAsciiDigit(text[i]) && !isLone)
            {
                gap = true;
                continue;
            }

            if (gap && result.Length > 0)
            {
                result.Append('-');
            }

            gap = false;
            result.Append(text[i]);
        }

        return result.ToString();
    }

    // Supplementary rules 4 and 5: hyphens beside a letter go, and letters that meet by it stay.
    private static string JoinLetters(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var besideLetter = text[i] == '-' && ((i > 0 && char.IsAsciiLetterUpper(text[i - 1]))
                || (i + 1 < text.Length && char.IsAsciiLetterUpper(text[i + 1])));
            if (!besideLetter)
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }
}
