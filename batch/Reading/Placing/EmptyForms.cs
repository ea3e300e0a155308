using System.Collections.Concurrent;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// What a form looks like before anybody wrote on it: printed by the very templates that print it, rendered, and placed
/// as a scan is. A form is made when the process first meets it, and kept.
/// </summary>
internal static class EmptyForms
{
    private static readonly ConcurrentDictionary<string, Lazy<EmptyPage[]>> Kinds = new();

    /// <summary>The empty page, from 1.</summary>
    /// <exception cref="InvalidOperationException">It cannot be rendered: poppler-utils are missing.</exception>
    public static EmptyPage Page(string kind, int page) =>
        Kinds.GetOrAdd(kind, _ => new(() => Make(FormDefinitions.Get(kind)), LazyThreadSafetyMode.PublicationOnly)).Value[page - 1];

    // A document may carry other pages around the form (an address mount): the form mark tells which are the form's.
    private static EmptyPage[] Make(FormDefinition form)
    {
        using var pdf = new MemoryStream();
        PieceDocuments.Render([new PieceData { Document = form.Kind }], pdf);
        var file = pdf.ToArray();
        var pages = new EmptyPage[form.Pages.Count];
        for (var page = 1; page <= PdfPages.Count(file); page++)
        {
            var decoded = PageDecoder.Decode(file, page, Colour.Drop);
            if (decoded.Image is not { } image)
            {
                continue;
            }

            using (image)
            using (var placement = PagePlacer.Place(image.Gray))
            {
                if (placement?.Mark is { } mark && mark.Kind == form.Kind)
                {
                    pages[mark.Page - 1] = new EmptyPage(Ink(image, placement, form.Pages[mark.Page - 1]));
                }
            }
        }

        return pages.All(page => page is not null) ? pages
            : throw new InvalidOperationException($"The empty form {form.Kind} cannot be made: are poppler-utils installed?");
    }

    private static Mat Ink(PageImage image, PagePlacement placement, FormPage page)
    {
        var flat = new CanonicalPage(image, placement.ToImage, page);
        using var view = flat.View(flat.Whole);
        var ink = new Mat();
        // Thin lines are light gray at this scale, and nothing else is gray on what was just rendered.
        Cv2.Threshold(view, ink, 200, 255, ThresholdTypes.BinaryInv);
        return ink;
    }
}
