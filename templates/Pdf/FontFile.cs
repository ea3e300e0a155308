using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using HarfBuzzSharp;
using Buffer = HarfBuzzSharp.Buffer;

namespace MyNumber.Templates.Pdf;

/// <summary>One TrueType file: HarfBuzz's face on it, and the few numbers that a PDF font descriptor asks for.</summary>
/// <remarks>Lives as long as the process: the fonts are loaded once, and never let go.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class FontFile
{
    private static int _glyphsMet;

    // Of each font: HarfBuzz makes it, and a static that native code makes would fail for ever where that failed once.
    private readonly Language _japanese = new("ja");
    private readonly Font _font;
    private readonly ConcurrentDictionary<(int Number, string Source), Glyph> _glyphs = new();

    private FontFile(string name, string path)
    {
        Name = name;
        Face = new Face(Blob.FromFile(path), 0);
        Face.MakeImmutable();
        _font = new Font(Face);
        _font.SetFunctionsOpenType();
        UnitsPerEm = Face.UnitsPerEm;
        _font.SetScale(UnitsPerEm, UnitsPerEm);

        var head = Table("head");
        var hhea = Table("hhea");
        Bounds =
        [
            Thousandths(Short(head, 36)), Thousandths(Short(head, 38)), Thousandths(Short(head, 40)), Thousandths(Short(head, 42)),
        ];
        Ascent = Thousandths(Short(hhea, 4));
        Descent = Thousandths(Short(hhea, 6));
        Version = VersionOf(Table("name"));
    }

    /// <summary>PostScript name.</summary>
    public string Name { get; }

    /// <summary>As the font says it: `004.01`.</summary>
    public string Version { get; }

    public Face Face { get; }

    public int UnitsPerEm { get; }

    /// <summary>Left, bottom, right, top of all glyphs, thousandths of an em.</summary>
    public int[] Bounds { get; }

    public int Ascent { get; }

    public int Descent { get; }

    /// <summary>Loads a font from the first folder that has it.</summary>
    /// <exception cref="FileNotFoundException">No folder has it: its Debian package is not installed.</exception>
    public static FontFile Load(string name, string package, params string[] paths)
    {
        var path = paths.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"The font {name} is missing: install the Debian package {package}.", paths[0]);
        return new FontFile(name, path);
    }

    /// <summary>
    /// The one glyph that HarfBuzz chooses for a character with its variation selector or combining marks; null where
    /// the font has none for it.
    /// </summary>
    /// <param name="source">One character, and what belongs to it.</param>
    /// <param name="flow">In vertical writing HarfBuzz takes the glyph's vertical form where the font has one.</param>
    public Glyph? Find(string source, Flow flow)
    {
        var runes = source.EnumerateRunes().ToArray();
        if (!_font.TryGetNominalGlyph((uint)runes[0].Value, out var nominal) || nominal == 0)
        {
            return null;
        }

        // A selector that the font does not know must not fall back to the plain character (R99).
        if (runes.Length > 1 && Fonts.IsSelector(runes[^1])
            && (!_font.TryGetVariationGlyph((uint)runes[0].Value, (uint)runes[^1].Value, out var variant) || variant == 0))
        {
            return null;
        }

        using var buffer = new Buffer();
        buffer.AddUtf16(source);
        buffer.GuessSegmentProperties();
        // Guessing takes the language from the machine; forms of kanji must not depend on it.
        buffer.Language = _japanese;
        buffer.Direction = flow == Flow.Vertical ? Direction.TopToBottom : Direction.LeftToRight;
        _font.Shape(buffer);
        var shaped = buffer.GlyphInfos;
        if (shaped.Length != 1 || shaped[0].Codepoint == 0)
        {
            return null;
        }

        var number = (int)shaped[0].Codepoint;
        return _glyphs.GetOrAdd((number, source), key => new Glyph(
            this, key.Number, Thousandths(_font.GetHorizontalGlyphAdvance((uint)key.Number)), key.Source,
            Interlocked.Increment(ref _glyphsMet) - 1));
    }

    private int Thousandths(int units) => (int)Math.Round(units * 1000.0 / UnitsPerEm);

    private static short Short(ReadOnlySpan<byte> table, int at) => BinaryPrimitives.ReadInt16BigEndian(table[at..]);

    private byte[] Table(string tag)
    {
        using var table = Face.ReferenceTable(Tag.Parse(tag));
        return table.AsSpan().ToArray();
    }

    // Name 5 in English for Windows: "Version 004.01" or like it.
    private static string VersionOf(ReadOnlySpan<byte> table)
    {
        var count = BinaryPrimitives.ReadUInt16BigEndian(table[2..]);
        var strings = BinaryPrimitives.ReadUInt16BigEndian(table[4..]);
        for (var i = 0; i < count; i++)
        {
            var record = table[(6 + (12 * i))..];
            if (BinaryPrimitives.ReadUInt16BigEndian(record) == 3 && BinaryPrimitives.ReadUInt16BigEndian(record[6..]) == 5)
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(record[8..]);
                var offset = BinaryPrimitives.ReadUInt16BigEndian(record[10..]);
                var text = Encoding.BigEndianUnicode.GetString(table.Slice(strings + offset, length));
                return new string([.. text.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
            }
        }

        return 0.ToString(CultureInfo.InvariantCulture);
    }
}
