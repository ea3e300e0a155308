using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf.Reading;
using UglyToad.PdfPig;

namespace MyNumber.Templates.Documents;

/// <summary>
/// Pages as PdfPig reads them: a reader that knows nothing of how we write. It takes tens of times as long, so it looks
/// at a sample of each file, and agrees or stops it.
/// </summary>
internal static class PigPages
{
    private const double MmPerPt = 25.4 / 72;

    /// <summary>The pages of those numbers, from 1.</summary>
    public static IEnumerable<(int Number, PageContent Content)> Read(byte[] pdf, IEnumerable<int> numbers)
    {
        using var document = PdfDocument.Open(pdf);
        foreach (var number in numbers)
        {
            yield return (number, Content(document.GetPage(number)));
        }
    }

    private static PageContent Content(UglyToad.PdfPig.Content.Page page)
    {
        // PdfPig measures from the bottom left of the crop box, which is the trimmed page.
        var (width, height) = (page.Width * MmPerPt, page.Height * MmPerPt);
        var part = new PagePart(new Sheet(0, 0, page.Width, page.Height), isShared: false);
        foreach (var box in page.Paths.Where(path => path.IsFilled).SelectMany(path => path)
            .Select(path => path.GetBoundingRectangle()).OfType<UglyToad.PdfPig.Core.PdfRectangle>()
            .Where(box => box is { Width: > 0, Height: > 0 }))
        {
            part.Add(new Box(box.Left * MmPerPt, height - (box.Top * MmPerPt), box.Width * MmPerPt, box.Height * MmPerPt));
        }

        foreach (var letter in page.Letters)
        {
            part.Add(new ReadLetter(letter.StartBaseLine.X * MmPerPt, height - (letter.StartBaseLine.Y * MmPerPt), letter.Value));
        }

        return new PageContent(width, height, [part], part.AllText(), Record: null);
    }
}
