using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>Where one piece lies in the file that was rendered.</summary>
/// <param name="PieceId">Its id.</param>
/// <param name="FirstPage">First page, from 1.</param>
/// <param name="Pages">Pages, two to a sheet.</param>
/// <param name="Sheets">Sheets of paper.</param>
public sealed record RenderedPiece(string PieceId, int FirstPage, int Pages, int Sheets);

/// <summary>All that goes into print: checks a piece, renders pieces into one PDF.</summary>
public static class PieceDocuments
{
    /// <summary>R01, policy: the address of the QR code where the piece names none.</summary>
    public const string ApplicationSite = "https://net.kojinbango-card.go.jp/apply";

    /// <summary>A piece lacks what its document must say.</summary>
    public const string MissingData = "missing-data";

    /// <summary>The names that FORMATS.md gives to `print`.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "application-form", "renewal-application-form", "handwritten-application-form", "reapplication-form",
        "issuance-notice", "issuance-notice-letter", "validity-notice-card", "validity-notice-certificates",
        "validity-notice-both", "incomplete-notice", "individual-number-notice", "address-mount",
    ];

    /// <summary>Version of every template, for control.json.</summary>
    public static IReadOnlyDictionary<string, string> TemplateVersions { get; } = Names.ToDictionary(name => name, _ => "1");

    /// <summary>Version of every font, for control.json.</summary>
    public static IReadOnlyDictionary<string, string> FontVersions =>
        Fonts.Files.ToDictionary(font => font.Name, font => font.Version);

    /// <summary>
    /// Null where the piece can be printed, else a stable reason code: `missing-glyph` (R99), `does-not-fit`,
    /// `missing-data`.
    /// </summary>
    public static string? Check(PieceData piece)
    {
        var fonts = new FontUse();
        foreach (var page in Compose(piece))
        {
            var canvas = new Canvas(page.HeightMm, fonts);
            page.Variable(canvas);
            if (canvas.Problem is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    /// <summary>Renders the pieces in their order; the same input gives the same bytes.</summary>
    /// <exception cref="InvalidOperationException">A piece cannot be printed: <see cref="Check"/> was not asked.</exception>
    public static IReadOnlyList<RenderedPiece> Render(IReadOnlyList<PieceData> pieces, Stream output)
    {
        using var pdf = new PdfDocument(output, pieces.Count == 0 ? "" : pieces[0].Document);
        var rendered = new List<RenderedPiece>(pieces.Count);
        foreach (var piece in pieces)
        {
            var first = pdf.Pages + 1;
            foreach (var page in Compose(piece))
            {
                pdf.Page(page.Name, page.WidthMm, page.HeightMm, page.Static, page.Variable);
            }

            var pages = pdf.Pages + 1 - first;
            rendered.Add(new RenderedPiece(piece.PieceId, first, pages, pages / 2));
        }

        pdf.Finish();
        return rendered;
    }

    private static List<Page> Compose(PieceData piece) => piece.Document switch
    {
        "application-form" or "renewal-application-form" or "reapplication-form" => [.. ApplicationForms.Pages(
            piece.Document, Person(piece), piece.MunicipalityName, piece.ApplicationSite ?? ApplicationSite)],
        "handwritten-application-form" => [.. ApplicationForms.Pages(piece.Document, null, null, ApplicationSite)],
        _ => throw new ArgumentException($"There is no document `{piece.Document}`."),
    };

    private static PiecePerson Person(PieceData piece) => new()
    {
        Name = piece.Name,
        NameKana = piece.NameKana,
        AlternativeLetters = piece.AlternativeLetters,
        BirthDate = piece.BirthDate,
        Sex = piece.Sex,
        PostalCode = piece.PostalCode,
        Address = piece.Address,
        StayUntil = piece.StayUntil,
        IndividualNumber = piece.IndividualNumber,
        ApplicationId = piece.ApplicationId,
        IssuedOn = piece.IssuedOn,
        Masked = piece.Masked,
    };
}
