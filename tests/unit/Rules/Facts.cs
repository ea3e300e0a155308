using MyNumber.Batch;
using MyNumber.Batch.Reading;
using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>An application without an error, and small changes of it. Each test changes what its rule looks at.</summary>
internal static class Facts
{
    public static readonly DateOnly Received = new(2026, 11, 24);

    public static ResidentFacts Adult { get; } = new(
        "R1", "番号　花子", "バンゴウ　ハナコ", "東京都千代田区　１－２－３", new(1990, 6, 15), new(2020, 4, 1), null, false, false);

    public static ResidentFacts Child { get; } = Adult with { BirthDate = new(2015, 6, 15) };

    public static PhotoReading Photo { get; } = new(true, 35, 45, 413, 0.5, true, 700, true, 150, true);

    public static ApplicationFacts Mail { get; } = new()
    {
        ByMail = true,
        ReceivedOn = Received,
        BusinessDate = Received,
        Policy = new Policy(),
        Form = new FormFacts("qr", Adult.Name, Adult.Address, false, false),
        Resident = Adult,
        Front = new PageOutcome(Page("application-form", 1), null),
        Back = new PageOutcome(Page("application-form", 2), null),
    };

    public static ApplicationFacts Online { get; } = Mail with
    {
        ByMail = false,
        Front = null,
        Back = null,
        OnlineApplicationId = new string('1', 23),
        SeparatePhoto = Photo with { WidthMm = null, HeightMm = null },
        Online = new OnlineFacts(Adult.BirthDate, false, false, false, "", ""),
    };

    public static ApplicationFacts Handwritten { get; } = (Mail with { Form = null }).Front1(page => page with
    {
        Form = "handwritten-application-form",
        ApplicationId = new ApplicationIdReading(null, null, 0),
    }).Field("individual_number", "123456789018").Field("birth_date", "1990-06-15").Field("name", null) with
    {
        Decisions = new Dictionary<string, string> { ["name"] = "番号 花子" },
    };

    public static ApplicationFacts Front1(this ApplicationFacts facts, Func<PageReading, PageReading> change) =>
        facts with { Front = new PageOutcome(change(facts.Front!.Reading!), null) };

    public static ApplicationFacts Field(
        this ApplicationFacts facts, string name, string? value, FieldState state = FieldState.Read) =>
        name.StartsWith("representative", StringComparison.Ordinal)
            ? facts with { Back = new PageOutcome(Changed(facts.Back!.Reading!, name, value, state), null) }
            : facts.Front1(page => Changed(page, name, value, state));

    public static ApplicationFacts Mark(this ApplicationFacts facts, string name, bool? filled) =>
        facts.Front1(page => page with
        {
            Marks = new Dictionary<string, MarkReading>(page.Marks) { [name] = new MarkReading(filled, 500) },
        });

    public static ApplicationFacts Picture(this ApplicationFacts facts, Func<PhotoReading, PhotoReading> change) =>
        facts.Front1(page => page with { Photo = change(page.Photo!) });

    public static ApplicationFacts Decided(this ApplicationFacts facts, string field, string value) =>
        facts with { Decisions = new Dictionary<string, string>(facts.Decisions) { [field] = value } };

    /// <summary>`severity rule detail` of every finding, in the rules' order.</summary>
    public static string Says(this ApplicationFacts facts) => string.Join(
        ", ", ApplicationRules.Judge(facts).Findings.Select(f => $"{Finding.Word(f.Severity)} {f.Rule} {f.Detail}"));

    private static PageReading Changed(PageReading page, string name, string? value, FieldState state) =>
        page with { Fields = new Dictionary<string, FieldReading>(page.Fields) { [name] = new(value, 990, state) } };

    private static PageReading Page(string form, int number) => new(
        form, 1, number, new Registration(true, 0.1, 1, 0, 0),
        new ApplicationIdReading(number == 1 ? new string('1', 23) : null, number == 1 ? ApplicationIdSource.Both : null, 999),
        number == 2 ? new Dictionary<string, FieldReading>() : new Dictionary<string, FieldReading>
        {
            ["applicant_name"] = new(null, 990, FieldState.Read),
            ["application_date"] = new("2026-11-20", 990, FieldState.Read),
        },
        number == 2 ? new Dictionary<string, MarkReading>() : new Dictionary<string, MarkReading>
        {
            ["no_signature_certificate"] = new(false, 5), ["no_user_certificate"] = new(false, 5), ["braille"] = new(false, 5),
        },
        number == 2 ? null : Photo, [], false);
}
