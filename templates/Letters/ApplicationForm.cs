using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Letters;

/// <summary>
/// The application forms as documents. One that is a piece of mail has an address mount in front, which carries the same
/// Application ID (R98); one rendered for itself (no piece id) is the form alone.
/// </summary>
public static class ApplicationForm
{
    /// <summary>The form that is mailed to whoever asks for it (R60).</summary>
    public static Document Printed { get; } = new(FormKinds.Application, Pages, Examples.Resident)
    {
        IsForm = true,
        CarriesIds = true,
        HasFacts = IsFilledIn,
    };

    /// <summary>Each kind of form.</summary>
    internal static IReadOnlyList<Document> Documents { get; } =
    [
        Printed,
        new(FormKinds.Renewal, Pages, document => Examples.Resident(document) with { ApplicationId = null }) { IsForm = true },
        new(FormKinds.Handwritten, BlankPages, document => new PieceData { Document = document }) { IsForm = true, IsBlank = true },
        new(FormKinds.Reapplication, Pages, Examples.Resident)
        {
            IsForm = true,
            CarriesIds = true,
            HasFacts = IsFilledIn,
        },
    ];

    private static IEnumerable<Page> Pages(PieceData piece) => Mounted(
        piece, ApplicationForms.Pages(piece.Document, Composition.Person(piece), piece.MunicipalityName, Composition.Site(piece)));

    private static IEnumerable<Page> BlankPages(PieceData piece) =>
        Mounted(piece, ApplicationForms.Pages(piece.Document, null, null, Composition.Site(piece)));

    private static IEnumerable<Page> Mounted(PieceData piece, IEnumerable<Page> form) =>
        piece.PieceId.Length == 0 ? form : AddressMount.OfForm(piece).Concat(form);

    private static bool IsFilledIn(PieceData piece) =>
        Facts.IsApplicationId(piece.ApplicationId) && !Facts.IsEmpty(piece.Name) && !Facts.IsEmpty(piece.Address);
}
