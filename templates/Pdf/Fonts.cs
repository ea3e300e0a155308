using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace MyNumber.Templates.Pdf;

/// <summary>The two faces that documents are set in; each falls back to IPAmj Mincho for rare kanji and variants.</summary>
public enum Typeface
{
    /// <summary>IPAex Gothic: all that a machine reads back, and labels.</summary>
    Gothic,

    /// <summary>IPAex Mincho: letters.</summary>
    Mincho,
}

/// <summary>One glyph to be drawn, and the characters of the source text that it stands for.</summary>
internal sealed record Glyph(FontFile Font, int Number, int Width, string Source);

/// <summary>
/// Text to glyphs. Horizontal Japanese needs no shaping (measured: 24,080 names, no difference), only the choice of a
/// font for each character: the first of the chain that has it, with its variation selector. What no font has is null:
/// a missing glyph withholds the piece (R99).
/// </summary>
internal static class Fonts
{
    private static readonly FontFile Gothic = FontFile.Load(
        "IPAexGothic", "fonts-ipaexfont-gothic", "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf");

    private static readonly FontFile Mincho = FontFile.Load(
        "IPAexMincho", "fonts-ipaexfont-mincho", "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf");

    private static readonly FontFile Mj = FontFile.Load(
        "IPAmjMincho", "fonts-ipamj-mincho", "/usr/share/fonts/truetype/ipamj/ipamjm.ttf");

    private static readonly FontFile[][] Chains = [[Gothic, Mj], [Mincho, Mj]];

    private static readonly ConcurrentDictionary<string, Glyph?>[] Known = [new(), new()];

    /// <summary>All font files, in a fixed order.</summary>
    public static IReadOnlyList<FontFile> Files { get; } = [Gothic, Mincho, Mj];

    /// <summary>The glyphs of a text; null in the place of a character that no font has.</summary>
    public static List<Glyph?> Map(Typeface typeface, string text)
    {
        var glyphs = new List<Glyph?>(text.Length);
        var known = Known[(int)typeface];
        foreach (var cluster in Clusters(text))
        {
            glyphs.Add(known.GetOrAdd(cluster, static (source, face) => Find(source, Chains[(int)face]), typeface));
        }

        return glyphs;
    }

    /// <summary>A character, with the selector or the combining marks that follow it.</summary>
    private static IEnumerable<string> Clusters(string text)
    {
        var start = 0;
        var at = 0;
        while (at < text.Length)
        {
            var length = Rune.TryGetRuneAt(text, at, out var rune) ? rune.Utf16SequenceLength : 1;
            if (at > start && !Continues(rune))
            {
                yield return text[start..at];
                start = at;
            }

            at += length;
        }

        if (at > start)
        {
            yield return text[start..at];
        }
    }

    private static bool Continues(Rune rune) =>
        IsSelector(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static bool IsSelector(Rune rune) => rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    private static Glyph? Find(string source, FontFile[] chain)
    {
        Rune? selector = null;
        var runes = source.EnumerateRunes().ToArray();
        if (runes.Length > 1 && !IsSelector(runes[^1]))
        {
            // A letter and its combining mark print as the one composed glyph, or not at all.
            runes = [.. source.Normalize(NormalizationForm.FormC).EnumerateRunes()];
        }
        else if (runes.Length > 1)
        {
            (selector, runes) = (runes[^1], runes[..^1]);
        }

        if (runes.Length != 1 || Rune.IsControl(runes[0]))
        {
            return null;
        }

        foreach (var font in chain)
        {
            if (font.Glyph(runes[0], selector) is { } number)
            {
                return new Glyph(font, number, font.Width(number), source);
            }
        }

        return null;
    }
}
