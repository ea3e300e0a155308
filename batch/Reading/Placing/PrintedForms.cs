using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>Pages of a form as the templates print them, rendered, and laid as a scan is.</summary>
internal static class PrintedForms
{
    /// <summary>Prints a form and looks at every page of it.</summary>
    public static void Print(FormDefinition form, PieceData piece, Action<FormPage, CanonicalPage> look)
    {
        using var pdf = new MemoryStream();
        PieceDocuments.RenderForm(form, piece, pdf);
        var file = pdf.ToArray();
        for (var page = 1; page <= PdfPages.Count(file); page++)
        {
            if (PageDecoder.Decode(file, page, Colour.Drop).Image is not { } image)
            {
                continue;
            }

            using (image)
            using (var placement = PagePlacer.Place(image.Gray))
            {
                if (placement?.Mark is { } mark && mark.Kind == form.Kind && mark.Version == form.Version)
                {
                    look(form.Pages[mark.Page - 1], new CanonicalPage(image, placement.ToImage, form.Pages[mark.Page - 1]));
                }
            }
        }
    }
}
