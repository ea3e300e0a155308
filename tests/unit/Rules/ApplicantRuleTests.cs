using MyNumber.Batch.Reading;
using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>Who applies, and what is asked for: R09 to R15, R35.</summary>
public sealed class ApplicantRuleTests
{
    [Theory]
    [InlineData("2026-11-23", "reject R09 not-on-the-register")]
    [InlineData("2026-11-24", "reject R09 not-on-the-register")] // Left on the business date: not on it that day.
    [InlineData("2026-11-25", "")]
    [InlineData(null, "")]
    public void R09_the_applicant_is_on_the_register(string? left, string says) => Assert.Equal(
        says, (Facts.Mail with { Resident = Facts.Adult with { LeftOn = left is null ? null : DateOnly.Parse(left, null) } }).Says());

    [Theory]
    [InlineData("2026-11-24", "")] // Registered on the business date.
    [InlineData("2026-11-25", "reject R09 not-on-the-register")]
    public void R09_not_before_the_day_of_registration(string registered, string says) => Assert.Equal(
        says, (Facts.Mail with { Resident = Facts.Adult with { RegisteredOn = DateOnly.Parse(registered, null) } }).Says());

    [Theory]
    [InlineData("2011-11-24", "")]                                  // 15 on the day of receipt.
    [InlineData("2011-11-25", "incomplete R10 representative-missing")] // A day too young.
    public void R10_under_15_the_representative_signs(string born, string says) =>
        Assert.Equal(says, (Facts.Mail with { Resident = Facts.Adult with { BirthDate = DateOnly.Parse(born, null) } }).Says());

    [Fact]
    public void R10_nothing_is_said_of_an_agent_while_nobody_knows_whose_form_it_is() =>
        Assert.Empty(Representative.Check(Facts.Mail.Field("representative_name", null) with { Resident = null }));

    [Fact]
    public void R10_the_part_is_filled_in_or_a_person_looks()
    {
        var ward = Facts.Mail with { Resident = Facts.Adult with { AdultWard = true } };
        var filled = ward.Field("representative_name", null).Field("representative_relation", null)
            .Field("representative_address", null);
        Assert.Equal("incomplete R10 representative-missing", ward.Says());
        Assert.Equal("", filled.Says());
        Assert.Equal("review R10 back-not-readable", (filled with { Back = null }).Says());
        Assert.Equal(
            "review R10 representative-name-doubtful",
            filled.Field("representative_name", null, FieldState.Doubtful).Says());
        Assert.Equal("", (Facts.Mail with { Back = null }).Says()); // An adult's back says nothing that a rule needs.
        Assert.Equal("incomplete R10 agent-not-accepted", Facts.Mail.Field("representative_name", null).Says());
        Assert.Equal("", (Facts.Mail.Field("representative_name", null) with { AgentAccepted = true }).Says());
        // Ink that may be an agent's name is a person's to judge, unless an agent is accepted anyway.
        var perhaps = Facts.Mail.Field("representative_name", null, FieldState.Doubtful);
        Assert.Equal("review R10 representative-name-doubtful", perhaps.Says());
        Assert.Equal("", (perhaps with { AgentAccepted = true }).Says());
        Assert.Equal("", perhaps.Decided("representative_name", "").Says());
        Assert.Equal("incomplete R10 agent-not-accepted", perhaps.Decided("representative_name", "知人").Says());
        // One part of three is missing.
        Assert.Equal("incomplete R10 representative-missing", filled.Field("representative_relation", null, FieldState.Blank).Says());
        Assert.Equal("", (filled with { Back = null }).Decided("back", "complete").Says());
        Assert.Equal("incomplete R10 representative-missing", (filled with { Back = null }).Decided("back", "missing").Says());
        Assert.Equal("review R10 back-not-readable", (filled with { Back = null }).Decided("back", "who knows").Says());
        Assert.Equal("incomplete R10 representative-missing", (Facts.Online with
        {
            Resident = Facts.Child, Online = Facts.Online.Online! with { BirthDate = Facts.Child.BirthDate },
        }).Says());
        foreach (var (name, relation, says) in new[]
        {
            ("番号　太郎", "父", ""), ("番号　太郎", " ", "incomplete R10 representative-missing"),
            ("", "父", "incomplete R10 representative-missing"),
        })
        {
            Assert.Equal(says, (Facts.Online with
            {
                Resident = Facts.Child,
                Online = Facts.Online.Online! with
                {
                    BirthDate = Facts.Child.BirthDate, RepresentativeName = name, RepresentativeRelation = relation,
                },
            }).Says());
        }

        var agent = Facts.Online with { Online = Facts.Online.Online! with { RepresentativeName = "知人" } };
        Assert.Equal("incomplete R10 agent-not-accepted", agent.Says());
        Assert.Equal("", (agent with { AgentAccepted = true }).Says());
    }

    [Theory]
    [InlineData("application_date", "2026-11-24", FieldState.Read, "")] // The day of receipt itself.
    [InlineData("application_date", "2026-11-25", FieldState.Read, "incomplete R11 date-after-receipt")]
    [InlineData("application_date", "令和8年11月20日", FieldState.Read, "")]
    [InlineData("application_date", "20261131", FieldState.Doubtful, "review R11 date-doubtful")]
    [InlineData("application_date", "2026-11-31", FieldState.Read, "incomplete R11 date-impossible")]
    [InlineData("application_date", SignatureAndDate.Impossible, FieldState.Read, "incomplete R11 date-impossible")] // A keyer's word.
    [InlineData("application_date", "平成38年11月20日", FieldState.Read, "incomplete R11 date-impossible")] // Outside its era.
    [InlineData("application_date", null, FieldState.Blank, "incomplete R11 date-missing")]
    [InlineData("applicant_name", null, FieldState.Blank, "incomplete R11 signature-missing")]
    [InlineData("applicant_name", null, FieldState.Doubtful, "review R11 signature-doubtful")]
    public void R11_signature_and_date_are_needed(string field, string? value, FieldState state, string says) =>
        Assert.Equal(says, Facts.Mail.Field(field, value, state).Says());

    [Fact]
    public void R12_no_deadline_no_age_of_a_form_no_family_makes_a_finding()
    {
        Assert.Equal("", Facts.Mail.Field("application_date", "2016-01-04").Says()); // Signed ten years ago.
        Assert.Equal("", Facts.Mail.Field("application_date", "平成28年1月4日").Says());
        // Received long before it is judged: nothing has run out meanwhile.
        Assert.Equal("", (Facts.Mail with { BusinessDate = Facts.Received.AddYears(3) }).Says());
    }

    [Fact]
    public void R13_a_filled_box_means_not_wanted()
    {
        Assert.True(CertificateWishes.Signature(Facts.Mail));
        Assert.False(CertificateWishes.Signature(Facts.Mail.Mark("no_signature_certificate", true)));
        Assert.False(CertificateWishes.User(Facts.Mail.Mark("no_user_certificate", true)));
        Assert.False(CertificateWishes.Signature(Facts.Mail with { Resident = Facts.Child }));
        Assert.True(CertificateWishes.User(Facts.Mail with { Resident = Facts.Child }));
        Assert.Equal("review R13 no-user-certificate-doubtful", Facts.Mail.Mark("no_user_certificate", null).Says());
        Assert.Equal("", Facts.Mail.Mark("no_user_certificate", null).Decided("no_user_certificate", "1").Says());
        Assert.False(CertificateWishes.User(Facts.Mail.Decided("no_user_certificate", "1")));
        Assert.True(CertificateWishes.User(Facts.Mail.Mark("no_user_certificate", null).Decided("no_user_certificate", "0")));
        Assert.Equal("review R13 no-signature-certificate-doubtful", Facts.Mail.Mark("no_signature_certificate", null).Says());
        // A ward gets none anyway, so nobody is asked about its box.
        var ward = (Facts.Mail with { Resident = Facts.Adult with { AdultWard = true } }).Field("representative_name", null)
            .Field("representative_relation", null).Field("representative_address", null);
        Assert.Equal("", ward.Mark("no_signature_certificate", null).Says());
        Assert.False(CertificateWishes.Signature(ward));
        Assert.False(CertificateWishes.Signature(
            Facts.Online with { Online = Facts.Online.Online! with { NoSignatureCertificate = true } }));
        Assert.False(CertificateWishes.User(Facts.Online with { Online = Facts.Online.Online! with { NoUserCertificate = true } }));
        Assert.True(CertificateWishes.Signature(Facts.Online));
    }

    [Fact]
    public void R13_a_form_without_boxes_asks_for_both_certificates_and_no_Braille()
    {
        var without = Facts.Mail.Front1(page => page with { Marks = new Dictionary<string, MarkReading>() });
        Assert.True(CertificateWishes.Signature(without));
        Assert.True(CertificateWishes.User(without));
        Assert.False(without.Mark("braille"));
        Assert.Equal("", without.Says());
    }

    [Fact]
    public void R14_nothing_is_said_of_kana_while_nobody_knows_whose_they_are() => Assert.Equal(
        "review R02 id-unknown",
        (Facts.Mail.Mark("braille", true).Decided("name_kana", "バンゴウ ハルコ") with { Form = null, Resident = null }).Says());

    [Fact]
    public void R14_kana_matter_only_with_Braille()
    {
        var corrected = Facts.Mail.Field("name_kana", null, FieldState.Corrected);
        Assert.Equal("", corrected.Says());
        Assert.Equal("incomplete R14 kana-corrected", corrected.Mark("braille", true).Says());
        Assert.Equal("review R14 braille-doubtful", Facts.Mail.Mark("braille", null).Says());
        var doubtful = Facts.Mail.Field("name_kana", null, FieldState.Doubtful);
        Assert.Equal("", doubtful.Says());
        Assert.Equal("review R14 kana-doubtful", doubtful.Mark("braille", true).Says());
        Assert.Equal("", doubtful.Mark("braille", true).Decided("name_kana", "バンゴウ ハナコ").Says());
        Assert.Equal("incomplete R14 kana-corrected", doubtful.Mark("braille", true).Decided("name_kana", "バンゴウ ハルコ").Says());
        Assert.Equal("incomplete R14 kana-corrected", (Facts.Online with
        {
            Online = Facts.Online.Online! with { Braille = true },
        }).Decided("name_kana", "別").Says());
    }

    [Theory]
    [InlineData("タナカ　ハナコ", 6)]
    [InlineData("バンゴウ　ハナコ", 9)]       // Two voiced marks take a cell each.
    [InlineData("ばんごう　はなこ", 9)]
    [InlineData("ワタナベ　シンイチロウ", 11)] // The space between the names is no cell.
    [InlineData("ぱぺ　ゔぃ", 7)]              // Half-voiced marks, and ヴ in hiragana.
    public void R14_a_voiced_mark_takes_a_cell(string kana, int cells) => Assert.Equal(cells, BrailleWish.Cells(kana));

    [Theory]
    [InlineData("タナカ　シンイチロ", false, "")]
    [InlineData("ワタナベ　シンイチロ", true, "")]                                // 11 with the voiced mark.
    [InlineData("ワタナベ　シンイチロウ", true, "")]
    [InlineData("ワタナベ　シンイチロウタ", true, "incomplete R14 braille-too-long")] // One cell too many.
    [InlineData("ワタナベ　シンイチロウタ", false, "")]                            // Nobody asked for Braille.
    public void R14_kana_have_room_in_eleven_cells(string kana, bool wanted, string says) => Assert.Equal(
        says, (Facts.Mail.Mark("braille", wanted) with { Resident = Facts.Adult with { NameKana = kana } }).Says());

    [Fact]
    public void R15_alternative_letters_are_a_remark()
    {
        var verdict = ApplicationRules.Judge(Facts.Mail with { Resident = Facts.Adult with { HasAlternativeLetters = true } });
        Assert.Equal("received", verdict.State);
        Assert.Equal("R15", Assert.Single(verdict.Findings).Rule);
    }

    [Theory]
    [InlineData("2026-11-23", false, "")]                           // Expired yesterday: no card to hold.
    [InlineData("2026-11-24", false, "")]                           // Its last day is in the window.
    [InlineData("2027-02-23", false, "")]                           // The window's first day is the day of receipt.
    [InlineData("2027-02-24", false, "reject R35 holds-a-valid-card")]
    [InlineData("2030-01-01", true, "")]                            // With the municipality's note.
    [InlineData("2027-04-01", false, "reject R35 holds-a-valid-card")] // Its window opens on 2 January.
    public void R35_a_valid_card_is_renewed_or_replaced(string until, bool approved, string says) =>
        Assert.Equal(says, (Facts.Mail with { Cards = [new(DateOnly.Parse(until, null), approved)] }).Says());

    [Theory]
    [InlineData("2026-11-24", "reject R35 holds-a-valid-card")] // Made on the day of receipt,
    [InlineData("2026-11-25", "")]                              // and after it: selection supersedes what came late (R32).
    public void R35_a_card_that_was_made_after_the_receipt_was_not_held_then(string made, string says) => Assert.Equal(
        says, (Facts.Mail with { Cards = [new(new(2036, 6, 15), false, DateOnly.Parse(made, null))] }).Says());
}
