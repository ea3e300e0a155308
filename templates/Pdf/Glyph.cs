namespace MyNumber.Templates.Pdf;

/// <summary>
/// One glyph to be drawn, and the characters of the source text that it stands for. There is one instance of each, so
/// that a file keeps its codes in a plain array.
/// </summary>
internal sealed class Glyph(FontFile font, int number, int width, string source, int index)
{
    /// <summary>Stands for a character that no font of a chain has (R99).</summary>
    public static readonly Glyph Missing = new(null!, 0, 0, "", -1);

    public FontFile Font { get; } = font;

    /// <summary>Number in the font file.</summary>
    public int Number { get; } = number;

    /// <summary>Advance width, thousandths of an em.</summary>
    public int Width { get; } = width;

    /// <summary>The characters that it prints, as they stood in the text.</summary>
    public string Source { get; } = source;

    /// <summary>Place among all glyphs met in this process; never printed.</summary>
    public int Index { get; } = index;
}
