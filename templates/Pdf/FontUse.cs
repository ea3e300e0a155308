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
    private readonly Dictionary<Glyph, int> _codes = new(GlyphBySource.Instance);
    private readonly List<(FontFile Font, List<Glyph> Glyphs)> _fonts = [];

    /// <summary>Number of the font in the page's resources, and the glyph's code in it, from 1.</summary>
    public (int Font, int Code) Use(Glyph glyph)
    {
        var font = _fonts.FindIndex(used => used.Font == glyph.Font);
        if (font < 0)
        {
            _fonts.Add((glyph.Font, []));
            font = _fonts.Count - 1;
        }

        if (!_codes.TryGetValue(glyph, out var code))
        {
            _fonts[font].Glyphs.Add(glyph);
            code = _fonts[font].Glyphs.Count;
            _codes.Add(glyph, code);
        }

        return (font, code);
    }

    /// <summary>Writes the subset fonts, and their dictionary as object <paramref name="dictionary"/>.</summary>
    public void Write(PdfObjects pdf, int dictionary)
    {
        var entries = new StringBuilder("<<");
        for (var i = 0; i < _fonts.Count; i++)
        {
            var number = Write(pdf, _fonts[i].Font, _fonts[i].Glyphs);
            entries.Append(CultureInfo.InvariantCulture, $"/F{i} {number} 0 R");
        }

        pdf.Object(dictionary, entries.Append(">>").ToString());
    }

    private static int Write(PdfObjects pdf, FontFile font, List<Glyph> glyphs)
    {
        var (file, subset) = HarfBuzzSubset.Cut(font.Face, [.. glyphs.Select(glyph => glyph.Number)]);
        var (type0, cidFont, descriptor, fontFile, toUnicode, toGlyph) =
            (pdf.Reserve(), pdf.Reserve(), pdf.Reserve(), pdf.Reserve(), pdf.Reserve(), pdf.Reserve());
        // Six letters say that this is a subset and tell two subsets apart; taken from its bytes, so never random.
        var tag = new string([.. SHA256.HashData(file).Take(6).Select(b => (char)('A' + (b % 26)))]);
        var name = $"{tag}+{font.Name}";
        var bounds = string.Join(' ', font.Bounds);
        var widths = string.Join(' ', glyphs.Select(glyph => glyph.Width));

        pdf.Stream(fontFile, string.Create(CultureInfo.InvariantCulture, $"/Length1 {file.Length}"), file);
        pdf.Stream(toUnicode, "", Encoding.ASCII.GetBytes(ToUnicode(glyphs)));
        var map = new byte[(glyphs.Count + 1) * 2];
        for (var i = 0; i < glyphs.Count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(map.AsSpan((i + 1) * 2), (ushort)subset[i]);
        }

        pdf.Stream(toGlyph, "", map);
        pdf.Object(type0,
            $"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{cidFont} 0 R]/ToUnicode {toUnicode} 0 R>>");
        pdf.Object(cidFont,
            $"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            + $"/FontDescriptor {descriptor} 0 R/DW 1000/W[1[{widths}]]/CIDToGIDMap {toGlyph} 0 R>>");
        pdf.Object(descriptor,
            $"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{bounds}]/ItalicAngle 0/Ascent {font.Ascent}"
            + $"/Descent {font.Descent}/CapHeight {font.Ascent}/StemV 80/FontFile2 {fontFile} 0 R>>");
        return type0;
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

    private sealed class GlyphBySource : IEqualityComparer<Glyph>
    {
        public static readonly GlyphBySource Instance = new();

        public bool Equals(Glyph? x, Glyph? y) =>
            ReferenceEquals(x, y) || (x!.Font == y!.Font && x.Number == y.Number && x.Source == y.Source);

        public int GetHashCode(Glyph glyph) => HashCode.Combine(glyph.Number, glyph.Source);
    }
}
