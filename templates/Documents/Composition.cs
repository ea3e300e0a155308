using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>Which pages make up a piece: the document, and what must lie in front of it in an envelope.</summary>
internal static class Composition
{
    /// <summary>R01, policy: the address of the QR code where the piece names none.</summary>
    public const string ApplicationSite = "https://net.kojinbango-card.go.jp/apply";

    /// <summary>
    /// All pages, two to a sheet. A form that is a piece of mail has an address mount in front, which carries the same
    /// Application ID (R98); a form rendered for itself (no piece id) is the form alone.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such document.</exception>
    public static List<Page> Pages(PieceData piece)
    {
        var (person, site) = (Person(piece), Site(piece));
        IEnumerable<Page> pages = piece.Document switch
        {
            "application-form" or "renewal-application-form" or "reapplication-form" =>
                Mounted(piece, ApplicationForms.Pages(piece.Document, person, piece.MunicipalityName, site)),
            "handwritten-application-form" => Mounted(piece, ApplicationForms.Pages(piece.Document, null, null, site)),
            "issuance-notice" => IssuanceNotice.Pages(piece),
            "issuance-notice-letter" => IssuanceNoticeLetter.Pages(piece),
            "validity-notice-card" => ValidityNotice.Pages(piece, Ending.Card, person, site),
            "validity-notice-certificates" => ValidityNotice.Pages(piece, Ending.Certificates, person, site),
            "validity-notice-both" => ValidityNotice.Pages(piece, Ending.Both, person, site),
            "incomplete-notice" => IncompleteNotice.Pages(piece, person, site),
            "individual-number-notice" => IndividualNumberNotice.Pages(piece, Persons(piece), site),
            "address-mount" => AddressMount.Pages(piece, FormMount, FormContents),
            _ => throw new ArgumentException($"There is no document `{piece.Document}`."),
        };
        return [.. pages];
    }

    /// <summary>The two pages of a form of any version.</summary>
    public static IEnumerable<Page> Form(FormDefinition form, PieceData piece) =>
        ApplicationForms.Pages(form, Person(piece), piece.MunicipalityName, Site(piece));

    /// <summary>The persons of a notice: the household's, or the one whom the flat record names.</summary>
    public static IReadOnlyList<PiecePerson> Persons(PieceData piece) =>
        piece.Persons is { Count: > 0 } persons ? persons : [Person(piece)];

    /// <summary>True for a form that has no address of its own: as a piece of mail it lies behind a mount.</summary>
    public static bool IsForm(string document) => document is "application-form" or "renewal-application-form" or "reapplication-form"
        or "handwritten-application-form";

    private const string FormMount = "個人番号カード交付申請書在中";
    private static readonly string[] FormContents = ["個人番号カード交付申請書", "返信用封筒"];

    private static IEnumerable<Page> Mounted(PieceData piece, IEnumerable<Page> form) =>
        piece.PieceId.Length == 0 ? form : AddressMount.Pages(piece, FormMount, FormContents).Concat(form);

    private static string Site(PieceData piece) =>
        string.IsNullOrEmpty(piece.ApplicationSite) ? ApplicationSite : piece.ApplicationSite;

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
        IssuedOn = piece.IssuedOn ?? piece.PrintedOn,
        Masked = piece.Masked,
    };
}
