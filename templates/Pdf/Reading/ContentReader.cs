namespace MyNumber.Templates.Pdf.Reading;

/// <summary>Takes what a content stream draws, in points from the bottom left of the sheet.</summary>
internal interface IPageSink
{
    /// <summary>A filled rectangle.</summary>
    void Fill(double x, double y, double width, double height);

    /// <summary>The outline of a rectangle.</summary>
    void Stroke(double x, double y, double width, double height, double line);

    /// <summary>A straight line; dashes where <paramref name="dash"/> is above 0.</summary>
    void Line(double x1, double y1, double x2, double y2, double line, double dash);

    /// <summary>Glyphs of one font, beginning there.</summary>
    void Text(ReadFont font, double size, double x, double y, Run run, ReadOnlySpan<int> codes);
}

/// <summary>Which way the glyphs of a line follow each other.</summary>
internal enum Run
{
    /// <summary>From left to right.</summary>
    Across,

    /// <summary>Upright, from top to bottom.</summary>
    Down,

    /// <summary>Turned clockwise, from top to bottom.</summary>
    Turned,
}

/// <summary>Follows a content stream. An operator that we do not write is refused.</summary>
internal sealed class ContentReader(IReadOnlyDictionary<string, ReadFont> fonts)
{
    private static readonly double[] QuarterTurn = [0, -1, 1, 0];

    private readonly double[] _operands = new double[8];
    private readonly List<(double X, double Y, double Width, double Height)> _path = [];
    private readonly List<int> _codes = [];
    private Scale _scale = Scale.None;

    /// <summary>Gives everything that is drawn to the sink; names of static parts are added to <paramref name="forms"/>.</summary>
    /// <exception cref="InvalidDataException">An operator or operand is not as we write it.</exception>
    public void Read(ReadOnlySpan<byte> content, IPageSink sink, List<string> forms)
    {
        var tokens = new PdfTokens(content);
        var (count, line, dash, size) = (0, 0.0, 0.0, 0.0);
        var (x, y, fromX, fromY) = (0.0, 0.0, 0.0, 0.0);
        ReadFont? font = null;
        var (name, isPlaced, isTurned) = ("", false, false);
        _scale = Scale.None;
        for (var token = tokens.Next(); token != PdfToken.End; token = tokens.Next())
        {
            switch (token)
            {
                case PdfToken.Number:
                    _operands[count++ & 7] = tokens.Number;
                    continue;
                case PdfToken.Name:
                    name = NameOf(tokens.Text);
                    continue;
                case PdfToken.HexString:
                    Codes(tokens.Text);
                    continue;
                case PdfToken.ArrayBegin or PdfToken.ArrayEnd:
                    continue;
                case not PdfToken.Word:
                    throw Bad();
            }

            switch (tokens.Text)
            {
                case [(byte)'r', (byte)'e'] when count == 4:
                    _path.Add((_operands[0], _operands[1], _operands[2], _operands[3]));
                    break;
                case [(byte)'f'] when count == 0:
                    Fill(sink);
                    break;
                case [(byte)'S'] when count == 0 && _path.Count == 1:
                    var box = _path[0];
                    sink.Stroke(box.X, box.Y, box.Width, box.Height, line);
                    _path.Clear();
                    break;
                case [(byte)'S'] when count == 0 && _path.Count == 0:
                    sink.Line(fromX, fromY, x, y, line, dash);
                    break;
                case [(byte)'m'] when count == 2:
                    (fromX, fromY) = (_operands[0], _operands[1]);
                    break;
                case [(byte)'l'] when count == 2:
                    (x, y) = (_operands[0], _operands[1]);
                    break;
                case [(byte)'w'] when count == 1:
                    line = _operands[0];
                    break;
                case [(byte)'d'] when count is 1 or 2:
                    dash = count == 2 ? _operands[0] : 0;
                    break;
                case [(byte)'q'] when count == 0 && _scale == Scale.None:
                    break;
                case [(byte)'c', (byte)'m'] when count == 6 && _operands[1] == 0 && _operands[2] == 0:
                    _scale = new Scale(_operands[0], _operands[3], _operands[4], _operands[5]);
                    break;
                case [(byte)'Q'] when count == 0:
                    _scale = Scale.None;
                    break;
                case [(byte)'B', (byte)'T'] or [(byte)'E', (byte)'T'] when count == 0 && _scale == Scale.None:
                    (isPlaced, isTurned) = (false, false);
                    break;
                case [(byte)'T', (byte)'d'] when count == 2 && !isPlaced:
                    (x, y, isPlaced) = (_operands[0], _operands[1], true);
                    break;
                case [(byte)'T', (byte)'m'] when count == 6 && !isPlaced && _operands.AsSpan(0, 4).SequenceEqual(QuarterTurn):
                    (x, y, isPlaced, isTurned) = (_operands[4], _operands[5], true, true);
                    break;
                case [(byte)'T', (byte)'f'] when count == 1:
                    (font, size) = (fonts[name], _operands[0]);
                    break;
                case [(byte)'T', (byte)'j'] when count == 0 && font is not null && isPlaced:
                    (x, y) = Show(sink, font, size, x, y, isTurned);
                    break;
                case [(byte)'D', (byte)'o'] when count == 0:
                    forms.Add(name);
                    break;
                default:
                    throw Bad();
            }

            count = 0;
        }
    }

    private void Fill(IPageSink sink)
    {
        foreach (var (x, y, width, height) in _path)
        {
            var (left, bottom) = (_scale.X + (_scale.Wide * x), _scale.Y + (_scale.High * (_scale.High < 0 ? y + height : y)));
            sink.Fill(left, bottom, width * _scale.Wide, height * Math.Abs(_scale.High));
        }

        _path.Clear();
    }

    // Where the next glyph would stand: a line may go on in another font.
    private (double X, double Y) Show(IPageSink sink, ReadFont font, double size, double x, double y, bool isTurned)
    {
        var codes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_codes);
        var run = font.IsVertical ? Run.Down : isTurned ? Run.Turned : Run.Across;
        sink.Text(font, size, x, y, run, codes);
        var width = 0;
        foreach (var code in codes)
        {
            width += font.Advance(code);
        }

        var points = width * size / 1000;
        return run == Run.Across ? (x + points, y) : (x, y - points);
    }

    private void Codes(ReadOnlySpan<byte> hex)
    {
        _codes.Clear();
        for (var i = 0; i + 4 <= hex.Length; i += 4)
        {
            _codes.Add((Digit(hex[i]) << 12) | (Digit(hex[i + 1]) << 8) | (Digit(hex[i + 2]) << 4) | Digit(hex[i + 3]));
        }

        if (hex.Length % 4 != 0)
        {
            throw Bad();
        }
    }

    private static int Digit(byte hex) => hex switch
    {
        >= (byte)'0' and <= (byte)'9' => hex - '0',
        >= (byte)'A' and <= (byte)'F' => hex - 'A' + 10,
        _ => throw Bad(),
    };

    // The few names of a file, each made once.
    private string NameOf(ReadOnlySpan<byte> name)
    {
        foreach (var known in _names)
        {
            if (known.Utf8.AsSpan().SequenceEqual(name))
            {
                return known.Name;
            }
        }

        var text = System.Text.Encoding.ASCII.GetString(name);
        _names.Add((name.ToArray(), text));
        return text;
    }

    private readonly List<(byte[] Utf8, string Name)> _names = [];

    private static InvalidDataException Bad() => new("A content stream of the PDF is not as we write it.");

    private sealed record Scale(double Wide, double High, double X, double Y)
    {
        public static readonly Scale None = new(1, 1, 0, 0);
    }
}
