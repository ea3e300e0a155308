using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using HarfBuzzSharp;

namespace MyNumber.Templates.Pdf;

/// <summary>One TrueType file: HarfBuzz's face on it, and the few numbers that a PDF font descriptor asks for.</summary>
/// <remarks>Lives as long as the process: the three fonts are loaded once, and never let go.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class FontFile
{
    private readonly Font _font;

    private FontFile(string name, string path)
    {
        var bytes = File.ReadAllBytes(path);
        Name = name;
        Face = new Face(Blob.FromFile(path), 0);
        Face.MakeImmutable();
        _font = new Font(Face);
        _font.SetFunctionsOpenType();
        UnitsPerEm = Face.UnitsPerEm;
        _font.SetScale(UnitsPerEm, UnitsPerEm);

        var head = Table(bytes, "head");
        var hhea = Table(bytes, "hhea");
        Bounds =
        [
            Thousandths(Short(head, 36)), Thousandths(Short(head, 38)), Thousandths(Short(head, 40)), Thousandths(Short(head, 42)),
        ];
        Ascent = Thousandths(Short(hhea, 4));
        Descent = Thousandths(Short(hhea, 6));
        Version = VersionOf(Table(bytes, "name"));
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

    /// <summary>The glyph of a character, with its variation selector where there is one; null where the font lacks it.</summary>
    public int? Glyph(Rune character, Rune? selector)
    {
        if (selector is { } variation)
        {
            // A selector that the font does not know must not fall back to the plain character (R99).
            return _font.TryGetVariationGlyph((uint)character.Value, (uint)variation.Value, out var variant) && variant != 0
                ? (int)variant
                : null;
        }

        return _font.TryGetNominalGlyph((uint)character.Value, out var glyph) && glyph != 0 ? (int)glyph : null;
    }

    /// <summary>Advance width, thousandths of an em.</summary>
    public int Width(int glyph) => Thousandths(_font.GetHorizontalGlyphAdvance((uint)glyph));

    private int Thousandths(int units) => (int)Math.Round(units * 1000.0 / UnitsPerEm);

    private static short Short(ReadOnlySpan<byte> table, int at) => BinaryPrimitives.ReadInt16BigEndian(table[at..]);

    private static ReadOnlySpan<byte> Table(byte[] file, string tag)
    {
        var count = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(4));
        for (var i = 0; i < count; i++)
        {
            var entry = file.AsSpan(12 + (16 * i), 16);
            if (Encoding.ASCII.GetString(entry[..4]) == tag)
            {
                var offset = (int)BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
                var length = (int)BinaryPrimitives.ReadUInt32BigEndian(entry[12..]);
                return file.AsSpan(offset, length);
            }
        }

        throw new InvalidDataException($"The font has no table `{tag}`.");
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
