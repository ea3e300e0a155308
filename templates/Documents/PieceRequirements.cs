namespace MyNumber.Templates.Documents;

/// <summary>What a piece of mail must have, so that no sheet goes out with an empty place where a fact belongs.</summary>
internal static class PieceRequirements
{
    /// <summary>True where a piece of mail lacks something that its document must say.</summary>
    public static bool Missing(PieceData piece)
    {
        // A document rendered for itself may be blank: only what is posted must be whole.
        if (piece.PieceId.Length == 0)
        {
            return false;
        }

        var to = Addressee.Of(piece);
        return piece.PieceId.Length != PieceMark.IdLength || IsEmpty(to.Name) || IsEmpty(to.Address) || !HasFacts(piece);
    }

    private static bool HasFacts(PieceData piece) => piece.Document switch
    {
        "application-form" or "reapplication-form" => IsApplicationId(piece.ApplicationId) && !IsEmpty(piece.Name) && !IsEmpty(piece.Address),
        "issuance-notice" or "issuance-notice-letter" =>
            !IsEmpty(piece.PickupPlace) && piece.Earliest is not null && piece.Deadline is not null,
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
