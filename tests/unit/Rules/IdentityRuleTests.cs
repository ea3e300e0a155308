using MyNumber.Batch.Reading;
using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>Whose application is it: R01, R02, R06, R07, R37.</summary>
public sealed class IdentityRuleTests
{
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
        Assert.Equal("review R02 paper-unknown", Facts.Mail.Front1(page => page with { Form = null }).Says());
        Assert.Equal("review R02 front-unreadable", Facts.Mail.Front1(page => page with
        {
            Registration = page.Registration with { Ok = false },
        }).Says());
        Assert.Equal("review R02 id-unreadable", Facts.Mail.Front1(page => page with
        {
            ApplicationId = new ApplicationIdReading(null, null, 0),
        }).Says());
        // A keyer who sees no ID either settles nothing; one who keys an ID that no registry knows neither.
        Assert.Equal("review R02 id-unreadable", Facts.Mail.Front1(page => page with
        {
            ApplicationId = new ApplicationIdReading(null, null, 0),
        }).Decided("application_id", "").Says());
        Assert.Equal(
            "review R02 id-unknown",
            (Facts.Mail.Decided("application_id", new string('2', 23)) with { Form = null, Resident = null }).Says());
        // Whichever side of the sheet was fed first.
        Assert.Equal("", (Facts.Mail with { Front = Facts.Mail.Back, Back = Facts.Mail.Front }).Says());
        Assert.Null(ApplicationRules.Judge(From(ApplicationIdSource.Differ)).ResidentId);

        static ApplicationFacts From(ApplicationIdSource source) => Facts.Mail.Front1(
            page => page with { ApplicationId = page.ApplicationId with { From = source } });
    }

    [Fact]
    public void R02_the_ID_that_a_keyer_read_stands_above_the_machines() =>
        Assert.Equal(new string('2', 23), Facts.Mail.Decided("application_id", new string('2', 23)).ApplicationId);

    [Fact]
    public void R02_online_a_mismatch_is_rejected()
    {
        Assert.Equal("reject R02 id-unknown", (Facts.Online with { Form = null, Resident = null }).Says());
        Assert.Equal(
            "reject R02 birth-date-differs",
            (Facts.Online with { Online = Facts.Online.Online! with { BirthDate = new(1990, 6, 16) } }).Says());
        Assert.Equal(new string('1', 23), Facts.Online.ApplicationId);
    }

    [Fact]
    public void R06_number_birth_date_and_name_lead_to_one_resident()
    {
        Assert.Equal("review R06 name-to-be-keyed", (Facts.Handwritten with { Decisions = new Dictionary<string, string>() }).Says());
        Assert.Equal("reject R06 no-single-resident", Facts.Handwritten.Decided("name", "別人").Says());
        Assert.Equal("reject R06 no-single-resident", (Facts.Handwritten with { Decisions = new Dictionary<string, string>() })
            .Field("name", null, FieldState.Blank).Says());
        Assert.Equal("reject R06 no-single-resident", Facts.Handwritten.Field("birth_date", "1991-06-15").Says());
        Assert.Equal("reject R06 no-single-resident", (Facts.Handwritten with { Resident = null }).Says());
        Assert.Equal(
            "review R06 individual-number-doubtful",
            Facts.Handwritten.Field("individual_number", "12345678901", FieldState.Doubtful).Says());
    }

    [Theory]
    [InlineData("individual_number")]
    [InlineData("birth_date")]
    [InlineData("name")]
    public void R06_what_was_struck_out_and_written_anew_is_read_by_a_keyer_first(string field)
    {
        // R05 allows it on any field: nobody is rejected for a number that a machine could not read.
        var corrected = (Facts.Handwritten with { Decisions = new Dictionary<string, string>() })
            .Field("name", "番号 花子").Field(field, null, FieldState.Corrected);
        var asked = $"review R05 {field.Replace('_', '-')}-corrected";
        Assert.Equal(asked, corrected.Says());
        Assert.Null(ApplicationRules.Judge(corrected).ResidentId);
        Assert.Equal("", corrected.Decided("individual_number", "123456789018").Decided("birth_date", "1990-06-15")
            .Decided("name", "番号花子").Says());
    }

    [Fact]
    public void R06_a_renewal_form_without_an_Application_ID_identifies_by_number_and_one_with_an_ID_by_that()
    {
        var withId = Facts.Mail.Front1(page => page with { Form = "renewal-application-form" });
        Assert.False(withId.IdentifiesByNumber);
        Assert.False(withId.Field("individual_number", "123456789018").IdentifiesByNumber); // Written all the same.
        Assert.False(Facts.Mail.Front1(page => page with { ApplicationId = new ApplicationIdReading(null, null, 0) })
            .Field("individual_number", "123456789018").IdentifiesByNumber); // No form that may come without an ID.
        var blank = withId.Front1(page => page with { ApplicationId = new ApplicationIdReading(null, null, 0) });
        Assert.Equal("review R02 id-unreadable", (blank with { Form = null, Resident = null }).Says());
        var byNumber = blank.Field("individual_number", "123456789018").Field("birth_date", "1990-06-15")
            .Field("name", null).Decided("name", "番号花子") with { Form = null };
        Assert.True(byNumber.IdentifiesByNumber);
        Assert.Equal("", byNumber.Says());
        Assert.Equal("reject R06 no-single-resident", (byNumber with { Resident = null }).Says());
        Assert.Equal("reject R06 no-single-resident", byNumber.Field("birth_date", null, FieldState.Blank).Says());
    }

    [Fact]
    public void R07_a_wrong_check_digit_is_reviewed_until_a_keyer_confirms_it()
    {
        var wrong = Facts.Handwritten.Field("individual_number", "123456789012") with { Resident = null };
        Assert.Equal("review R07 check-digit-wrong", wrong.Says());
        Assert.Equal("reject R06 no-single-resident", wrong.Decided("individual_number", "123456789012").Says());
    }

    [Fact]
    public void R37_a_changed_number_has_its_own_finding() =>
        Assert.Equal(
            "reject R37 number-was-changed",
            (Facts.Handwritten with { NumberWasChanged = true, Resident = null }).Says());
}
