using MyNumber.Batch.Reading;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Validation;

/// <summary>The form registry's row of an Application ID.</summary>
/// <param name="Kind">`qr`, `reapplication`, `renewal`, `notice`.</param>
/// <param name="Masked">Name and address are asterisks (R08).</param>
/// <param name="Void">Its piece was spoiled or lost (R98).</param>
public sealed record FormFacts(string Kind, string PrintedName, string PrintedAddress, bool Masked, bool Void);

/// <summary>What the register says of a resident on the business date.</summary>
public sealed record ResidentFacts(
    string ResidentId, string Name, string NameKana, string Address, DateOnly BirthDate, DateOnly RegisteredOn,
    DateOnly? LeftOn, bool AdultWard, bool HasAlternativeLetters);

/// <summary>A card that was handed over to the resident and not given back.</summary>
/// <param name="ValidUntil">Its last day.</param>
/// <param name="ReplacementApproved">The municipality's note for a lost, damaged or changed card (R35).</param>
/// <param name="OrderedHereAndMadeOn">
/// Day it was made, of a card that was ordered for an application; null for one that the register fed. Who applied before
/// that day did not hold it: such an application is selection's to supersede (R32).
/// </param>
public sealed record HeldCard(DateOnly ValidUntil, bool ReplacementApproved, DateOnly? OrderedHereAndMadeOn = null);

/// <summary>What an online applicant sent.</summary>
public sealed record OnlineFacts(
    DateOnly BirthDate, bool Braille, bool NoSignatureCertificate, bool NoUserCertificate, string RepresentativeName,
    string RepresentativeRelation);

/// <summary>
/// Everything that the rules may know of one application: plain records, loaded before, so that every rule is a pure
/// function. Nothing here reads a clock or a database.
/// </summary>
public sealed record ApplicationFacts
{
    /// <summary>Came by mail; else online, by booth or counter.</summary>
    public required bool ByMail { get; init; }

    /// <summary>Day of receipt; online the Tokyo date of submission.</summary>
    public required DateOnly ReceivedOn { get; init; }

    /// <summary>The night's date.</summary>
    public required DateOnly BusinessDate { get; init; }

    /// <summary>The settings.</summary>
    public required Policy Policy { get; init; }

    /// <summary>Application ID online; by mail the reading tells it.</summary>
    public string? OnlineApplicationId { get; init; }

    /// <summary>The sides as scanned; null where there is no such scan. <see cref="FrontPage"/> is what counts.</summary>
    public PageOutcome? Front { get; init; }

    /// <summary>See <see cref="Front"/>.</summary>
    public PageOutcome? Back { get; init; }

    /// <summary>R23: a loose photograph scanned on its own; online the applicant's JPEG.</summary>
    public PhotoReading? SeparatePhoto { get; init; }

    /// <summary>A loose or sent photograph is there, and could not be read: a person must look, nobody may call it missing.</summary>
    public bool SeparatePhotoUnreadable { get; init; }

    /// <summary>R21. Codes about the bytes of the online photograph.</summary>
    public IReadOnlyList<string> PhotoFileFindings { get; init; } = [];

    /// <summary>Online only.</summary>
    public OnlineFacts? Online { get; init; }

    /// <summary>Registry row of the Application ID; null where no registry knows it.</summary>
    public FormFacts? Form { get; init; }

    /// <summary>The form's resident, or by a handwritten number the number's.</summary>
    public ResidentFacts? Resident { get; init; }

    /// <summary>R37. The handwritten number is one that was changed.</summary>
    public bool NumberWasChanged { get; init; }

    /// <summary>R37. Whose number it was.</summary>
    public string? FormerHolder { get; init; }

    /// <summary>R03. An earlier application used the form.</summary>
    public bool FormWasUsed { get; init; }

    /// <summary>R24. The photograph came with an application of another resident too.</summary>
    public bool PhotoIsShared { get; init; }

    /// <summary>R10. The mayor accepted another agent for this application.</summary>
    public bool AgentAccepted { get; init; }

    /// <summary>R22. Municipality or call centre registered a reason.</summary>
    public bool PhotoExempted { get; init; }

    /// <summary>R35.</summary>
    public IReadOnlyList<HeldCard> Cards { get; init; } = [];

    /// <summary>What keyers decided, by field. It stands above any reading.</summary>
    public IReadOnlyDictionary<string, string> Decisions { get; init; } = new Dictionary<string, string>();

    /// <summary>The page that carries everything but the representative, whichever way round the sheet was fed.</summary>
    public PageReading? FrontPage => Page(1);

    /// <summary>The page with the legal representative's part.</summary>
    public PageReading? BackPage => Page(2);

    /// <summary>True where the paper says that it carries no Application ID: number, name and birth date identify (R06).</summary>
    public bool IdentifiesByNumber => ByMail && FrontPage is { Form: not null } page
        && (page.Form == FormKinds.Handwritten
            || (page.Form == FormKinds.Renewal && page.ApplicationId is { Value: null, From: null }
                && Field("individual_number").State != FieldState.Blank));

    /// <summary>The Application ID that counts: a keyer's, else the one read, else the one sent.</summary>
    public string? ApplicationId =>
        Decisions.TryGetValue("application_id", out var keyed) && keyed.Length > 0 ? keyed
        : ByMail ? FrontPage?.ApplicationId.Value : OnlineApplicationId;

    /// <summary>True where a keyer said what <paramref name="field"/> says.</summary>
    public bool IsDecided(string field) => Decisions.ContainsKey(field);

    /// <summary>A person's answer to a question of <see cref="Answers"/>; null where there is none that settles it.</summary>
    public string? Answer(string field) =>
        Decisions.TryGetValue(field, out var given) && Answers.To(field)?.Contains(given) == true ? given : null;

    /// <summary>A field as it counts: a keyer's word first; blank where the form has no such field.</summary>
    public FieldReading Field(string name)
    {
        if (Decisions.TryGetValue(name, out var keyed))
        {
            return new FieldReading(keyed, 1000, keyed.Length == 0 ? FieldState.Blank : FieldState.Read);
        }

        return FrontPage?.Fields.GetValueOrDefault(name) ?? BackPage?.Fields.GetValueOrDefault(name)
            ?? new FieldReading(null, 1000, FieldState.Blank);
    }

    /// <summary>A mark box as it counts; null where doubtful, false where the form has no such box.</summary>
    public bool? Mark(string name)
    {
        if (Decisions.TryGetValue(name, out var keyed))
        {
            return keyed == "1";
        }

        if (Online is { } online)
        {
            return name switch
            {
                "braille" => online.Braille,
                "no_signature_certificate" => online.NoSignatureCertificate,
                "no_user_certificate" => online.NoUserCertificate,
                _ => false,
            };
        }

        return FrontPage?.Marks.GetValueOrDefault(name) is { } mark ? mark.Filled : false;
    }

    /// <summary>
    /// The date of application: online that of submission. Where it cannot be told, or cannot be right (R11), the day of
    /// receipt stands for it.
    /// </summary>
    public DateOnly ApplicationDate =>
        ByMail && Dates.Parse(Field("application_date")) is { } written && written <= ReceivedOn ? written : ReceivedOn;

    private PageReading? Page(int number)
    {
        var pages = new[] { Front?.Reading, Back?.Reading };
        return Array.Find(pages, page => page is { Registration.Ok: true, Form: not null } && page.FormPage == number);
    }
}

/// <summary>Dates in readings: `YYYY-MM-DD`, or as a keyer typed them (R11).</summary>
internal static class Dates
{
    public static DateOnly? Parse(FieldReading field) =>
        field is { State: FieldState.Read, Value: { } text } ? Calendar.JapaneseEra.Parse(text) : null;
}
