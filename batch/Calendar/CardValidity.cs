namespace MyNumber.Batch.Calendar;

/// <summary>R40 as dated parameters: the terms for cards applied for from a day on. The next card adds a line.</summary>
/// <param name="AppliedFrom">First day of receipt to which they apply.</param>
/// <param name="AdultAge">Age at issue from which the longer validity holds, years.</param>
/// <param name="AdultBirthdays">Valid to this birthday after issue.</param>
/// <param name="MinorBirthdays">The same for the younger ones.</param>
/// <param name="CertificateBirthdays">The same for both certificates.</param>
/// <param name="WithoutPhotographAge">R20. The birthday that ends a card without a photograph, years of age.</param>
public sealed record CardTerms(
    DateOnly AppliedFrom, int AdultAge, int AdultBirthdays, int MinorBirthdays, int CertificateBirthdays,
    int WithoutPhotographAge = 5)
{
    /// <summary>All terms, oldest first.</summary>
    public static IReadOnlyList<CardTerms> All { get; } =
    [
        new(DateOnly.MinValue, AdultAge: 20, AdultBirthdays: 10, MinorBirthdays: 5, CertificateBirthdays: 5),
        // C2: the line fell to 18 for what was applied for after 31 March 2022.
        new(new DateOnly(2022, 4, 1), AdultAge: 18, AdultBirthdays: 10, MinorBirthdays: 5, CertificateBirthdays: 5),
    ];

    /// <summary>The terms for what was applied for on <paramref name="appliedOn"/>.</summary>
    public static CardTerms For(DateOnly appliedOn) => All.Last(terms => terms.AppliedFrom <= appliedOn);
}

/// <summary>What decides how long a card is valid.</summary>
/// <param name="OldCardValidUntil">End of the card that it renews, if it renews one.</param>
/// <param name="StayUntil">End of the period of stay; null for Japanese and permanent residents.</param>
/// <param name="SignatureCertificate">Wanted and allowed (R13).</param>
/// <param name="UserCertificate">Wanted.</param>
/// <param name="WithoutPhotograph">R20. Applied for before the first birthday: it shows no face.</param>
/// <param name="RenewalAddsAYear">*Policy*: one birthday more for renewals.</param>
public sealed record CardFacts(
    DateOnly BirthDate, DateOnly AppliedOn, DateOnly IssuedOn, DateOnly? OldCardValidUntil, DateOnly? StayUntil,
    bool SignatureCertificate, bool UserCertificate, bool WithoutPhotograph = false, bool RenewalAddsAYear = true);

/// <summary>R40. Last days of a card and its certificates.</summary>
/// <param name="ValidUntil">Last day of the card.</param>
/// <param name="SignatureCertificateUntil">Null where the card has none.</param>
/// <param name="UserCertificateUntil">Null where the card has none.</param>
/// <param name="EndsWithStay">The card's end is that of the period of stay (R70: no notice then).</param>
public sealed record CardValidity(
    DateOnly ValidUntil, DateOnly? SignatureCertificateUntil, DateOnly? UserCertificateUntil, bool EndsWithStay)
{
    /// <summary>Decides all four.</summary>
    public static CardValidity Of(CardFacts facts)
    {
        var terms = CardTerms.For(facts.AppliedOn);
        // Judged on the day of issue: issued after the old card's end, no birthday would be lost without the extra one.
        var extra = facts.RenewalAddsAYear && facts.OldCardValidUntil is { } old
            && RenewalWindow.Holds(old, facts.IssuedOn) ? 1 : 0;
        var adult = Age.On(facts.BirthDate, facts.IssuedOn) >= terms.AdultAge;
        var birthdays = (adult ? terms.AdultBirthdays : terms.MinorBirthdays) + extra;
        var byBirthday = Birthday(facts.BirthDate, facts.IssuedOn, birthdays);
        if (facts.WithoutPhotograph && facts.BirthDate.AddYears(terms.WithoutPhotographAge) is var last && last > facts.IssuedOn)
        {
            // Made after the first birthday, its fifth birthday from issue would be the sixth: it ends at the fifth all the same.
            byBirthday = Earlier(byBirthday, last);
        }

        var endsWithStay = facts.StayUntil < byBirthday;
        var card = endsWithStay ? facts.StayUntil!.Value : byBirthday;
        var certificates = Earlier(card, Birthday(facts.BirthDate, facts.IssuedOn, terms.CertificateBirthdays + extra));
        return new CardValidity(
            card,
            facts.SignatureCertificate ? certificates : null,
            facts.UserCertificate ? certificates : null,
            endsWithStay);
    }

    /// <summary>
    /// The Nth birthday after <paramref name="issuedOn"/>. One on that very day is not counted (*policy*); for those born
    /// on 29 February it is 28 February in common years (*policy*), unlike their age (R10).
    /// </summary>
    public static DateOnly Birthday(DateOnly birthDate, DateOnly issuedOn, int number)
    {
        var first = In(issuedOn.Year) > issuedOn ? issuedOn.Year : issuedOn.Year + 1;
        return In(first + number - 1);

        // AddYears moves 29 February to the 28th, as the policy has it.
        DateOnly In(int year) => birthDate.AddYears(year - birthDate.Year);
    }

    private static DateOnly Earlier(DateOnly a, DateOnly b) => a < b ? a : b;
}
