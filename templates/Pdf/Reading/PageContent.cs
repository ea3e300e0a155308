using System.Text;
using MyNumber.Templates.Forms;

namespace MyNumber.Templates.Pdf.Reading;

/// <summary>A letter of a finished page: where it begins, and what it says.</summary>
internal readonly record struct ReadLetter(double XMm, double YMm, string Text);

/// <summary>What a finished page holds, in millimetres from the top left of the trimmed page: filled boxes, and letters.</summary>
/// <param name="WidthMm">Trimmed width, mm.</param>
/// <param name="HeightMm">Trimmed height, mm.</param>
/// <param name="Parts">In the order in which they are drawn.</param>
/// <param name="OwnText">What this page says and not every copy of it, as it was set.</param>
/// <param name="Record">The id that the page's document part names; null where it has none.</param>
internal sealed record PageContent(double WidthMm, double HeightMm, IReadOnlyList<PagePart> Parts, string OwnText, string? Record)
{
    /// <summary>The filled boxes that lie in a zone.</summary>
    public List<Box> Boxes(Box zone)
    {
        var boxes = new List<Box>();
        foreach (var part in Parts)
        {
            boxes.AddRange(part.Boxes(zone));
        }

        return boxes;
    }

    /// <summary>The text whose letters begin in a zone, in the order in which it was set, without blanks.</summary>
    public string Text(Box zone)
    {
        var text = new StringBuilder();
        foreach (var part in Parts)
        {
            text.Append(part.Text(zone));
        }

        return text.ToString();
    }
}

/// <summary>What one content stream draws. Parts that many pages share remember what was asked of them.</summary>
internal sealed class PagePart(Sheet sheet, bool isShared) : IPageSink
{
    private const double DustMm = 0.01;

    private readonly List<Box> _boxes = [];
    private readonly List<ReadLetter> _letters = [];
    private readonly Dictionary<Box, List<Box>> _boxesIn = [];
    private readonly Dictionary<Box, string> _textIn = [];

    /// <summary>All that is written, blanks and all, in the order in which it was set.</summary>
    public string AllText()
    {
        var text = new StringBuilder();
        foreach (var letter in _letters)
        {
            text.Append(letter.Text);
        }

        return text.ToString();
    }

    /// <summary>The filled boxes that lie in a zone.</summary>
    public List<Box> Boxes(Box zone)
    {
        if (isShared && _boxesIn.TryGetValue(zone, out var known))
        {
            return known;
        }

        var boxes = new List<Box>();
        foreach (var box in _boxes)
        {
            if (box.XMm > zone.XMm - DustMm && box.RightMm < zone.RightMm + DustMm
                && box.YMm > zone.YMm - DustMm && box.BottomMm < zone.BottomMm + DustMm)
            {
                boxes.Add(box);
            }
        }

        if (isShared)
        {
            _boxesIn.Add(zone, boxes);
        }

        return boxes;
    }

    /// <summary>The text whose letters begin in a zone, in the order in which it was set, without blanks.</summary>
    public string Text(Box zone)
    {
        if (isShared && _textIn.TryGetValue(zone, out var known))
        {
            return known;
        }

        var text = new StringBuilder();
        foreach (var (x, y, letter) in _letters)
        {
            if (x >= zone.XMm && x <= zone.RightMm && y >= zone.YMm && y <= zone.BottomMm && !string.IsNullOrWhiteSpace(letter))
            {
                text.Append(letter);
            }
        }

        if (isShared)
        {
            _textIn.Add(zone, text.ToString());
        }

        return text.ToString();
    }

    /// <summary>Adds a box that another reader found, mm.</summary>
    public void Add(Box box) => _boxes.Add(box);

    /// <summary>Adds a letter that another reader found.</summary>
    public void Add(ReadLetter letter) => _letters.Add(letter);

    public void Fill(double x, double y, double width, double height) => _boxes.Add(new Box(
        sheet.XMm(x), sheet.YMm(y + height), width * Canvas.MmPerPt, height * Canvas.MmPerPt));

    public void Stroke(double x, double y, double width, double height, double line)
    {
    }

    public void Line(double x1, double y1, double x2, double y2, double line, double dash)
    {
    }

    public void Text(ReadFont font, double size, double x, double y, Run run, ReadOnlySpan<int> codes)
    {
        foreach (var code in codes)
        {
            _letters.Add(new ReadLetter(sheet.XMm(x), sheet.YMm(y), font.Text(code)));
            var points = font.Advance(code) * size / 1000;
            (x, y) = run == Run.Across ? (x + points, y) : (x, y - points);
        }
    }
}
