using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MyNumber.Templates.Pdf;

/// <summary>
/// What of each font one file uses. A code (CID) is given to each pair of glyph and source text in the order of first
/// use: so 口 and its look-alike radical, one glyph in the font, keep their own text when it is extracted.
/// </summary>
internal sealed class FontUse
{
    private readonly List<UsedFont> _fonts = [];
    private int[] _codes = new int[1024];

    /// <summary>The font's place in the page's resources.</summary>
    public int Font(Glyph glyph, Flow flow)
    {
        var at = _fonts.FindIndex(used => used.File == glyph.Font);
        if (at < 0)
        {
            _fonts.Add(new UsedFont(glyph.Font));
            at = _fonts.Count - 1;
        }

        _fonts[at].IsVertical |= flow == Flow.Vertical;
        return at;
    }

    /// <summary>The glyph's code in the font of that place, from 1.</summary>
    public int Code(int font, Glyph glyph)
    {
        if (glyph.Index >= _codes.Length)
        {
            Array.Resize(ref _codes, Math.Max(_codes.Length * 2, glyph.Index + 1));
        }

        ref var code = ref _codes[glyph.Index];
        if (code == 0)
        {
            _fonts[font].Glyphs.Add(glyph);
            code = _fonts[font].Glyphs.Count;
        }

        return code;
    }

    /// <summary>Writes the subset fonts, and their dictionary as object <paramref name="dictionary"/>.</summary>
    public void Write(PdfObjects pdf, int dictionary)
    {
        var entries = new StringBuilder("<<");
        for (var i = 0; i < _fonts.Count; i++)
        {
            var (horizontal, vertical) = Write(pdf, _fonts[i]);
            entries.Append(CultureInfo.InvariantCulture, $"/F{i} {horizontal} 0 R");
            if (vertical is { } number)
            {
                entries.Append(CultureInfo.InvariantCulture, $"/V{i} {number} 0 R");
            }
        }

        pdf.Object(dictionary, entries.Append(">>").ToString());
    }

    private static (int Horizontal, int? Vertical) Write(PdfObjects pdf, UsedFont used)
    {
        var (font, glyphs) = (used.File, used.Glyphs);
        var (file, subset) = HarfBuzzSubset.Cut(font.Face, [.. glyphs.Select(glyph => glyph.Number)]);
        // Six letters say that this is a subset and tell two subsets apart; taken from its bytes, so never random.
        var tag = new string([.. SHA256.HashData(file).Take(6).Select(b => (char)('A' + (b % 26)))]);
        var name = $"{tag}+{font.Name}";
        var bounds = string.Join(' ', font.Bounds);
        var widths = string.Join(' ', glyphs.Select(glyph => glyph.Width));

        var fontFile = pdf.Stream(string.Create(CultureInfo.InvariantCulture, $"/Length1 {file.Length}"), file);
        var toUnicode = pdf.Stream("", Encoding.ASCII.GetBytes(ToUnicode(glyphs)));
        var map = new byte[(glyphs.Count + 1) * 2];
        for (var i = 0; i < glyphs.Count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(map.AsSpan((i + 1) * 2), (ushort)subset[i]);
        }

        var toGlyph = pdf.Stream("", map);
        var descriptor = pdf.Object(
            $"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{bounds}]/ItalicAngle 0/Ascent {font.Ascent}"
            + $"/Descent {font.Descent}/CapHeight {font.Ascent}/StemV 80/FontFile2 {fontFile} 0 R>>");
        // The em box of a Japanese font: vertical writing hangs each glyph by the middle of its upper edge.
        var cidFont = pdf.Object(
            $"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            + $"/FontDescriptor {descriptor} 0 R/DW 1000/W[1[{widths}]]{(used.IsVertical ? "/DW2[880 -1000]" : "")}"
            + $"/CIDToGIDMap {toGlyph} 0 R>>");
        int Type0(string encoding) => pdf.Object(
            $"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/{encoding}/DescendantFonts[{cidFont} 0 R]/ToUnicode {toUnicode} 0 R>>");
        return (Type0("Identity-H"), used.IsVertical ? Type0("Identity-V") : null);
    }

    private static string ToUnicode(List<Glyph> glyphs)
    {
        const int entriesMax = 100;
        var map = new StringBuilder(
            "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
            + "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
            + "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
            + "1 begincodespacerange<0000><FFFF>endcodespacerange\n");
        for (var start = 0; start < glyphs.Count; start += entriesMax)
        {
            var count = Math.Min(entriesMax, glyphs.Count - start);
            map.Append(CultureInfo.InvariantCulture, $"{count} beginbfchar\n");
            for (var i = start; i < start + count; i++)
            {
                var text = Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(glyphs[i].Source));
                map.Append(CultureInfo.InvariantCulture, $"<{i + 1:X4}><{text}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap CMapName currentdict/CMap defineresource pop end end\n").ToString();
    }

    private sealed class UsedFont(FontFile file)
    {
        public FontFile File { get; } = file;

        public List<Glyph> Glyphs { get; } = [];

        public bool IsVertical { get; set; }
    }
}
