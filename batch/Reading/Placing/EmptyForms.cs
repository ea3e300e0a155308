using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// What a form looks like before anybody wrote on it: printed by the very templates that print it, rendered, and placed
/// as a scan is. A form is made when it is first met, and kept.
/// </summary>
internal sealed class EmptyForms : IDisposable
{
    private readonly Dictionary<(string Kind, int Page), Mat> _inks = [];

    /// <summary>Ink of the empty page, 255, in pixels of <see cref="CanonicalPage"/>.</summary>
    public Mat Ink(string kind, int page)
    {
        if (!_inks.TryGetValue((kind, page), out var ink))
        {
            Make(kind);
            ink = _inks[(kind, page)];
        }

        return ink;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var ink in _inks.Values)
        {
            ink.Dispose();
        }
    }

    // A document may carry other pages around the form (an address mount): the form mark tells which are the form's.
    private void Make(string kind)
    {
        using var pdf = new MemoryStream();
        PieceDocuments.Render([new PieceData { Document = kind }], pdf);
        var file = pdf.ToArray();
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
                if (placement?.Mark is { } mark && mark.Kind == kind)
                {
                    _inks[(kind, mark.Page)] = Flatten(image, placement, FormDefinitions.Get(kind).Pages[mark.Page - 1]);
                }
            }
        }

        if (_inks.Keys.Count(key => key.Kind == kind) != FormDefinitions.Get(kind).Pages.Count)
        {
            throw new InvalidOperationException($"The empty form {kind} cannot be made: are poppler-utils installed?");
        }
    }

    private static Mat Flatten(PageImage image, PagePlacement placement, FormPage page)
    {
        using var flat = CanonicalPage.Flatten(image, placement.ToImage, page);
        var ink = new Mat();
        Cv2.Threshold(flat.Gray, ink, 160, 255, ThresholdTypes.BinaryInv);
        return ink;
    }
}
