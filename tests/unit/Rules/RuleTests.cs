using MyNumber.Batch.Reading;
using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>A test or a table for each rule; each line of the name is the rule's sentence.</summary>
public sealed class RuleTests
{
    [Fact]
    public void An_application_without_an_error_has_no_finding()
    {
        Assert.Equal("", Facts.Mail.Says());
        Assert.Equal("", Facts.Online.Says());
        Assert.Equal("", Facts.Handwritten.Says());
        Assert.Equal("R1", ApplicationRules.Judge(Facts.Mail).ResidentId);
        Assert.Equal("received", ApplicationRules.Judge(Facts.Mail).State);
    }

    [Theory]
    [InlineData("01234567890123456789012", true)]
    [InlineData("0123456789012345678901", false)]
    [InlineData("0123456789012345678901２", false)] // Full-width is no digit of an ID.
    public void R01_an_Application_ID_has_23_digits(string text, bool holds) =>
        Assert.Equal(holds, ApplicationIdForm.IsWellFormed(text));

    [Fact]
    public void R02_by_mail_every_doubt_about_the_ID_is_reviewed()
    {
        Assert.Equal("review R02 id-unknown", (Facts.Mail with { Form = null, Resident = null }).Says());
        Assert.Equal("review R02 qr-and-digits-differ", From(ApplicationIdSource.Differ).Says());
        Assert.Equal("", From(ApplicationIdSource.Qr).Says()); // Unreadable digits beside a good QR are no finding.
        Assert.Equal("review R02 digits-without-birth-date", From(ApplicationIdSource.Digits).Says());
        Assert.Equal("", From(ApplicationIdSource.Digits).Field("birth_date", "1990-06-15").Says());
        Assert.Equal(
            "review R02 digits-without-birth-date", From(ApplicationIdSource.Digits).Field("birth_date", "1990-06-16").Says());
        Assert.Equal("", From(ApplicationIdSource.Differ).Decided("application_id", new string('1', 23)).Says());
        Assert.Equal("review R02 front-missing", (Facts.Mail with { Front = null }).Says());
        Assert.Equal("review R02 front-unreadable", (Facts.Mail with { Front = new(null, "truncated") }).Says());
        Assert.Null(ApplicationRules.Judge(From(ApplicationIdSource.Differ)).ResidentId);

        static ApplicationFacts From(ApplicationIdSource source) => Facts.Mail.Front1(
            page => page with { ApplicationId = page.ApplicationId with { From = source } });
    }

    [Fact]
    public void R02_online_a_mismatch_is_rejected()
    {
        Assert.Equal("reject R02 id-unknown", (Facts.Online with { Form = null, Resident = null }).Says());
        Assert.Equal(
            "reject R02 birth-date-differs",
            (Facts.Online with { Online = Facts.Online.Online! with { BirthDate = new(1990, 6, 16) } }).Says());
    }

    [Fact]
    public void R03_a_used_form_is_rejected() =>
        Assert.Equal("reject R03 form-was-used", (Facts.Mail with { FormWasUsed = true }).Says());

    [Fact]
    public void R04_printed_name_and_address_are_the_registers_or_corrected_to_them()
    {
        var old = Facts.Mail with { Form = Facts.Mail.Form! with { PrintedAddress = "大阪府大阪市　９" } };
        Assert.Equal("incomplete R04 address-not-the-registers", old.Says());
        var corrected = old.Field("address", null, FieldState.Corrected);
        Assert.Equal("review R05 address-corrected", corrected.Says());
        Assert.Equal("", corrected.Decided("address", "東京都千代田区 1-2-3").Says()); // The typist's width is no difference.
        Assert.Equal("incomplete R04 address-not-the-registers", corrected.Decided("address", "東京都千代田区 1-2-4").Says());
        Assert.Equal(
            "incomplete R04 name-not-the-registers",
            (Facts.Mail with { Form = Facts.Mail.Form! with { PrintedName = "旧姓　花子" } }).Says());
        Assert.Equal("", (Facts.Online with { Form = old.Form }).Says()); // Online the register decides.
    }

    [Fact]
    public void R06_number_birth_date_and_name_lead_to_one_resident()
    {
        Assert.Equal("review R06 name-to-be-keyed", (Facts.Handwritten with { Decisions = new Dictionary<string, string>() }).Says());
        Assert.Equal("reject R06 no-single-resident", Facts.Handwritten.Decided("name", "別人").Says());
        Assert.Equal("reject R06 no-single-resident", Facts.Handwritten.Field("birth_date", "1991-06-15").Says());
        Assert.Equal("reject R06 no-single-resident", (Facts.Handwritten with { Resident = null }).Says());
        Assert.Equal(
            "review R06 individual-number-doubtful",
            Facts.Handwritten.Field("individual_number", "12345678901", FieldState.Doubtful).Says());
    }

    [Fact]
    public void R07_a_wrong_check_digit_is_reviewed_until_a_keyer_confirms_it()
    {
        var wrong = Facts.Handwritten.Field("individual_number", "123456789012") with { Resident = null };
        Assert.Equal("review R07 check-digit-wrong", wrong.Says());
        Assert.Equal("reject R06 no-single-resident", wrong.Decided("individual_number", "123456789012").Says());
    }

    [Fact]
    public void R08_a_masked_form_is_rejected() =>
        Assert.Equal(
            "reject R08 form-masked",
            (Facts.Mail with { Form = Facts.Mail.Form! with { Masked = true, PrintedName = "＊＊＊" } }).Says());

    [Theory]
    [InlineData("2026-11-23", "reject R09 not-on-the-register")]
    [InlineData("2026-11-24", "reject R09 not-on-the-register")] // Left on the business date: not on it that day.
    [InlineData("2026-11-25", "")]
    public void R09_the_applicant_is_on_the_register(string left, string says) =>
        Assert.Equal(says, (Facts.Mail with { Resident = Facts.Adult with { LeftOn = DateOnly.Parse(left, null) } }).Says());

    [Theory]
    [InlineData("2011-11-24", "")]                                  // 15 on the day of receipt.
    [InlineData("2011-11-25", "incomplete R10 representative-missing")] // A day too young.
    public void R10_under_15_the_representative_signs(string born, string says) =>
        Assert.Equal(says, (Facts.Mail with { Resident = Facts.Adult with { BirthDate = DateOnly.Parse(born, null) } }).Says());

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
        Assert.Equal("incomplete R10 representative-missing", (Facts.Online with
        {
            Resident = Facts.Child, Online = Facts.Online.Online! with { BirthDate = Facts.Child.BirthDate },
        }).Says());
    }

    [Theory]
    [InlineData("application_date", "2026-11-24", FieldState.Read, "")] // The day of receipt itself.
    [InlineData("application_date", "2026-11-25", FieldState.Read, "incomplete R11 date-after-receipt")]
    [InlineData("application_date", "令和8年11月20日", FieldState.Read, "")]
    [InlineData("application_date", "20261131", FieldState.Doubtful, "review R11 date-doubtful")]
    [InlineData("application_date", "2026-11-31", FieldState.Read, "incomplete R11 date-impossible")]
    [InlineData("application_date", null, FieldState.Blank, "incomplete R11 date-missing")]
    [InlineData("applicant_name", null, FieldState.Blank, "incomplete R11 signature-missing")]
    [InlineData("applicant_name", null, FieldState.Doubtful, "review R11 signature-doubtful")]
    public void R11_signature_and_date_are_needed(string field, string? value, FieldState state, string says) =>
        Assert.Equal(says, Facts.Mail.Field(field, value, state).Says());

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
    }

    [Fact]
    public void R14_kana_matter_only_with_Braille()
    {
        var corrected = Facts.Mail.Field("name_kana", null, FieldState.Corrected);
        Assert.Equal("", corrected.Says());
        Assert.Equal("incomplete R14 kana-corrected", corrected.Mark("braille", true).Says());
        Assert.Equal("review R14 braille-doubtful", Facts.Mail.Mark("braille", null).Says());
    }

    [Theory]
    [InlineData("タナカ　ハナコ", 6)]
    [InlineData("バンゴウ　ハナコ", 9)]       // Two voiced marks take a cell each.
    [InlineData("ばんごう　はなこ", 9)]
    [InlineData("ワタナベ　シンイチロウ", 11)] // The space between the names is no cell.
    public void R14_a_voiced_mark_takes_a_cell(string kana, int cells) => Assert.Equal(cells, BrailleWish.Cells(kana));

    [Fact]
    public void R15_alternative_letters_are_a_remark()
    {
        var verdict = ApplicationRules.Judge(Facts.Mail with { Resident = Facts.Adult with { HasAlternativeLetters = true } });
        Assert.Equal("received", verdict.State);
        Assert.Equal("R15", Assert.Single(verdict.Findings).Rule);
    }

    [Fact]
    public void R20_a_photograph_that_can_be_trimmed_is_needed()
    {
        Assert.Equal("incomplete R20 photo-missing", Facts.Mail.Picture(p => p with { Present = false }).Says());
        Assert.Equal("", Facts.Mail.Picture(p => p with { WidthMm = 31, HeightMm = 40, WidthPx = 240 }).Says());
        Assert.Equal("incomplete R20 photo-too-small", Facts.Mail.Picture(p => p with { WidthMm = 30.9 }).Says());
        Assert.Equal("incomplete R20 photo-too-small", Facts.Mail.Picture(p => p with { WidthPx = 239 }).Says());
        Assert.Equal("incomplete R20 photo-tilted", Facts.Mail.Picture(p => p with { TiltDeg = -12 }).Says());
        Assert.Equal("incomplete R20 photo-too-dark", Facts.Mail.Picture(p => p with { Brightness = 20 }).Says());
        Assert.Equal("incomplete R20 photo-no-face", Facts.Mail.Picture(p => p with { Face = false }).Says());
        Assert.Equal("incomplete R20 photo-untrimmable", Facts.Mail.Picture(p => p with { HeadInside = false }).Says());
        Assert.Equal("incomplete R20 photo-background", Facts.Mail.Picture(p => p with { PlainBackground = false }).Says());
        var bitonal = Facts.Mail.Picture(p => p with { Face = null, Brightness = null, PlainBackground = null });
        Assert.Equal("review R20 photo-not-shown", bitonal.Says());
        Assert.Equal("", bitonal.Decided("photo", "ok").Says());
        Assert.Equal("incomplete R20 photo-too-dark", bitonal.Decided("photo", "photo-too-dark").Says());
        Assert.Equal("", (Facts.Mail.Picture(p => p with { Present = false }) with { SeparatePhoto = Facts.Photo }).Says()); // R23
    }

    [Theory]
    [InlineData("2025-11-21", "")]                           // Turns 1 the day after the date of application.
    [InlineData("2025-11-20", "incomplete R20 photo-missing")] // On it.
    public void R20_under_one_year_on_the_date_of_application_needs_none(string born, string says) =>
        Assert.Equal(says, (Facts.Mail.Picture(p => p with { Present = false }) with
        {
            Resident = Facts.Adult with { BirthDate = DateOnly.Parse(born, null) },
        }).Field("representative_name", null).Field("representative_relation", null)
            .Field("representative_address", null).Says());

    [Fact]
    public void R21_the_bytes_of_an_online_photograph_decide()
    {
        var heic = Facts.Online with { SeparatePhoto = null, PhotoFileFindings = ["photo-not-jpeg", "photo-bytes"] };
        Assert.Equal("incomplete R21 photo-not-jpeg, incomplete R21 photo-bytes", heic.Says());
        Assert.Equal("remark R21 photo-edited", (Facts.Online with { PhotoFileFindings = [OnlinePhotoInspection.Edited] }).Says());
        Assert.Equal("incomplete R20 photo-missing", (Facts.Online with { SeparatePhoto = null }).Says());
    }

    [Fact]
    public void R22_an_exemption_waives_background_and_face_never_darkness()
    {
        var exempted = Facts.Mail with { PhotoExempted = true };
        Assert.Equal("", exempted.Picture(p => p with { PlainBackground = false }).Says());
        Assert.Equal("review R22 no-face-seen", exempted.Picture(p => p with { Face = false, HeadInside = null }).Says());
        Assert.Equal("incomplete R20 photo-too-dark", exempted.Picture(p => p with { Brightness = 20 }).Says());
        var written = Facts.Mail.Front1(page => page with { Findings = [Photograph.ReasonCode] })
            .Picture(p => p with { PlainBackground = false });
        Assert.Equal("review R22 reason-written", written.Says());
        Assert.Equal("", written.Decided("photo_reason", "exempt").Says());
        Assert.Equal("incomplete R20 photo-background", written.Decided("photo_reason", "none").Says());
    }

    [Theory]
    [InlineData("2026-11-23", false, "")]                           // Expired yesterday: no card to hold.
    [InlineData("2026-11-24", false, "")]                           // Its last day is in the window.
    [InlineData("2027-02-23", false, "")]                           // The window's first day is the day of receipt.
    [InlineData("2027-02-24", false, "reject R35 holds-a-valid-card")]
    [InlineData("2030-01-01", true, "")]                            // With the municipality's note.
    public void R35_a_valid_card_is_renewed_or_replaced(string until, bool approved, string says) =>
        Assert.Equal(says, (Facts.Mail with { Cards = [new(DateOnly.Parse(until, null), approved)] }).Says());

    [Fact]
    public void R37_a_changed_number_has_its_own_finding() =>
        Assert.Equal(
            "reject R37 number-was-changed",
            (Facts.Handwritten with { NumberWasChanged = true, Resident = null }).Says());

    [Fact]
    public void R98_a_void_ID_is_reviewed_and_a_person_decides()
    {
        var spoiled = Facts.Mail with { Form = Facts.Mail.Form! with { Void = true } };
        Assert.Equal("review R98 void-id", spoiled.Says());
        Assert.Equal("", spoiled.Decided("void_id", "accept").Says());
        Assert.Equal("reject R98 void-id", spoiled.Decided("void_id", "reject").Says());
    }

    [Fact]
    public void R52_all_errors_are_named_and_the_first_kind_is_the_state()
    {
        var many = Facts.Mail.Field("applicant_name", null, FieldState.Blank).Picture(p => p with { Present = false });
        Assert.Equal("incomplete R11 signature-missing, incomplete R20 photo-missing", many.Says());
        Assert.Equal("incomplete", ApplicationRules.Judge(many).State);
        Assert.Equal("review", ApplicationRules.Judge(many.Mark("braille", null)).State); // A notice waits for a person,
        Assert.Equal("rejected", ApplicationRules.Judge(many.Mark("braille", null) with { FormWasUsed = true }).State);
    }

    [Fact]
    public void Every_finding_of_a_rule_has_a_line_in_the_table_and_words_for_the_resident()
    {
        Assert.Equal(Batch.Validation.Rules.Table.Count, Batch.Validation.Rules.Table.Select(rule => rule.Id).Distinct().Count());
        Assert.All(Batch.Validation.Rules.Table, rule => Assert.NotEqual("", rule.Operator));
        Assert.All(
            Batch.Validation.Rules.Table.Where(rule => rule.Severity.Contains("incomplete", StringComparison.Ordinal)),
            rule => Assert.True(rule.Japanese.Length > 0 && rule.English.Length > 0, rule.Id));
        Assert.Contains("HEIC", Batch.Validation.Rules.ForResident("R21", "photo-not-jpeg").English, StringComparison.Ordinal);
    }
}
