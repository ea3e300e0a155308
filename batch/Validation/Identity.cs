using MyNumber.Batch.Calendar;
using MyNumber.Batch.Reading;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Validation;

/// <summary>R01. An Application ID is 23 decimal digits, kept as text.</summary>
public static class ApplicationIdForm
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R01";

    /// <summary>Digits of an Application ID.</summary>
    public const int Length = 23;

    /// <summary>True for 23 ASCII digits, leading zeros and all.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) =>
        text.Length == Length && !text.ContainsAnyExceptInRange('0', '9');
}

/// <summary>R02. QR first; digits must agree where they can be read; the registry, and online the birth date, decide.</summary>
public static class ApplicationIdKnown
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R02";

    /// <summary>Findings: none where the Application ID leads to its form without doubt.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) => facts.ByMail ? ByMail(facts) : Online(facts);

    private static IEnumerable<Finding> Online(ApplicationFacts facts)
    {
        if (facts.Form is null)
        {
            return [Finding.Reject(Id, "id-unknown")];
        }

        return facts.Resident?.BirthDate == facts.Online?.BirthDate ? [] : [Finding.Reject(Id, "birth-date-differs")];
    }

    private static IEnumerable<Finding> ByMail(ApplicationFacts facts)
    {
        if (facts.FrontPage is not { } page)
        {
            return [FrontNotUsable(facts)];
        }

        if (facts.IdentifiesByNumber)
        {
            return [];
        }

        // A keyer looked at QR and digits, so only the registry is left to agree.
        if (page.ApplicationId.From == ApplicationIdSource.Differ && !facts.IsDecided("application_id"))
        {
            return [Doubt("qr-and-digits-differ")];
        }

        if (facts.ApplicationId is null)
        {
            return [Doubt("id-unreadable")];
        }

        if (!facts.IsDecided("application_id"))
        {
            if (page.ApplicationId.From == ApplicationIdSource.Digits && facts.Form is not null
                && Dates.Parse(facts.Field("birth_date")) != facts.Resident?.BirthDate)
            {
                return [Doubt("digits-without-birth-date")];
            }
        }

        return facts.Form is null ? [Doubt("id-unknown")] : [];
    }

    // Nothing else of the application can be told: its identity stands on the front.
    private static Finding FrontNotUsable(ApplicationFacts facts)
    {
        var detail = facts.Front is null ? "front-missing"
            : facts.Front.Reading is { Form: null } ? "paper-unknown"
            : "front-unreadable";
        return Finding.Review(Id, detail, "front");
    }

    private static Finding Doubt(string detail) => Finding.Review(Id, detail, "application_id");
}

/// <summary>R07. A handwritten number needs its check digit; a wrong one is looked at before R06 decides.</summary>
public static class NumberCheckDigit
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R07";

    /// <summary>Finding where the number as read cannot be one.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts)
    {
        var number = facts.Field("individual_number");
        return facts.IdentifiesByNumber && number is { State: FieldState.Read, Value: { } digits }
            && !facts.IsDecided("individual_number") && !IndividualNumber.IsValid(digits)
            ? [Finding.Review(Id, "check-digit-wrong", "individual_number")]
            : [];
    }
}

/// <summary>R37. A number that was changed no longer identifies: it gets its own finding.</summary>
public static class NumberChanged
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R37";

    /// <summary>Finding for an old number.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.IdentifiesByNumber && facts.NumberWasChanged ? [Finding.Reject(Id, "number-was-changed")] : [];
}

/// <summary>R06. Without an Application ID, number, date of birth and name must lead to one resident.</summary>
/// <remarks>
/// The machine sees only that a handwritten name is there, not what it says, so a keyer reads every one: a card for the
/// wrong person is worse than a question.
/// </remarks>
public static class HandwrittenIdentity
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R06";

    /// <summary>Findings: none where all three lead to one resident.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts)
    {
        if (!facts.IdentifiesByNumber || facts.NumberWasChanged)
        {
            return [];
        }

        var doubts = Doubts(facts).ToList();
        if (doubts.Count > 0)
        {
            return doubts;
        }

        // A wrong check digit that nobody confirmed yet says nothing about the resident: R07 asks first.
        if (NumberCheckDigit.Check(facts).Any())
        {
            return [];
        }

        return facts.Resident is { } resident
            && Dates.Parse(facts.Field("birth_date")) == resident.BirthDate
            // A register without the name rejects nobody: R99 asks the municipality.
            && (Placeholders.In(resident.Name) || Texts.Same(facts.Field("name").Value, resident.Name))
            ? []
            : [Finding.Reject(Id, "no-single-resident")];
    }

    private static IEnumerable<Finding> Doubts(ApplicationFacts facts)
    {
        foreach (var name in (string[])["individual_number", "birth_date", "name"])
        {
            var written = facts.Field(name);
            if (written.State == FieldState.Corrected)
            {
                // Struck out and written anew is allowed (R05): nobody is rejected before a keyer has read it.
                yield return Corrections.Of(name);
            }
            else if (written.State == FieldState.Doubtful || written is { State: FieldState.Read, Value: null })
            {
                yield return Finding.Review(Id, name == "name" ? "name-to-be-keyed" : $"{name.Replace('_', '-')}-doubtful", name);
            }
        }
    }
}
