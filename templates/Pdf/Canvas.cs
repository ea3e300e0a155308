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

/// <summary>How text is set: face and size in points.</summary>
public readonly record struct TextStyle(Typeface Typeface, double SizePt)
{
    /// <summary>Height of an em, mm.</summary>
    public double SizeMm => SizePt * Canvas.MmPerPt;
}

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

    private readonly StringBuilder _content = new();
    private readonly FontUse _fonts;
    private readonly double _heightMm;

    internal Canvas(double heightMm, FontUse fonts) => (_heightMm, _fonts) = (heightMm, fonts);

    /// <summary>The first reason why this page cannot be printed; null where it can.</summary>
    public string? Problem { get; private set; }

    internal string Content => _content.ToString();

    /// <summary>A filled rectangle.</summary>
    public void Fill(double xMm, double yMm, double widthMm, double heightMm) => Fill([new Box(xMm, yMm, widthMm, heightMm)]);

    /// <summary>Filled rectangles as one path: a code's bars or modules.</summary>
    public void Fill(IEnumerable<Box> boxes)
    {
        foreach (var box in boxes)
        {
            Rectangle(box);
        }

        _content.Append("f\n");
    }

    /// <summary>The outline of a rectangle.</summary>
    public void Stroke(Box box, double lineMm = 0.2)
    {
        LineWidth(lineMm);
        Rectangle(box);
        _content.Append("S\n");
    }

    /// <summary>A straight line; dashes where <paramref name="dashMm"/> is above 0.</summary>
    public void Line(double x1Mm, double y1Mm, double x2Mm, double y2Mm, double lineMm = 0.2, double dashMm = 0)
    {
        LineWidth(lineMm);
        if (dashMm > 0)
        {
            _content.Append('[').Number(dashMm / MmPerPt).Append("]0 d\n");
        }

        _content.Number(X(x1Mm)).Append(' ').Number(Y(y1Mm)).Append(" m ");
        _content.Number(X(x2Mm)).Append(' ').Number(Y(y2Mm)).Append(" l S\n");
        if (dashMm > 0)
        {
            _content.Append("[]0 d\n");
        }
    }

    /// <summary>One line of text; <paramref name="baselineMm"/> is where its letters stand.</summary>
    public void Text(TextStyle style, double xMm, double baselineMm, string text, Align align = Align.Left)
    {
        var glyphs = Glyphs(style, text);
        if (glyphs is null || glyphs.Count == 0)
        {
            return;
        }

        var x = align switch
        {
            Align.Left => xMm,
            Align.Centre => xMm - (WidthMm(style, glyphs) / 2),
            _ => xMm - WidthMm(style, glyphs),
        };
        _content.Append("BT ").Number(X(x)).Append(' ').Number(Y(baselineMm)).Append(" Td");
        var current = -1;
        foreach (var glyph in glyphs)
        {
            var (font, code) = _fonts.Use(glyph);
            if (font != current)
            {
                _content.Append(current < 0 ? "" : ">Tj").Append("/F").Append(font).Append(' ').Number(style.SizePt).Append(" Tf<");
                current = font;
            }

            _content.AppendHex(code);
        }

        _content.Append(">Tj ET\n");
    }

    /// <summary>Width of a text, mm; 0 where a glyph is missing (noted as <see cref="Problem"/>).</summary>
    public double WidthMm(TextStyle style, string text) => Glyphs(style, text) is { } glyphs ? WidthMm(style, glyphs) : 0;

    /// <summary>Notes that this page cannot be printed; the first reason stays.</summary>
    public void Refuse(string reason) => Problem ??= reason;

    private List<Glyph>? Glyphs(TextStyle style, string text)
    {
        var glyphs = new List<Glyph>(text.Length);
        foreach (var glyph in Fonts.Map(style.Typeface, text))
        {
            if (glyph is null)
            {
                Refuse(MissingGlyph);
                return null;
            }

            glyphs.Add(glyph);
        }

        return glyphs;
    }

    private static double WidthMm(TextStyle style, List<Glyph> glyphs) =>
        glyphs.Sum(glyph => (long)glyph.Width) * style.SizeMm / 1000;

    private void LineWidth(double lineMm) => _content.Number(lineMm / MmPerPt).Append(" w ");

    private void Rectangle(Box box)
    {
        _content.Number(X(box.XMm)).Append(' ').Number(Y(box.BottomMm)).Append(' ');
        _content.Number(box.WidthMm / MmPerPt).Append(' ').Number(box.HeightMm / MmPerPt).Append(" re\n");
    }

    // PDF counts points from the bottom left of the sheet with its bleed.
    private static double X(double xMm) => (xMm + BleedMm) / MmPerPt;

    private double Y(double yMm) => (_heightMm + BleedMm - yMm) / MmPerPt;
}
