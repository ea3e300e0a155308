using MyNumber.Templates.Forms;
using MyNumber.Templates.Letters;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>Where one piece lies in the file that was rendered.</summary>
/// <param name="FirstPage">First page, from 1.</param>
/// <param name="Pages">Pages, two to a sheet.</param>
public sealed record RenderedPiece(string PieceId, int FirstPage, int Pages, int Sheets);

/// <summary>All that goes into print: checks a piece, renders pieces into one PDF.</summary>
public static class PieceDocuments
{
    /// <summary>A piece lacks what its document must say.</summary>
    public const string MissingData = "missing-data";

    /// <summary>R96: the outside address has no postal code.</summary>
    public const string MissingPostalCode = "missing-postal-code";

    /// <summary>R99: a name or address is, or holds, what only stands for a missing value.</summary>
    public const string Placeholder = "placeholder";

    /// <summary>The names that FORMATS.md gives to `print`.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. DocumentList.All.Select(document => document.Name)];

    /// <summary>Version of every template, for control.json.</summary>
    public static IReadOnlyDictionary<string, string> TemplateVersions { get; } =
        DocumentList.All.ToDictionary(document => document.Name, document => document.Version);

    /// <summary>Version of every font, for control.json.</summary>
    public static IReadOnlyDictionary<string, string> FontVersions =>
        Fonts.Files.ToDictionary(font => font.Name, font => font.Version);

    /// <summary>
    /// Null where the piece can be printed, else a stable reason code: `missing-glyph` and `placeholder` (R99),
    /// `missing-postal-code` (R96), `does-not-fit`, `missing-data`.
    /// </summary>
    public static string? Check(PieceData piece)
    {
        if (PieceRequirements.Problem(piece) is { } missing)
        {
            return missing;
        }

        var canvas = new Canvas(fonts: null);
        foreach (var page in Composition.Pages(piece))
        {
            canvas.Begin(page.HeightMm);
            page.Variable(canvas);
            if (canvas.Problem is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>Renders a form of any version alone, as paper that is out; <paramref name="piece"/> says what is printed on it.</summary>
    public static void RenderForm(FormDefinition form, PieceData piece, Stream output)
    {
        ArgumentNullException.ThrowIfNull(form);
        using var pdf = new PdfDocument(output, form.Kind);
        foreach (var page in Composition.Form(form, piece))
        {
            pdf.Page(page, []);
        }

        pdf.Finish();
    }

    /// <summary>Renders the pieces in their order; the same input gives the same bytes.</summary>
    /// <exception cref="InvalidOperationException">A piece cannot be printed: <see cref="Check"/> was not asked.</exception>
    public static IReadOnlyList<RenderedPiece> Render(IReadOnlyList<PieceData> pieces, Stream output)
    {
        using var pdf = new PdfDocument(output, pieces.Count == 0 ? "" : pieces[0].Document);
        var marks = new PieceMarkLayers(pdf);
        Span<int> layers = stackalloc int[2];
        var rendered = new List<RenderedPiece>(pieces.Count);
        foreach (var piece in pieces)
        {
            var first = pdf.Pages + 1;
            var pages = Composition.Pages(piece);
            if (piece.PieceId.Length > 0)
            {
                pdf.Record(piece.PieceId);
            }

            for (var i = 0; i < pages.Count; i++)
            {
                if (piece.PieceId.Length > 0 && i % 2 == 0)
                {
                    (layers[0], layers[1]) = marks.Write(pages[i], piece.PieceId, (i / 2) + 1, pages.Count / 2);
                }

                pdf.Page(pages[i], piece.PieceId.Length > 0 ? layers : []);
            }

            rendered.Add(new RenderedPiece(piece.PieceId, first, pages.Count, pages.Count / 2));
        }

        pdf.Finish();
        return rendered;
    }
}
