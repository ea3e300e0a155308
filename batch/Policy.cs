namespace MyNumber.Batch;

/// <summary>
/// Every setting that RULES.md marks *policy*, with the default it gives. Read once at start and checked by
/// <see cref="Validate"/>; rules get it as a parameter.
/// </summary>
public sealed record Policy
{
    /// <summary>The names of all settings; case means nothing.</summary>
    public static IReadOnlySet<string> Names { get; } = typeof(Policy)
        .GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance)
        .Select(setting => setting.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>R01. The application site's address; the Application ID is its query value `id`.</summary>
    public string ApplicationSite { get; init; } = "https://net.kojinbango-card.go.jp/apply";

    /// <summary>R20. Smallest photograph that can still be trimmed: width, mm.</summary>
    public double PhotoWidthMmMin { get; init; } = 31;

    /// <summary>R20. Smallest photograph that can still be trimmed: height, mm.</summary>
    public double PhotoHeightMmMin { get; init; } = 40;

    /// <summary>R20. Fewest pixels across the photograph.</summary>
    public int PhotoWidthPxMin { get; init; } = 240;

    /// <summary>R20. Least height of the face, chin to crown, of the photograph's height: per mille.</summary>
    public int PhotoFaceHeightMin { get; init; } = 350;

    /// <summary>R20. Greatest height of the face, of the photograph's height: per mille.</summary>
    public int PhotoFaceHeightMax { get; init; } = 950;

    /// <summary>R30. On one day mail comes before online.</summary>
    public bool MailBeforeOnline { get; init; } = true;

    /// <summary>R40. Renewed within the last three months of the old card: one birthday more.</summary>
    public bool RenewalAddsAYear { get; init; } = true;

    /// <summary>R41. Service level from application to Issuance Notice, days; what is later is reported.</summary>
    public int IssuanceNoticeDaysMax { get; init; } = 30;

    /// <summary>R51. Sender of the messages to online applicants: an address without a display name.</summary>
    public string MailFrom { get; init; } = "no-reply@mynumber.invalid";

    /// <summary>R48. How long images of delivered cards and dead applications are kept, months.</summary>
    public int ImagesKeptMonths { get; init; } = 6;

    /// <summary>
    /// A night destroys and proposes at most so many times the largest number of the last nights; more waits for two
    /// people.
    /// </summary>
    public int DestructionTimesMax { get; init; } = 3;

    /// <summary>Nights that this largest number is taken from.</summary>
    public int DestructionNights { get; init; } = 30;

    /// <summary>What a night may destroy, or propose, whatever the nights before it did.</summary>
    public int DestructionMin { get; init; } = 100;

    /// <summary>R50. Printed end date of the return envelope in stock.</summary>
    public DateOnly ReturnEnvelopeValidUntil { get; init; } = new(2028, 5, 31);

    /// <summary>R50. Days after a letter's date on which its return envelope may still be posted.</summary>
    public int ReturnEnvelopeDaysMin { get; init; } = 30;

    /// <summary>R61. Months in which no second form is sent to a resident by a campaign.</summary>
    public int CampaignPauseMonths { get; init; } = 6;

    /// <summary>R70. Days before the end from which a Notification of Validation Period is sent.</summary>
    public int ValidityNoticeDaysBefore { get; init; } = 75;

    /// <summary>R71. Days from its notice for which an incomplete application counts as under way.</summary>
    public int IncompleteUnderWayDays { get; init; } = 60;

    /// <summary>R80. Oldest assignment of a new number that still brings a notice, days before it is first seen.</summary>
    public int NumberAssignedDaysMax { get; init; } = 60;

    /// <summary>R80. First ten digits of the first registered-mail number of the range that the post office gave.</summary>
    public long RegisteredRangeFirst { get; init; } = 3_136_000_000;

    /// <summary>R80. First ten digits of the last one.</summary>
    public long RegisteredRangeLast { get; init; } = 3_136_999_999;

    /// <summary>R96. Days in which what was taken in is decided; longer is held at a step that was skipped.</summary>
    public int ReceivedDaysMax { get; init; } = 1;

    /// <summary>R96. Days in which a person looks at what is in review.</summary>
    public int ReviewDaysMax { get; init; } = 3;

    /// <summary>R96. Days in which a value is keyed once more, blind.</summary>
    public int RekeyDaysMax { get; init; } = 30;

    /// <summary>R96. Days in which an incomplete application is made good.</summary>
    public int IncompleteDaysMax { get; init; } = 90;

    /// <summary>R96. Days for which a valid application waits for an earlier one.</summary>
    public int WaitingDaysMax { get; init; } = 14;

    /// <summary>R96. Days in which a winner's card is ordered.</summary>
    public int SelectedDaysMax { get; init; } = 1;

    /// <summary>R96. Days from the order of a card to its arrival.</summary>
    public int OrderedDaysMax { get; init; } = 21;

    /// <summary>R96. Days from a card's arrival to its Issuance Notice.</summary>
    public int ArrivedDaysMax { get; init; } = 3;

    /// <summary>R96. Days for which a card may lie after its storage has ended, kept by somebody (R46).</summary>
    public int StorageOverDaysMax { get; init; } = 30;

    /// <summary>R96. Days in which a disposal list is approved and confirmed.</summary>
    public int DisposalDaysMax { get; init; } = 30;

    /// <summary>R96. Days in which a wanted piece lies in a drop, and a drop is handed over.</summary>
    public int WantedDaysMax { get; init; } = 1;

    /// <summary>R96. Days in which somebody sees to a piece that is withheld.</summary>
    public int WithheldDaysMax { get; init; } = 3;

    /// <summary>R96. Working days of the print vendor in which it acknowledges a drop.</summary>
    public int AcknowledgementBusinessDays { get; init; } = 1;

    /// <summary>R96. Working days of the print vendor from its acknowledgement to the posting.</summary>
    public int PostingBusinessDays { get; init; } = 3;

    /// <summary>R96. Days in which a spoiled piece is destroyed.</summary>
    public int SpoiledDaysMax { get; init; } = 10;

    /// <summary>R96. Days in which the second of two people says what the first has said.</summary>
    public int SecondPersonDaysMax { get; init; } = 3;

    /// <summary>R96. Days for which a row or an answer waits for its day or its subject.</summary>
    public int RowDaysMax { get; init; } = 30;

    /// <summary>Days on which the vendor is closed although offices are open: inventory, summer holidays.</summary>
    public IReadOnlyList<DateOnly> VendorClosedOn { get; init; } = [];

    /// <summary>R95. Business days after receipt before which an inquiry is answered as unknown.</summary>
    public int InquiryBusinessDays { get; init; } = 2;

    /// <summary>R95. Months after receipt in which an inquiry is answered.</summary>
    public int InquiryMonths { get; init; } = 6;

    /// <summary>FORMATS.md. Pieces in one PDF at most.</summary>
    public int PiecesPerFileMax { get; init; } = 5_000;

    /// <summary>FORMATS.md. Days for which feeds, events and answers lie in the archive.</summary>
    public int ArchiveDays { get; init; } = 30;

    /// <summary>Share of the values the reader was sure of that people key once more without seeing it: per mille.</summary>
    public int RekeyPerMille { get; init; } = 10;

    /// <summary>Substitutions among sure values that are put up with, per 10,000; surely more on a scanner is an alert.</summary>
    public int MisreadPer10000Max { get; init; } = 10;

    /// <summary>Days over which a scanner's misreadings are counted.</summary>
    public int MisreadDays { get; init; } = 92;

    /// <summary>Outside production every drop's name begins with `TEST-`, and the local id key is allowed.</summary>
    public bool Production { get; init; }

    /// <summary>Throws where a setting contradicts a rule, naming the setting.</summary>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    public Policy Validate()
    {
        Require(PhotoWidthMmMin is > 0 and <= 35, nameof(PhotoWidthMmMin), "lies above 0 and is 35 at most");
        Require(PhotoHeightMmMin is > 0 and <= 45, nameof(PhotoHeightMmMin), "lies above 0 and is 45 at most");
        Require(PhotoWidthPxMin is >= 1 and <= 6_000, nameof(PhotoWidthPxMin), "lies between 1 and 6,000 pixels");
        Require(
            PhotoFaceHeightMin >= 0 && PhotoFaceHeightMin < PhotoFaceHeightMax && PhotoFaceHeightMax <= 1000,
            nameof(PhotoFaceHeightMin), $"is not negative and lies below {nameof(PhotoFaceHeightMax)}, which is 1000 at most");
        Require(IssuanceNoticeDaysMax >= 1, nameof(IssuanceNoticeDaysMax), "is 1 at least");
        Require(IncompleteUnderWayDays >= 0, nameof(IncompleteUnderWayDays), "is not negative");
        Require(CampaignPauseMonths >= 0, nameof(CampaignPauseMonths), "is not negative");
        Require(NumberAssignedDaysMax >= 0, nameof(NumberAssignedDaysMax), "is not negative");
        Require(InquiryBusinessDays is >= 0 and <= 30, nameof(InquiryBusinessDays), "lies between 0 and 30");
        Require(ReturnEnvelopeDaysMin >= 0, nameof(ReturnEnvelopeDaysMin), "is not negative");
        Require(ArchiveDays >= 1, nameof(ArchiveDays), "is 1 at least");
        Require(ValidityNoticeDaysBefore is > 0 and <= 92, nameof(ValidityNoticeDaysBefore), "lies within three months");
        Require(RegisteredRangeFirst <= RegisteredRangeLast, nameof(RegisteredRangeLast), "is not below the first");
        Require(RegisteredRangeFirst is >= 0 and <= 9_999_999_999, nameof(RegisteredRangeFirst), "has ten digits at most");
        Require(RegisteredRangeLast <= 9_999_999_999, nameof(RegisteredRangeLast), "has ten digits at most");
        Require(PiecesPerFileMax is >= 1 and <= 5_000, nameof(PiecesPerFileMax), "lies between 1 and 5,000");
        Require(RekeyPerMille is >= 0 and <= 1000, nameof(RekeyPerMille), "lies between 0 and 1000");
        Require(MisreadPer10000Max is >= 0 and <= 10_000, nameof(MisreadPer10000Max), "lies between 0 and 10,000");
        Require(MisreadDays >= 1, nameof(MisreadDays), "is 1 at least");
        RequireWaitingDays();
        Require(DestructionTimesMax >= 1, nameof(DestructionTimesMax), "is 1 at least");
        Require(DestructionNights >= 1, nameof(DestructionNights), "is 1 at least");
        Require(DestructionMin >= 0, nameof(DestructionMin), "is not negative");
        Require(ImagesKeptMonths >= 0, nameof(ImagesKeptMonths), "is not negative");
        Require(InquiryMonths >= 1, nameof(InquiryMonths), "is 1 at least");
        Require(
            MailFrom.Count(c => c == '@') == 1 && !MailFrom.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)),
            nameof(MailFrom), "is one e-mail address");
        Require(
            Uri.TryCreate(ApplicationSite, UriKind.Absolute, out var site) && site.Scheme == "https",
            nameof(ApplicationSite), "is an https address");
        return this;
    }

    // R96. None: overdue on its own day. More than some years: nobody would ever see it.
    private void RequireWaitingDays()
    {
        const int DaysMax = 3_660;
        foreach (var (setting, days) in new[]
        {
            (nameof(ReceivedDaysMax), ReceivedDaysMax), (nameof(ReviewDaysMax), ReviewDaysMax),
            (nameof(RekeyDaysMax), RekeyDaysMax), (nameof(IncompleteDaysMax), IncompleteDaysMax),
            (nameof(WaitingDaysMax), WaitingDaysMax), (nameof(SelectedDaysMax), SelectedDaysMax),
            (nameof(OrderedDaysMax), OrderedDaysMax), (nameof(ArrivedDaysMax), ArrivedDaysMax),
            (nameof(StorageOverDaysMax), StorageOverDaysMax), (nameof(DisposalDaysMax), DisposalDaysMax),
            (nameof(WantedDaysMax), WantedDaysMax), (nameof(WithheldDaysMax), WithheldDaysMax),
            (nameof(SpoiledDaysMax), SpoiledDaysMax), (nameof(SecondPersonDaysMax), SecondPersonDaysMax),
            (nameof(RowDaysMax), RowDaysMax),
        })
        {
            Require(days is >= 1 and <= DaysMax, setting, "lies between 1 and 3,660 days");
        }

        const int WorkingDaysMax = 250;
        Require(
            AcknowledgementBusinessDays is >= 1 and <= WorkingDaysMax, nameof(AcknowledgementBusinessDays),
            "lies between 1 and 250 working days");
        Require(
            PostingBusinessDays is >= 1 and <= WorkingDaysMax, nameof(PostingBusinessDays),
            "lies between 1 and 250 working days");
    }

    private static void Require(bool holds, string setting, string must)
    {
        if (!holds)
        {
            throw new ArgumentException($"Setting {setting} is refused: it must be one that {must}.");
        }
    }
}
