using System.Text;
using MyNumber.Templates.Forms;

namespace MyNumber.Templates.Pdf;

/// <summary>Where a text stands against the place that is named for it.</summary>
public enum Align
{
    /// <summary>Begins there.</summary>
    Left,

    /// <summary>Has its middle there.</summary>
    Centre,

    /// <summary>Ends there.</summary>
    Right,
}

/// <summary>How text is set: face, and size in points.</summary>
public readonly record struct TextStyle(Typeface Typeface, double SizePt)
{
    /// <summary>Height of an em, mm.</summary>
    public double SizeMm => SizePt * Canvas.MmPerPt;
}

/// <summary>A dark rectangle of a code, in whole modules from the code's top left.</summary>
public readonly record struct Modules(int X, int Y, int Width, int Height);

/// <summary>
/// One page to draw on, in millimetres from the top left of the trimmed page, x right, y down. Everything is black
/// (DeviceGray 0) or nothing. What cannot be printed is noted as <see cref="Problem"/> and not drawn.
/// </summary>
public sealed class Canvas
{
    /// <summary>Millimetres of a point.</summary>
    public const double MmPerPt = 25.4 / 72;

    /// <summary>Bleed on all four sides, mm.</summary>
    public const double BleedMm = 3;

    /// <summary>R99: no font has the character.</summary>
    public const string MissingGlyph = "missing-glyph";

    /// <summary>The text does not fit its box even at the smallest size.</summary>
    public const string DoesNotFit = "does-not-fit";

    // A hundredth of a point is 3.5 µm; the scale of a code is multiplied by up to 57 modules.
    private const int Decimals = 2, ScaleDecimals = 5;

    private readonly PdfBytes _content = new();
    private readonly StringBuilder _said = new();
    private readonly List<Glyph> _glyphs = [];
    private readonly FontUse? _fonts;
    private double _heightMm;
    private (int Font, Flow Flow, double SizePt) _current;

    // Without fonts nothing is drawn: the canvas finds out whether a page can be printed, and what it says.
    internal Canvas(FontUse? fonts) => _fonts = fonts;

    /// <summary>The first reason why this page cannot be printed; null where it can.</summary>
    public string? Problem { get; private set; }

    internal ReadOnlySpan<byte> Content => _content.Written;

    /// <summary>All that the page says, in the order in which it is set; only where nothing is drawn.</summary>
    internal string Said => _said.ToString();

    /// <summary>Begins a page, or a layer that stands on several pages.</summary>
    internal void Begin(double heightMm)
    {
        (_heightMm, Problem) = (heightMm, null);
        Clear();
    }

    /// <summary>A filled rectangle.</summary>
    public void Fill(double xMm, double yMm, double widthMm, double heightMm) => Fill([new Box(xMm, yMm, widthMm, heightMm)]);

    /// <summary>Filled rectangles as one path.</summary>
    public void Fill(IEnumerable<Box> boxes)
    {
        foreach (var box in boxes)
        {
            Rectangle(box);
        }

        _content.Add("f\n"u8);
    }

    /// <summary>The dark modules of a code as one path, in whole numbers on a grid of their own.</summary>
    /// <param name="xMm">Left edge of the code, mm.</param>
    /// <param name="yMm">Top edge of the code, mm.</param>
    /// <param name="widthMm">Width of a module, mm.</param>
    /// <param name="heightMm">Height of a module, mm.</param>
    /// <param name="dark">The dark rectangles; they may overlap.</param>
    public void Code(double xMm, double yMm, double widthMm, double heightMm, ReadOnlySpan<Modules> dark)
    {
        _content.Add("q "u8).Number(widthMm / MmPerPt, ScaleDecimals).Add(" 0 0 "u8).Number(-heightMm / MmPerPt, ScaleDecimals);
        _content.Add((byte)' ').Number(X(xMm), Decimals).Add((byte)' ').Number(Y(yMm), Decimals).Add(" cm\n"u8);
        foreach (var module in dark)
        {
            _content.Add(module.X).Add((byte)' ').Add(module.Y).Add((byte)' ').Add(module.Width).Add((byte)' ').Add(module.Height)
                .Add(" re\n"u8);
        }

        _content.Add("f Q\n"u8);
    }

    /// <summary>The outline of a rectangle.</summary>
    public void Stroke(Box box, double lineMm = 0.2)
    {
        LineWidth(lineMm);
        Rectangle(box);
        _content.Add("S\n"u8);
    }

    /// <summary>A straight line; dashes where <paramref name="dashMm"/> is above 0.</summary>
    public void Line(double x1Mm, double y1Mm, double x2Mm, double y2Mm, double lineMm = 0.2, double dashMm = 0)
    {
        LineWidth(lineMm);
        if (dashMm > 0)
        {
            _content.Add((byte)'[').Number(dashMm / MmPerPt, Decimals).Add("]0 d\n"u8);
        }

        Point(x1Mm, y1Mm).Add(" m "u8);
        Point(x2Mm, y2Mm).Add(" l S\n"u8);
        if (dashMm > 0)
        {
            _content.Add("[]0 d\n"u8);
        }
    }

    /// <summary>One line of text; <paramref name="baselineMm"/> is where its letters stand.</summary>
    public void Text(TextStyle style, double xMm, double baselineMm, ReadOnlySpan<char> text, Align align = Align.Left)
    {
        if (Shape(style.Typeface, Flow.Horizontal, text) is { Count: > 0 } glyphs)
        {
            var x = align switch
            {
                Align.Left => xMm,
                Align.Centre => xMm - (WidthMm(style, glyphs) / 2),
                _ => xMm - WidthMm(style, glyphs),
            };
            Show(style, Flow.Horizontal, x, baselineMm, glyphs);
        }
    }

    /// <summary>One column of text from top to bottom; <paramref name="middleMm"/> is the column's middle.</summary>
    public void Column(TextStyle style, double middleMm, double topMm, ReadOnlySpan<char> text)
    {
        if (Shape(style.Typeface, Flow.Vertical, text) is { Count: > 0 } glyphs)
        {
            Show(style, Flow.Vertical, middleMm, topMm, glyphs);
        }
    }

    /// <summary>
    /// One line of text turned clockwise, as Latin letters stand in a column; <paramref name="baselineMm"/> is its left.
    /// </summary>
    public void Turned(TextStyle style, double baselineMm, double topMm, ReadOnlySpan<char> text)
    {
        if (Shape(style.Typeface, Flow.Horizontal, text) is { Count: > 0 } glyphs)
        {
            Show(style, Flow.Horizontal, baselineMm, topMm, glyphs, isTurned: true);
        }
    }

    /// <summary>Width of a text, mm; 0 where a glyph is missing (noted as <see cref="Problem"/>).</summary>
    public double WidthMm(TextStyle style, string text) =>
        Shape(style.Typeface, Flow.Horizontal, text) is { } glyphs ? WidthMm(style, glyphs) : 0;

    /// <summary>Notes that this page cannot be printed; the first reason stays.</summary>
    public void Refuse(string reason) => Problem ??= reason;

    /// <summary>The glyphs of a text, until the next call; null where one is missing (noted as a problem).</summary>
    internal List<Glyph>? Shape(Typeface typeface, Flow flow, ReadOnlySpan<char> text)
    {
        _glyphs.Clear();
        if (Fonts.Shape(typeface, flow, text, _glyphs))
        {
            return _glyphs;
        }

        Refuse(MissingGlyph);
        return null;
    }

    /// <summary>Width of glyphs side by side, mm.</summary>
    internal static double WidthMm(TextStyle style, List<Glyph> glyphs)
    {
        var thousandths = 0;
        foreach (var glyph in glyphs)
        {
            thousandths += glyph.Width;
        }

        return thousandths * style.SizeMm / 1000;
    }

    private void Show(TextStyle style, Flow flow, double xMm, double yMm, List<Glyph> glyphs, bool isTurned = false)
    {
        if (_fonts is null)
        {
            foreach (var glyph in glyphs)
            {
                _said.Append(glyph.Source);
            }

            return;
        }

        _content.Add("BT "u8).Add(isTurned ? "0 -1 1 0 "u8 : ""u8);
        Point(xMm, yMm).Add(isTurned ? " Tm"u8 : " Td"u8);
        var open = false;
        var font = -1;
        FontFile? file = null;
        foreach (var glyph in glyphs)
        {
            if (glyph.Font != file)
            {
                (file, font) = (glyph.Font, _fonts.Font(glyph, flow));
                _content.Add(open ? ">Tj"u8 : ""u8);
                UseFont((font, flow, style.SizePt));
                _content.Add((byte)'<');
                open = true;
            }

            _content.Hex(_fonts.Code(font, glyph));
        }

        _content.Add(">Tj ET\n"u8);
    }

    private void UseFont((int Font, Flow Flow, double SizePt) wanted)
    {
        if (wanted != _current)
        {
            _content.Add(wanted.Flow == Flow.Vertical ? "/V"u8 : "/F"u8).Add(wanted.Font).Add((byte)' ')
                .Number(wanted.SizePt, Decimals).Add(" Tf"u8);
            _current = wanted;
        }
    }

    private void Clear()
    {
        _content.Clear();
        _said.Clear();
        _current = (-1, Flow.Horizontal, 0);
    }

    private void LineWidth(double lineMm) => _content.Number(lineMm / MmPerPt, Decimals).Add(" w "u8);

    private void Rectangle(Box box)
    {
        Point(box.XMm, box.BottomMm).Add((byte)' ');
        _content.Number(box.WidthMm / MmPerPt, Decimals).Add((byte)' ').Number(box.HeightMm / MmPerPt, Decimals).Add(" re\n"u8);
    }

    private PdfBytes Point(double xMm, double yMm) =>
        _content.Number(X(xMm), Decimals).Add((byte)' ').Number(Y(yMm), Decimals);

    // PDF counts points from the bottom left of the sheet with its bleed.
    private static double X(double xMm) => (xMm + BleedMm) / MmPerPt;

    private double Y(double yMm) => (_heightMm + BleedMm - yMm) / MmPerPt;
}
