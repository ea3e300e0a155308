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
    /// <summary>The names that FORMATS.md gives to `print`.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "application-form", "renewal-application-form", "handwritten-application-form", "reapplication-form",
        "issuance-notice", "issuance-notice-letter", "validity-notice-card", "validity-notice-certificates",
        "validity-notice-both", "incomplete-notice", "individual-number-notice", "address-mount",
    ];

    /// <summary>Version of every template, for control.json.</summary>
    public static IReadOnlyDictionary<string, string> TemplateVersions { get; } =
        Names.ToDictionary(name => name, _ => "1");

    /// <summary>Version of every font, for control.json.</summary>
    public static IReadOnlyDictionary<string, string> FontVersions { get; } = new Dictionary<string, string>();

    /// <summary>
    /// Null where the piece can be printed, else a stable reason code: `missing-glyph` (R99), `does-not-fit`,
    /// `missing-data`.
    /// </summary>
    public static string? Check(PieceData piece) => throw new NotSupportedException(piece.Document);

    /// <summary>Renders the pieces in their order; the same input gives the same bytes.</summary>
    public static IReadOnlyList<RenderedPiece> Render(IReadOnlyList<PieceData> pieces, Stream output) =>
        throw new NotSupportedException($"{pieces.Count} {output.CanWrite}");
}
