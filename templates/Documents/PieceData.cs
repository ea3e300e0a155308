namespace MyNumber.Templates.Documents;

/// <summary>One error of an incomplete application, as its notice names it (R52).</summary>
/// <param name="Rule">Rule id, `R20`.</param>
/// <param name="Text">The sentence that the applicant reads.</param>
public sealed record PieceError(string Rule, string Text);

/// <summary>A person whose form or notice is printed: columns of residents.csv and forms.csv.</summary>
public sealed record PiecePerson
{
    /// <summary>Name as on the register, character by character (R99).</summary>
    public string? Name { get; init; }

    /// <summary>Name in kana; a placeholder in it is printed as nothing (R99).</summary>
    public string? NameKana { get; init; }

    /// <summary>Alternative letters, for the certificate only (R15).</summary>
    public string? AlternativeLetters { get; init; }

    /// <summary>Day of birth.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>`M`, `F` or empty.</summary>
    public string? Sex { get; init; }

    /// <summary>Seven digits, of the register address.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Register address.</summary>
    public string? Address { get; init; }

    /// <summary>Last day of the period of stay.</summary>
    public DateOnly? StayUntil { get; init; }

    /// <summary>12 digits; on the Individual Number Notice only.</summary>
    public string? IndividualNumber { get; init; }

    /// <summary>23 digits: the form that is printed.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>Print date of the form (R60).</summary>
    public DateOnly? IssuedOn { get; init; }

    /// <summary>True where name and address are printed as asterisks (R08: such a form cannot be used).</summary>
    public bool Masked { get; init; }
}

/// <summary>
/// Everything that one piece prints, as one flat record: the JSON of `print`, and what is frozen (encrypted) with a
/// piece. Names in JSON are snake_case, those of residents.csv and forms.csv. What a document does not print is ignored.
/// </summary>
public sealed record PieceData
{
    /// <summary>DOCUMENT of `print` (FORMATS.md).</summary>
    public required string Document { get; init; }

    /// <summary>16 characters; empty where no piece is printed but a document alone (`print`): then there is no piece mark.</summary>
    public string PieceId { get; init; } = "";

    /// <summary>The addressee on the outside; where empty <see cref="Name"/>.</summary>
    public string? ToName { get; init; }

    /// <summary>Seven digits of the outside address (R43 decides which); where empty <see cref="PostalCode"/>.</summary>
    public string? ToPostalCode { get; init; }

    /// <summary>The outside address (R43 decides which); where empty <see cref="Address"/>.</summary>
    public string? ToAddress { get; init; }

    /// <summary>Name as on the register, character by character (R99).</summary>
    public string? Name { get; init; }

    /// <summary>Name in kana.</summary>
    public string? NameKana { get; init; }

    /// <summary>Alternative letters, for the certificate only (R15).</summary>
    public string? AlternativeLetters { get; init; }

    /// <summary>Day of birth.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>`M`, `F` or empty.</summary>
    public string? Sex { get; init; }

    /// <summary>Seven digits, of the register address.</summary>
    public string? PostalCode { get; init; }

    /// <summary>Register address.</summary>
    public string? Address { get; init; }

    /// <summary>Last day of the period of stay.</summary>
    public DateOnly? StayUntil { get; init; }

    /// <summary>12 digits; on the Individual Number Notice only.</summary>
    public string? IndividualNumber { get; init; }

    /// <summary>23 digits: the ID that this piece carries on mount and form (R98).</summary>
    public string? ApplicationId { get; init; }

    /// <summary>Kind of the form, as in forms.csv.</summary>
    public string? Kind { get; init; }

    /// <summary>Print date of the form (R60); the day of the notice.</summary>
    public DateOnly? IssuedOn { get; init; }

    /// <summary>True where name and address are printed as asterisks (R08).</summary>
    public bool Masked { get; init; }

    /// <summary>Municipality on whose behalf the piece goes out.</summary>
    public string? MunicipalityName { get; init; }

    /// <summary>Its prefecture.</summary>
    public string? Prefecture { get; init; }

    /// <summary>Where the card is picked up.</summary>
    public string? PickupPlace { get; init; }

    /// <summary>Address of that place.</summary>
    public string? PickupAddress { get; init; }

    /// <summary>Telephone of that place.</summary>
    public string? PickupPhone { get; init; }

    /// <summary>First day of pick-up (R45).</summary>
    public DateOnly? Earliest { get; init; }

    /// <summary>Last day of pick-up (R45).</summary>
    public DateOnly? Deadline { get; init; }

    /// <summary>True for the reminder (R44).</summary>
    public bool Reminder { get; init; }

    /// <summary>Day printed as the date of the letter.</summary>
    public DateOnly? PrintedOn { get; init; }

    /// <summary>Under 15 or an adult ward: the guardian's rules apply (R10, R42).</summary>
    public bool Under15OrWard { get; init; }

    /// <summary>All errors of the application, in order of rule id (R52).</summary>
    public IReadOnlyList<PieceError>? Errors { get; init; }

    /// <summary>Last day of the card.</summary>
    public DateOnly? CardValidUntil { get; init; }

    /// <summary>Last day of the signature certificate.</summary>
    public DateOnly? SignatureCertificateUntil { get; init; }

    /// <summary>Last day of the user certificate.</summary>
    public DateOnly? UserCertificateUntil { get; init; }

    /// <summary>Head of the household, to whom its notices are addressed (R80).</summary>
    public string? HouseholdHead { get; init; }

    /// <summary>The persons of a household's notice (R80).</summary>
    public IReadOnlyList<PiecePerson>? Persons { get; init; }

    /// <summary>11 digits of simplified registered mail (R80).</summary>
    public string? RegisteredNumber { get; init; }

    /// <summary>Last day on which the enclosed return envelope may be posted (R50).</summary>
    public DateOnly? ReturnEnvelopeValidUntil { get; init; }

    /// <summary>Mark that matches the returned original to its letter: the application's key (R50).</summary>
    public string? OriginalMark { get; init; }

    /// <summary>Base address of the QR code; the Application ID is appended (R01, policy). Empty: the default.</summary>
    public string? ApplicationSite { get; init; }

    /// <summary>Registered by R43 for this person: the only address on the outside. Used where ToAddress is empty.</summary>
    public string? DeliveryAddress { get; init; }

    /// <summary>Postal code of <see cref="DeliveryAddress"/>.</summary>
    public string? DeliveryPostalCode { get; init; }
}
