using System.Globalization;
using System.Text;
using Entries = System.Collections.Generic.Dictionary<string, object>;

namespace MyNumber.Templates.Pdf.Reading;

/// <summary>A font of a finished file: what each code says, and how wide it is.</summary>
internal sealed class ReadFont
{
    private readonly Dictionary<int, string> _texts = [];
    private readonly List<int> _widths = [];

    public ReadFont(PdfFile file, Entries type0)
    {
        Name = (string)type0["BaseFont"];
        IsVertical = (string)type0["Encoding"] switch
        {
            "Identity-H" => false,
            "Identity-V" => true,
            _ => throw new InvalidDataException("A font of the PDF has another encoding than ours."),
        };
        var font = file.Dictionary(file.List(type0["DescendantFonts"])[0]);
        // One run of widths, from code 1 on.
        _widths.AddRange(file.List(file.List(font["W"])[1]).Select(width => (int)(double)width));
        Texts(file.Stream(((PdfReference)type0["ToUnicode"]).Number).Content.Span);
    }

    /// <summary>With the letters of its subset in front.</summary>
    public string Name { get; }

    /// <summary>True where a line runs from top to bottom.</summary>
    public bool IsVertical { get; }

    /// <summary>The source text of a code.</summary>
    public string Text(int code) =>
        _texts.TryGetValue(code, out var text) ? text : throw new InvalidDataException("A glyph of the PDF says nothing.");

    /// <summary>Width, thousandths of an em.</summary>
    public int Width(int code) =>
        code > 0 && code <= _widths.Count ? _widths[code - 1] : throw new InvalidDataException("A glyph of the PDF has no width.");

    /// <summary>How far a line goes on with that code, thousandths of an em.</summary>
    public int Advance(int code) => IsVertical ? 1000 : Width(code);

    private void Texts(ReadOnlySpan<byte> map)
    {
        var tokens = new PdfTokens(map);
        var code = -1;
        var within = false;
        for (var token = tokens.Next(); token != PdfToken.End; token = tokens.Next())
        {
            if (token == PdfToken.Word)
            {
                within = tokens.Text.SequenceEqual("beginbfchar"u8);
            }
            else if (within && token == PdfToken.HexString && code < 0)
            {
                code = int.Parse(tokens.Text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
            else if (within && token == PdfToken.HexString)
            {
                _texts.Add(code, Encoding.BigEndianUnicode.GetString(Convert.FromHexString(Encoding.ASCII.GetString(tokens.Text))));
                code = -1;
            }
        }
    }
}
