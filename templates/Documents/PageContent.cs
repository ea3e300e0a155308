using System.Text;
using MyNumber.Templates.Forms;
using PdfPage = UglyToad.PdfPig.Content.Page;

namespace MyNumber.Templates.Documents;

/// <summary>What a finished page holds, in millimetres from the top left of the trimmed page: filled boxes, and letters.</summary>
internal sealed class PageContent
{
    private const double MmPerPt = 25.4 / 72;
    private const double DustMm = 0.01;

    private readonly List<Box> _boxes;
    private readonly List<(double XMm, double YMm, string Text)> _letters;

    public PageContent(PdfPage page)
    {
        // PdfPig measures from the bottom left of the crop box, which is the trimmed page.
        (WidthMm, HeightMm) = (page.Width * MmPerPt, page.Height * MmPerPt);
        _boxes = [.. page.Paths.Where(path => path.IsFilled).SelectMany(path => path).Select(path => path.GetBoundingRectangle())
            .OfType<UglyToad.PdfPig.Core.PdfRectangle>().Where(box => box is { Width: > 0, Height: > 0 })
            .Select(box => new Box(
                box.Left * MmPerPt, HeightMm - (box.Top * MmPerPt), box.Width * MmPerPt, box.Height * MmPerPt))];
        _letters = [.. page.Letters.Select(Place)];
    }

    public double WidthMm { get; }

    public double HeightMm { get; }

    /// <summary>The filled boxes that lie in a zone.</summary>
    public IEnumerable<Box> Boxes(Box zone) => _boxes.Where(box =>
        box.XMm > zone.XMm - DustMm && box.RightMm < zone.RightMm + DustMm
        && box.YMm > zone.YMm - DustMm && box.BottomMm < zone.BottomMm + DustMm);

    /// <summary>The text whose letters begin in a zone, in the order in which it was set, without blanks.</summary>
    public string Text(Box zone)
    {
        var text = new StringBuilder();
        foreach (var (x, y, letter) in _letters)
        {
            if (x >= zone.XMm && x <= zone.RightMm && y >= zone.YMm && y <= zone.BottomMm && !string.IsNullOrWhiteSpace(letter))
            {
                text.Append(letter);
            }
        }

        return text.ToString();
    }

    private (double XMm, double YMm, string Text) Place(UglyToad.PdfPig.Content.Letter letter) =>
        (letter.StartBaseLine.X * MmPerPt, HeightMm - (letter.StartBaseLine.Y * MmPerPt), letter.Value);
}
