using MyNumber.Templates.Forms;
using MyNumber.Templates.Letters;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>What a piece is made of: the pages of its document, the persons on it, the address of its QR codes.</summary>
internal static class Composition
{
    /// <summary>R01, policy: the address of the QR code where the piece names none.</summary>
    public const string ApplicationSite = "https://net.kojinbango-card.go.jp/apply";

    /// <summary>All pages of the piece's document, two to a sheet.</summary>
    /// <exception cref="ArgumentException">There is no such document.</exception>
    public static List<Page> Pages(PieceData piece) => [.. DocumentList.Get(piece.Document).Pages(piece)];

    /// <summary>The two pages of the newest form of that kind.</summary>
    public static IEnumerable<Page> Form(string kind, PieceData piece) => Form(FormDefinitions.Get(kind), piece);

    /// <summary>The two pages of a form of any version.</summary>
    public static IEnumerable<Page> Form(FormDefinition form, PieceData piece) =>
        ApplicationForms.Pages(form, Person(piece), piece.MunicipalityName, Site(piece));

    /// <summary>The persons of a notice: the household's, or the one whom the flat record names.</summary>
    public static IReadOnlyList<PiecePerson> Persons(PieceData piece) =>
        piece.Persons is { Count: > 0 } persons ? persons : [Person(piece)];

    /// <summary>The address of the QR code.</summary>
    public static string Site(PieceData piece) =>
        string.IsNullOrEmpty(piece.ApplicationSite) ? ApplicationSite : piece.ApplicationSite;

    /// <summary>The one whom the flat record names.</summary>
    public static PiecePerson Person(PieceData piece) => new()
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
