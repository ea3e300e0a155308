using MyNumber.Templates.Codes;
using MyNumber.Templates.Forms;

namespace MyNumber.Templates.Documents;

/// <summary>What a piece of mail must have, so that no sheet goes out with an empty place where a fact belongs.</summary>
internal static class PieceRequirements
{
    /// <summary>Null where all is there, else the reason why the piece is withheld.</summary>
    public static string? Problem(PieceData piece)
    {
        var to = Addressee.Of(piece);
        // A document rendered for itself may be blank: only what is posted must be whole.
        var isMail = piece.PieceId.Length > 0;
        if (isMail && (piece.PieceId.Length != PieceMark.IdLength || IsEmpty(to.Name) || IsEmpty(to.Address) || !HasFacts(piece)))
        {
            return PieceDocuments.MissingData;
        }

        if (NamesAndAddresses(piece, to).Any(Placeholders.In))
        {
            return PieceDocuments.Placeholder;
        }

        return PostalCode.IsNormal(to.PostalCode) || !NeedsPostalCode(piece, to) ? null : PieceDocuments.MissingPostalCode;
    }

    // R96: on every piece; and wherever an address is printed to be posted to.
    private static bool NeedsPostalCode(PieceData piece, Addressee to) =>
        piece.PieceId.Length > 0 || (!Composition.IsForm(piece.Document) && !IsEmpty(to.Address));

    private static IEnumerable<string?> NamesAndAddresses(PieceData piece, Addressee to)
    {
        if (piece.PieceId.Length > 0 || !Composition.IsForm(piece.Document))
        {
            yield return to.Name;
            yield return to.Address;
        }

        // A form that is masked on purpose prints neither (R08); one that is filled in by hand has no printed name.
        if (Composition.IsForm(piece.Document)
            && FormDefinitions.Get(piece.Document).Pages[0].Find("name")!.Type != FormItemType.Printed)
        {
            yield break;
        }

        foreach (var person in Composition.Persons(piece).Where(person => !person.Masked))
        {
            yield return person.Name;
            yield return person.Address;
        }
    }

    private static bool HasFacts(PieceData piece) => piece.Document switch
    {
        // Who asks for a form to be filled in by hand is nobody's in particular.
        "handwritten-application-form" => true,
        _ when IsEmpty(piece.MunicipalityName) => false,
        "application-form" or "reapplication-form" => IsApplicationId(piece.ApplicationId) && !IsEmpty(piece.Name)
            && !IsEmpty(piece.Address),
        "issuance-notice" or "issuance-notice-letter" =>
            // R41: without place, address and telephone nobody knows where to go; a day before the first helps nobody.
            !IsEmpty(piece.PickupPlace) && !IsEmpty(piece.PickupAddress) && !IsEmpty(piece.PickupPhone)
            && piece.Earliest is { } earliest && piece.Deadline >= earliest,
        "validity-notice-card" => piece.CardValidUntil is not null,
        "validity-notice-certificates" => (piece.SignatureCertificateUntil ?? piece.UserCertificateUntil) is not null,
        "validity-notice-both" =>
            piece.CardValidUntil is not null && (piece.SignatureCertificateUntil ?? piece.UserCertificateUntil) is not null,
        "incomplete-notice" => IsApplicationId(piece.ApplicationId) && piece.Errors is { Count: > 0 } && !IsEmpty(piece.Name),
        "individual-number-notice" => Composition.Persons(piece).All(person =>
            !IsEmpty(person.Name) && person.IndividualNumber is { Length: 12 } && IsApplicationId(person.ApplicationId)),
        _ => true,
    };

    private static bool IsApplicationId(string? id) => id is { Length: 23 } && id.All(char.IsAsciiDigit);

    private static bool IsEmpty(string? text) => string.IsNullOrWhiteSpace(text);
}
