using MyNumber.Batch.Calendar;
using MyNumber.Batch.Reading;

namespace MyNumber.Batch.Validation;

/// <summary>R09. The applicant is on the register on the business date.</summary>
public static class OnTheRegister
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R09";

    /// <summary>Finding for who died, emigrated, or is not registered yet.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.Resident is { } resident
        && (resident.LeftOn <= facts.BusinessDate || resident.RegisteredOn > facts.BusinessDate)
            ? [Finding.Reject(Id, "not-on-the-register")]
            : [];
}

/// <summary>R10. Under 15 on the day of receipt, or an adult ward: the legal representative fills in and signs.</summary>
public static class Representative
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R10";

    /// <summary>Years of age from which one applies oneself.</summary>
    public const int AgeMin = 15;

    /// <summary>The review item's field: does a person with the paper in hand find the part filled in and signed?</summary>
    public const string BackField = "back";

    /// <summary>The answer that it is; the other one is that it is missing.</summary>
    public const string Complete = "complete";

    private static readonly string[] Parts = ["representative_name", "representative_relation", "representative_address"];

    /// <summary>True where the part must be filled in.</summary>
    public static bool IsNeeded(ApplicationFacts facts) =>
        facts.Resident is { } resident && IsNeeded(resident.BirthDate, resident.AdultWard, facts.ReceivedOn);

    /// <summary>The same from the register's data; also decides R13's signature certificate.</summary>
    public static bool IsNeeded(DateOnly birthDate, bool adultWard, DateOnly receivedOn) =>
        adultWard || Age.On(birthDate, receivedOn) < AgeMin;

    /// <summary>Findings on the representative's part.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts)
    {
        if (facts.Resident is null || (facts.ByMail && facts.FrontPage is null))
        {
            return [];
        }

        return IsNeeded(facts) ? Needed(facts) : NotNeeded(facts);
    }

    private static IEnumerable<Finding> Needed(ApplicationFacts facts)
    {
        if (!facts.ByMail)
        {
            return string.IsNullOrWhiteSpace(facts.Online?.RepresentativeName)
                || string.IsNullOrWhiteSpace(facts.Online?.RepresentativeRelation)
                ? [Finding.Incomplete(Id, "representative-missing")]
                : [];
        }

        if (facts.BackPage is null)
        {
            return facts.Answer(BackField) switch
            {
                null => [Finding.Review(Id, "back-not-readable", BackField, "back")],
                Complete => [],
                _ => [Finding.Incomplete(Id, "representative-missing")],
            };
        }

        var states = Parts.Select(part => (part, facts.Field(part).State)).ToList();
        if (states.Exists(part => part.State == FieldState.Doubtful))
        {
            return states.Where(part => part.State == FieldState.Doubtful)
                .Select(part => Doubtful(part.part));
        }

        return states.Exists(part => part.State == FieldState.Blank)
            ? [Finding.Incomplete(Id, "representative-missing")]
            : [];
    }

    // Somebody else signed for an adult: only with the mayor's acceptance on record for this Application ID.
    private static IEnumerable<Finding> NotNeeded(ApplicationFacts facts)
    {
        if (facts.AgentAccepted)
        {
            return [];
        }

        var agent = facts.ByMail ? facts.Field("representative_name").State
            : string.IsNullOrWhiteSpace(facts.Online?.RepresentativeName) ? FieldState.Blank : FieldState.Read;
        return agent switch
        {
            FieldState.Blank => [],
            FieldState.Doubtful => [Doubtful("representative_name")],
            _ => [Finding.Incomplete(Id, "agent-not-accepted")],
        };
    }

    private static Finding Doubtful(string part) => Finding.Review(Id, $"{part.Replace('_', '-')}-doubtful", part, "back");
}

/// <summary>R11. The applicant's signature (or name with seal) and the date of application.</summary>
public static class SignatureAndDate
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R11";

    /// <summary>A keyer's value for a date that stands there and is none, such as 31 November.</summary>
    public const string Impossible = "impossible";

    /// <summary>The field of the date.</summary>
    public const string DateField = "application_date";

    /// <summary>Findings; none online, where submitting is both.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts)
    {
        if (!facts.ByMail || facts.FrontPage is null)
        {
            yield break;
        }

        switch (facts.Field("applicant_name").State)
        {
            case FieldState.Blank:
                yield return Finding.Incomplete(Id, "signature-missing");
                break;
            case FieldState.Doubtful:
                yield return Finding.Review(Id, "signature-doubtful", "applicant_name");
                break;
        }

        if (Date(facts) is { } finding)
        {
            yield return finding;
        }
    }

    private static Finding? Date(ApplicationFacts facts)
    {
        var written = facts.Field(DateField);
        return written.State switch
        {
            FieldState.Blank => Finding.Incomplete(Id, "date-missing"),
            FieldState.Doubtful => Finding.Review(Id, "date-doubtful", DateField),
            // R05 asks first.
            FieldState.Corrected => null,
            _ when Dates.Parse(written) is null => Finding.Incomplete(Id, "date-impossible"),
            _ when Dates.Parse(written) > facts.ReceivedOn => Finding.Incomplete(Id, "date-after-receipt"),
            _ => null,
        };
    }
}

/// <summary>R13. A certificate's box filled in means NOT wanted; a doubtful one goes to a person.</summary>
public static class CertificateWishes
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R13";

    private static readonly string[] Boxes = ["no_signature_certificate", "no_user_certificate"];

    /// <summary>Findings for doubtful boxes.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        Boxes
            // Who gets no signature certificate anyway is not asked about its box.
            .Where(box => facts.Mark(box) is null && !(box == "no_signature_certificate" && Representative.IsNeeded(facts)))
            .Select(box => Finding.Review(Id, $"{box.Replace('_', '-')}-doubtful", box));

    /// <summary>Wanted, and allowed: not under 15 and not for adult wards (law).</summary>
    public static bool Signature(ApplicationFacts facts) =>
        facts.Mark("no_signature_certificate") == false && !Representative.IsNeeded(facts);

    /// <summary>Wanted.</summary>
    public static bool User(ApplicationFacts facts) => facts.Mark("no_user_certificate") == false;
}

/// <summary>R14. Braille only where its box is filled in; kana matter only then.</summary>
/// <remarks>
/// Kana that take more cells than a card has are incomplete and not cut: where a name ends is the resident's to say, by a
/// form with shorter kana from the municipality, or one without the wish.
/// </remarks>
public static class BrailleWish
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R14";

    /// <summary>Cells on a card.</summary>
    public const int CellsMax = 11;

    /// <summary>The form's item: printed from the register, or written on a form without an Application ID.</summary>
    public const string KanaField = "name_kana";

    /// <summary>Findings on the wish and its kana.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts)
    {
        if (facts.Mark("braille") is not { } wanted)
        {
            return [Finding.Review(Id, "braille-doubtful", "braille")];
        }

        if (!wanted)
        {
            return [];
        }

        return facts.Resident is { } resident && Cells(resident.NameKana) > CellsMax
            ? [.. Kana(facts), Finding.Incomplete(Id, "braille-too-long")]
            : Kana(facts);
    }

    private static IEnumerable<Finding> Kana(ApplicationFacts facts) => facts.Field(KanaField).State switch
    {
        // A new form from the municipality is needed: kana cannot be corrected on this one.
        FieldState.Corrected => [Finding.Incomplete(Id, "kana-corrected")],
        FieldState.Doubtful => [Finding.Review(Id, "kana-doubtful", KanaField)],
        // A keyer looked: what stands there now is what was printed from the register, or a correction.
        FieldState.Read when facts.IsDecided(KanaField) && facts.Resident is { } resident
            && !Texts.Same(facts.Field(KanaField).Value, resident.NameKana) => [Finding.Incomplete(Id, "kana-corrected")],
        _ => [],
    };

    /// <summary>Cells that kana take: one a character, one more for a voiced mark; the space between names is none.</summary>
    public static int Cells(string kana) =>
        kana.Count(c => !char.IsWhiteSpace(c))
        + kana.Count(c => "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ".Contains(ToKatakana(c)));

    private static char ToKatakana(char c) => c is >= 'ぁ' and <= 'ゖ' ? (char)(c + 0x60) : c;
}

/// <summary>R15. Alternative letters are for the certificate only, never on the card.</summary>
public static class AlternativeLetters
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R15";

    /// <summary>A remark for the factory's and the counter's sake.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.Resident is { HasAlternativeLetters: true } ? [Finding.Remark(Id, "alternative-letters")] : [];
}

/// <summary>R35. Who holds a valid card applies only to renew it, or to replace it with the municipality's note.</summary>
public static class ValidCardHeld
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R35";

    /// <summary>Judged on the day of receipt.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.Resident is not null && facts.Cards.Any(card => card.ValidUntil >= facts.ReceivedOn
            && !(card.OrderedHereAndMadeOn > facts.ReceivedOn)
            && !card.ReplacementApproved && !RenewalWindow.Holds(card.ValidUntil, facts.ReceivedOn))
            ? [Finding.Reject(Id, "holds-a-valid-card")]
            : [];
}
