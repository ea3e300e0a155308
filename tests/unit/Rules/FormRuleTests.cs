using MyNumber.Batch.Reading;
using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>May this form be used, and what is printed or corrected on it: R03, R04, R05, R08, R98.</summary>
public sealed class FormRuleTests
{
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
        // A renewal form without an Application ID: what was printed is not on record, what was corrected is keyed.
        var renewal = Facts.Handwritten.Front1(page => page with { Form = "renewal-application-form" });
        Assert.Equal("", renewal.Says());
        Assert.Equal("review R05 address-corrected", renewal.Field("address", null, FieldState.Corrected).Says());
        Assert.Equal("", renewal.Decided("address", Facts.Adult.Address).Says());
        Assert.Equal("incomplete R04 address-not-the-registers", renewal.Decided("address", "東京都千代田区 9-9-9").Says());
    }

    [Theory]
    [InlineData("東京都千代田区１－２－３")]
    [InlineData("東京都千代田区1‐2‑3")] // Every stroke that stands for a hyphen,
    [InlineData("東京都千代田区1–2—3")]
    [InlineData("東京都千代田区1―2−3")]
    [InlineData("東京都千代田区1ー2ー3")] // and the long vowel mark, which looks the same in handwriting.
    public void R04_a_hyphen_is_any_stroke_that_stands_for_one(string keyed) => Assert.Equal(
        "", Facts.Mail.Field("address", null, FieldState.Corrected).Decided("address", keyed).Says());

    [Fact]
    public void R99_the_width_of_letters_digits_and_signs_is_the_typists()
    {
        // Unicode keeps the wide twins of the 94 printable ASCII characters from U+FF01 on.
        var narrow = string.Concat(Enumerable.Range('!', 94).Select(c => (char)c));
        var wide = string.Concat(Enumerable.Range('\uFF01', 94).Select(c => (char)c));
        Assert.Equal("", Named(narrow, wide).Says());
        Assert.Equal("", Named(wide, narrow).Says());
    }

    [Theory]
    [InlineData("髙橋　花子", "高橋　花子")] // Another form of the same letter is another letter.
    [InlineData("Ā", "￠")] // The cent sign has no narrow twin 0xFEE0 below.
    public void R99_every_other_character_counts(string register, string keyed) => Assert.Equal(
        "incomplete R04 name-not-the-registers", Named(register, keyed).Says());

    private static ApplicationFacts Named(string register, string keyed) => (Facts.Mail with
    {
        Resident = Facts.Adult with { Name = register }, Form = Facts.Mail.Form! with { PrintedName = "旧姓" },
    }).Decided("name", keyed);

    [Fact]
    public void R05_corrections_by_hand_go_to_a_keyer_on_any_field_that_counts()
    {
        Assert.Equal(
            "review R05 applicant-name-corrected, review R05 phone-corrected",
            Facts.Mail.Field("phone", null, FieldState.Corrected).Field("applicant_name", null, FieldState.Corrected).Says());
        Assert.Equal("", Facts.Mail.Field("phone", null, FieldState.Corrected).Decided("phone", "0900000000").Says());
        // What an adult struck out on the representative's part says nothing; a child's representative is asked about.
        Assert.Equal("", Facts.Mail.Field("representative_address", null, FieldState.Corrected).Says());
        var child = Facts.Mail with { Resident = Facts.Child };
        Assert.Equal(
            "review R05 representative-address-corrected",
            child.Field("representative_name", null).Field("representative_relation", null)
                .Field("representative_address", null, FieldState.Corrected).Says());
        // The date of application as corrected is judged once a keyer has read it, not before.
        var date = Facts.Mail.Field("application_date", null, FieldState.Corrected);
        Assert.Equal("review R05 application-date-corrected", date.Says());
        Assert.Equal("incomplete R11 date-after-receipt", date.Decided("application_date", "2026-11-25").Says());
    }

    [Theory]
    [InlineData(true, "番号　花子", "東京都", "reject R08 form-masked")]    // As the registry says.
    [InlineData(false, "＊＊＊　＊＊", "＊＊＊＊", "reject R08 form-masked")] // As what it prints shows.
    [InlineData(false, "***", "******", "reject R08 form-masked")]
    [InlineData(false, "*", "＊", "reject R08 form-masked")]
    [InlineData(false, "＊＊＊　＊＊", "東京都千代田区　１－２－３", "incomplete R04 name-not-the-registers")] // Both must be.
    [InlineData(false, "", "", "incomplete R04 name-not-the-registers, incomplete R04 address-not-the-registers")]
    public void R08_a_masked_form_is_rejected(bool masked, string name, string address, string says) => Assert.Equal(
        says, (Facts.Mail with { Form = Facts.Mail.Form! with { Masked = masked, PrintedName = name, PrintedAddress = address } }).Says());

    [Theory]
    [InlineData("高橋　【名空欄】", "東京都千代田区　１－２－３")]
    [InlineData("******", "東京都千代田区　１－２－３")]
    [InlineData("番号　花子", "＊＊＊＊＊＊")]
    public void R99_a_register_without_name_or_address_makes_no_card_and_blames_nobody(string name, string address)
    {
        var facts = Facts.Mail with { Resident = Facts.Adult with { Name = name, Address = address } };
        Assert.Equal("review R99 register-placeholder", facts.Says());
        Assert.Equal("review R99 register-placeholder", facts.Decided("register_data", "again").Says());
        Assert.Equal("reject R99 register-placeholder", facts.Decided("register_data", "reject").Says());
    }

    [Fact]
    public void R98_a_void_ID_is_reviewed_and_a_person_decides()
    {
        var spoiled = Facts.Mail with { Form = Facts.Mail.Form! with { Void = true } };
        Assert.Equal("review R98 void-id", spoiled.Says());
        Assert.Equal("", spoiled.Decided("void_id", "accept").Says());
        Assert.Equal("reject R98 void-id", spoiled.Decided("void_id", "reject").Says());
        Assert.Equal("review R98 void-id", spoiled.Decided("void_id", "perhaps").Says()); // An answer that settles nothing.
    }
}
