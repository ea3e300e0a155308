using MyNumber.Batch;
using MyNumber.Jobs.Cli;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>Settings are refused before anything runs, by their name and with what they must be.</summary>
public sealed class PolicyTests
{
    public static TheoryData<string, Policy> Refused => new()
    {
        { nameof(Policy.ApplicationSite), new Policy { ApplicationSite = "http://example.jp" } },
        { nameof(Policy.ApplicationSite), new Policy { ApplicationSite = "apply" } },
        { nameof(Policy.PhotoWidthMmMin), new Policy { PhotoWidthMmMin = 0 } },
        { nameof(Policy.PhotoWidthMmMin), new Policy { PhotoWidthMmMin = 35.1 } },
        { nameof(Policy.PhotoHeightMmMin), new Policy { PhotoHeightMmMin = 45.1 } },
        { nameof(Policy.PhotoWidthPxMin), new Policy { PhotoWidthPxMin = 0 } },
        { nameof(Policy.PhotoFaceHeightMin), new Policy { PhotoFaceHeightMin = 950 } },
        { nameof(Policy.PhotoFaceHeightMin), new Policy { PhotoFaceHeightMax = 1001 } },
        { nameof(Policy.IssuanceNoticeDaysMax), new Policy { IssuanceNoticeDaysMax = 0 } },
        { nameof(Policy.MailFrom), new Policy { MailFrom = "nobody" } },
        { nameof(Policy.ImagesKeptMonths), new Policy { ImagesKeptMonths = -1 } },
        { nameof(Policy.IncompleteUnderWayDays), new Policy { IncompleteUnderWayDays = -1 } },
        { nameof(Policy.CampaignPauseMonths), new Policy { CampaignPauseMonths = -1 } },
        { nameof(Policy.ValidityNoticeDaysBefore), new Policy { ValidityNoticeDaysBefore = 93 } },
        { nameof(Policy.NumberAssignedDaysMax), new Policy { NumberAssignedDaysMax = -1 } },
        { nameof(Policy.RegisteredRangeLast), new Policy { RegisteredRangeFirst = 2, RegisteredRangeLast = 1 } },
        { nameof(Policy.RegisteredRangeFirst), new Policy { RegisteredRangeFirst = -1 } },
        { nameof(Policy.RegisteredRangeLast), new Policy { RegisteredRangeLast = 10_000_000_000 } },
        { nameof(Policy.InquiryBusinessDays), new Policy { InquiryBusinessDays = -1 } },
        { nameof(Policy.InquiryMonths), new Policy { InquiryMonths = 0 } },
        { nameof(Policy.PiecesPerFileMax), new Policy { PiecesPerFileMax = 5_001 } },
        { nameof(Policy.ArchiveDays), new Policy { ArchiveDays = 0 } },
        { nameof(Policy.ReturnEnvelopeDaysMin), new Policy { ReturnEnvelopeDaysMin = -1 } },
        { nameof(Policy.RekeyPerMille), new Policy { RekeyPerMille = 1_001 } },
        { nameof(Policy.RekeyPerMille), new Policy { RekeyPerMille = -1 } },
        { nameof(Policy.MisreadPer10000Max), new Policy { MisreadPer10000Max = -1 } },
        { nameof(Policy.MisreadDays), new Policy { MisreadDays = 0 } },
        { nameof(Policy.PhotoHeightMmMin), new Policy { PhotoHeightMmMin = 0 } },
        { nameof(Policy.PhotoWidthPxMin), new Policy { PhotoWidthPxMin = 6_001 } },
        { nameof(Policy.PhotoFaceHeightMin), new Policy { PhotoFaceHeightMin = -1 } },
        { nameof(Policy.ValidityNoticeDaysBefore), new Policy { ValidityNoticeDaysBefore = 0 } },
        { nameof(Policy.RegisteredRangeFirst), new Policy { RegisteredRangeFirst = 10_000_000_000, RegisteredRangeLast = 10_000_000_000 } },
        { nameof(Policy.InquiryBusinessDays), new Policy { InquiryBusinessDays = 31 } },
        { nameof(Policy.PiecesPerFileMax), new Policy { PiecesPerFileMax = 0 } },
        { nameof(Policy.MisreadPer10000Max), new Policy { MisreadPer10000Max = 10_001 } },
        { nameof(Policy.AcknowledgementBusinessDays), new Policy { AcknowledgementBusinessDays = 0 } },
        { nameof(Policy.AcknowledgementBusinessDays), new Policy { AcknowledgementBusinessDays = 251 } },
        { nameof(Policy.PostingBusinessDays), new Policy { PostingBusinessDays = 0 } },
        { nameof(Policy.PostingBusinessDays), new Policy { PostingBusinessDays = 251 } },
        { nameof(Policy.ReceivedDaysMax), new Policy { ReceivedDaysMax = 0 } },
        { nameof(Policy.ReviewDaysMax), new Policy { ReviewDaysMax = 0 } },
        { nameof(Policy.RekeyDaysMax), new Policy { RekeyDaysMax = 0 } },
        { nameof(Policy.IncompleteDaysMax), new Policy { IncompleteDaysMax = 0 } },
        { nameof(Policy.WaitingDaysMax), new Policy { WaitingDaysMax = 0 } },
        { nameof(Policy.SelectedDaysMax), new Policy { SelectedDaysMax = 0 } },
        { nameof(Policy.OrderedDaysMax), new Policy { OrderedDaysMax = 0 } },
        { nameof(Policy.ArrivedDaysMax), new Policy { ArrivedDaysMax = 0 } },
        { nameof(Policy.StorageOverDaysMax), new Policy { StorageOverDaysMax = 0 } },
        { nameof(Policy.DisposalDaysMax), new Policy { DisposalDaysMax = 0 } },
        { nameof(Policy.WantedDaysMax), new Policy { WantedDaysMax = 0 } },
        { nameof(Policy.WithheldDaysMax), new Policy { WithheldDaysMax = 0 } },
        { nameof(Policy.SpoiledDaysMax), new Policy { SpoiledDaysMax = 0 } },
        { nameof(Policy.SecondPersonDaysMax), new Policy { SecondPersonDaysMax = 0 } },
        { nameof(Policy.RowDaysMax), new Policy { RowDaysMax = 0 } },
        { nameof(Policy.RowDaysMax), new Policy { RowDaysMax = 3_661 } },
        { nameof(Policy.MailFrom), new Policy { MailFrom = "a@b@example.jp" } },
        { nameof(Policy.MailFrom), new Policy { MailFrom = "no body@example.jp" } },
        { nameof(Policy.MailFrom), new Policy { MailFrom = "nobody@example.jp\u0007" } },
    };

    public static TheoryData<Policy> Taken =>
    [
        new Policy
        {
            PhotoWidthMmMin = 1, PhotoHeightMmMin = 1, PhotoWidthPxMin = 1, PhotoFaceHeightMin = 0, IssuanceNoticeDaysMax = 1,
            ImagesKeptMonths = 0, CampaignPauseMonths = 0, ValidityNoticeDaysBefore = 1, NumberAssignedDaysMax = 0,
            RegisteredRangeFirst = 0, RegisteredRangeLast = 0, InquiryBusinessDays = 0, InquiryMonths = 1, PiecesPerFileMax = 1,
            ArchiveDays = 1, ReturnEnvelopeDaysMin = 0, RekeyPerMille = 0, MisreadPer10000Max = 0, MisreadDays = 1,
            AcknowledgementBusinessDays = 1, PostingBusinessDays = 1, ReceivedDaysMax = 1, ReviewDaysMax = 1, RekeyDaysMax = 1,
            IncompleteDaysMax = 1, WaitingDaysMax = 1, SelectedDaysMax = 1, OrderedDaysMax = 1, ArrivedDaysMax = 1,
            StorageOverDaysMax = 1, DisposalDaysMax = 1, WantedDaysMax = 1, WithheldDaysMax = 1, SpoiledDaysMax = 1,
            SecondPersonDaysMax = 1, RowDaysMax = 1,
        },
        new Policy
        {
            PhotoWidthMmMin = 35, PhotoHeightMmMin = 45, PhotoWidthPxMin = 6_000, PhotoFaceHeightMax = 1_000,
            ValidityNoticeDaysBefore = 92, RegisteredRangeFirst = 9_999_999_999, RegisteredRangeLast = 9_999_999_999,
            InquiryBusinessDays = 30, PiecesPerFileMax = 5_000, RekeyPerMille = 1_000, MisreadPer10000Max = 10_000,
            AcknowledgementBusinessDays = 250, PostingBusinessDays = 250, IncompleteDaysMax = 3_660, RowDaysMax = 3_660,
        },
    ];

    [Theory]
    [MemberData(nameof(Taken))]
    public void A_setting_may_be_the_least_or_the_most_that_a_rule_allows(Policy policy) => Assert.Same(policy, policy.Validate());

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_setting_that_contradicts_a_rule_is_refused_by_name(string name, Policy policy) => Assert.StartsWith(
        $"Setting {name} is refused: ", Assert.Throws<ArgumentException>(policy.Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void The_defaults_are_the_rule_books()
    {
        var policy = new Policy().Validate();
        Assert.Equal(
            (31, 40, 240, true, true, 6, 6, 75, 60, 2, 6, 30, 30),
            (policy.PhotoWidthMmMin, policy.PhotoHeightMmMin, policy.PhotoWidthPxMin, policy.MailBeforeOnline,
                policy.RenewalAddsAYear, policy.ImagesKeptMonths, policy.CampaignPauseMonths, policy.ValidityNoticeDaysBefore,
                policy.NumberAssignedDaysMax, policy.InquiryBusinessDays, policy.InquiryMonths, policy.IssuanceNoticeDaysMax,
                policy.ArchiveDays));
    }

    [Fact]
    public void The_days_for_which_anything_may_wait_are_the_rule_books()
    {
        var policy = new Policy();
        Assert.Equal(
            (1, 1, 3, 10, 3, 3, 90, 14, 21, 3, 30, 30),
            (policy.WantedDaysMax, policy.AcknowledgementBusinessDays, policy.PostingBusinessDays, policy.SpoiledDaysMax,
                policy.WithheldDaysMax, policy.ReviewDaysMax, policy.IncompleteDaysMax, policy.WaitingDaysMax,
                policy.OrderedDaysMax, policy.ArrivedDaysMax, policy.DisposalDaysMax, policy.RowDaysMax));
    }

    public static TheoryData<string> Names => [.. Policy.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_setting_refuses_what_is_not_of_its_kind_and_says_which_it_is(string name)
    {
        // A word where a number, a day, a switch or an address is meant; a list is given one as its only entry.
        var value = name == nameof(Policy.VendorClosedOn) ? """["some day"]""" : "\"some day\"";
        Refuses($"{{\"policy\":{{\"{name}\":{value}}}}}", name);
    }

    [Theory]
    [InlineData("""{"policy":{"mailBeforeOnlin":false}}""", "mailBeforeOnlin")] // A slip of the pen leaves no default in force.
    [InlineData("""{"policy":{"imagesKeptMonths":"six"}}""", "imagesKeptMonths")]
    [InlineData("""{"policy":{"inquiryMonths":0}}""", "InquiryMonths")]
    [InlineData("""{"policy":{"inquiryMonths":1.5}}""", "InquiryMonths")]
    [InlineData("""{"policy":{"returnEnvelopeValidUntil":"2028-02-30"}}""", "ReturnEnvelopeValidUntil")]
    [InlineData("""{"policy":{"vendorClosedOn":["2026-12-28","2026-02-30"]}}""", "VendorClosedOn")]
    public void A_settings_file_is_refused_with_the_setting_that_is_wrong(string json, string names) => Refuses(json, names);

    private static void Refuses(string json, string names)
    {
        var home = Directory.CreateTempSubdirectory("mynumber-settings-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(home, "settings.json"), json);
            var refused = Assert.Throws<UsageException>(() => Settings.Load(home).Policy);
            Assert.Contains(names, refused.Message, StringComparison.OrdinalIgnoreCase);
            File.WriteAllText(Path.Combine(home, "settings.json"), """{"policy":{"mailbeforeonline":false}}""");
            Assert.False(Settings.Load(home).Policy.MailBeforeOnline);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
