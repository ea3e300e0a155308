using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace MyNumber.Templates.Pdf;

/// <summary>The faces that documents are set in; each falls back to IPAmj Mincho for rare kanji and variants.</summary>
public enum Typeface
{
    /// <summary>IPAex Gothic: all that a machine reads back, and labels.</summary>
    Gothic,

    /// <summary>IPAex Mincho: letters.</summary>
    Mincho,

    /// <summary>BIZ UDPGothic Bold: headings, and the facts that count. What it lacks is set in IPAex Gothic.</summary>
    Bold,
}

/// <summary>Which way a line of text runs.</summary>
public enum Flow
{
    /// <summary>From left to right.</summary>
    Horizontal,

    /// <summary>From top to bottom, the next line to the left.</summary>
    Vertical,
}

/// <summary>
/// Text to glyphs: the first font of the chain for which HarfBuzz gives one glyph for a character (with its variation
/// selector or combining marks). Japanese type has no forms that depend on the neighbours (a test holds whole lines
/// against this), so a character is shaped once a process and looked up from then on. What no font has is
/// <see cref="Glyph.Missing"/>: it withholds the piece (R99).
/// </summary>
internal static class Fonts
{
    private static readonly Reloadable<Loaded> All = new(() => new Loaded());

    /// <summary>All font files, in a fixed order.</summary>
    public static IReadOnlyList<FontFile> Files => All.Value.Files;

    // Such characters are looked at as a cluster: the slow way.
    private static readonly bool[] Joining = [.. Enumerable.Range(0, char.MaxValue + 1).Select(c =>
        char.IsSurrogate((char)c) || Continues(new Rune(c)))];

    /// <summary>Adds the glyphs of a text; false where a character is missing in all fonts of the chain.</summary>
    public static bool Shape(Typeface typeface, Flow flow, ReadOnlySpan<char> text, List<Glyph> glyphs)
    {
        var table = ((int)typeface * 2) + (int)flow;
        var loaded = All.Value;
        var plain = loaded.Plain[table];
        for (var at = 0; at < text.Length;)
        {
            Glyph glyph;
            if (!Joining[text[at]] && (at + 1 == text.Length || !Joining[text[at + 1]]))
            {
                glyph = plain[text[at]] ??= Find(loaded, text.Slice(at, 1).ToString(), typeface, flow);
                at++;
            }
            else
            {
                var length = ClusterLength(text[at..]);
                var source = text.Slice(at, length).ToString();
                if (!loaded.Clusters[table].TryGetValue(source, out glyph!))
                {
                    glyph = Find(loaded, source, typeface, flow);
                    if (glyph != Glyph.Missing)
                    {
                        // Only what a font has is kept, so that no input makes this table grow without an end.
                        loaded.Clusters[table].TryAdd(source, glyph);
                    }
                }

                at += length;
            }

            if (glyph == Glyph.Missing)
            {
                return false;
            }

            glyphs.Add(glyph);
        }

        return true;
    }

    /// <summary>True for what may belong to the character before it, or is half of one.</summary>
    public static bool MayJoin(char c) => Joining[c];

    public static bool IsSelector(Rune rune) => rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>Length of the first character with all that belongs to it.</summary>
    public static int ClusterLength(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out _, out var length);
        while (length < text.Length && Rune.DecodeFromUtf16(text[length..], out var next, out var more) == 0 && Continues(next))
        {
            length += more;
        }

        return length;
    }

    private static bool Continues(Rune rune) =>
        IsSelector(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static Glyph Find(Loaded loaded, string source, Typeface typeface, Flow flow)
    {
        // Controls, invisible signs, private use, halves of pairs, and marks with nothing to stand on print nothing that a
        // reader could check.
        if (!Rune.TryGetRuneAt(source, 0, out var first) || Continues(first) || Rune.GetUnicodeCategory(first) is UnicodeCategory.Control
            or UnicodeCategory.Format or UnicodeCategory.PrivateUse
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        {
            return Glyph.Missing;
        }

        foreach (var font in loaded.Chains[(int)typeface])
        {
            if (font.Find(source, flow) is { } glyph)
            {
                return glyph;
            }
        }

        return Glyph.Missing;
    }

    // The fonts, and what was found in them.
    private sealed class Loaded
    {
        public Loaded()
        {
            var gothic = FontFile.Load(
                "IPAexGothic", "fonts-ipaexfont-gothic", "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf");
            var mincho = FontFile.Load(
                "IPAexMincho", "fonts-ipaexfont-mincho", "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf");
            var bold = FontFile.Load(
                "BIZUDPGothic-Bold", "fonts-morisawa-bizud-gothic", "/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Bold.ttf");
            var mj = FontFile.Load("IPAmjMincho", "fonts-ipamj-mincho", "/usr/share/fonts/truetype/ipamj/ipamjm.ttf");
            Files = [gothic, mincho, bold, mj];
            Chains = [[gothic, mj], [mincho, mj], [bold, gothic, mj]];
            Plain = [.. Enumerable.Range(0, 2 * Chains.Length).Select(_ => new Glyph?[char.MaxValue + 1])];
            Clusters = [.. Plain.Select(_ => new ConcurrentDictionary<string, Glyph>())];
        }

        public FontFile[] Files { get; }

        public FontFile[][] Chains { get; }

        // By typeface and flow: characters of the first plane that stand alone, and all other clusters that were found.
        public Glyph?[][] Plain { get; }

        public ConcurrentDictionary<string, Glyph>[] Clusters { get; }
    }
}
