using MyNumber.Batch.Reading;
using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>The photograph: R20 to R23.</summary>
public sealed class PhotoRuleTests
{
    [Fact]
    public void R20_a_photograph_that_can_be_trimmed_is_needed()
    {
        Assert.Equal("incomplete R20 photo-missing", Facts.Mail.Picture(p => p with { Present = false }).Says());
        Assert.Equal("", Facts.Mail.Picture(p => p with { WidthMm = 31, HeightMm = 40, WidthPx = 240 }).Says());
        Assert.Equal("incomplete R20 photo-too-small", Facts.Mail.Picture(p => p with { WidthMm = 30.9 }).Says());
        Assert.Equal("incomplete R20 photo-too-small", Facts.Mail.Picture(p => p with { HeightMm = 39.9 }).Says());
        Assert.Equal("incomplete R20 photo-too-small", Facts.Mail.Picture(p => p with { WidthPx = 239 }).Says());
        Assert.Equal("incomplete R20 photo-tilted", Facts.Mail.Picture(p => p with { TiltDeg = -10.1 }).Says());
        Assert.Equal("", Facts.Mail.Picture(p => p with { TiltDeg = 10 }).Says());
        Assert.Equal("incomplete R20 photo-too-dark", Facts.Mail.Picture(p => p with { Brightness = 59.9 }).Says());
        Assert.Equal("", Facts.Mail.Picture(p => p with { Brightness = 60 }).Says());
        Assert.Equal("incomplete R20 photo-face-height", Facts.Mail.Picture(p => p with { FaceHeightShare = 349 }).Says());
        Assert.Equal("", Facts.Mail.Picture(p => p with { FaceHeightShare = 350 }).Says());
        Assert.Equal("", Facts.Mail.Picture(p => p with { FaceHeightShare = 950 }).Says());
        Assert.Equal("incomplete R20 photo-face-height", Facts.Mail.Picture(p => p with { FaceHeightShare = 951 }).Says());
        Assert.Equal(
            "incomplete R20 photo-too-small, incomplete R20 photo-tilted, incomplete R20 photo-too-dark, "
            + "incomplete R20 photo-untrimmable, incomplete R20 photo-background",
            Facts.Mail.Picture(p => new(true, 20, 30, 200, 15, true, 990, false, 10, false)).Says());
        Assert.Equal("incomplete R20 photo-no-face", Facts.Mail.Picture(p => p with { Face = false }).Says());
        Assert.Equal("incomplete R20 photo-untrimmable", Facts.Mail.Picture(p => p with { HeadInside = false }).Says());
        Assert.Equal("incomplete R20 photo-background", Facts.Mail.Picture(p => p with { PlainBackground = false }).Says());
        var bitonal = Facts.Mail.Picture(p => p with { Face = null, Brightness = null, PlainBackground = null });
        Assert.Equal("review R20 photo-not-shown", bitonal.Says());
        Assert.Equal("", bitonal.Decided("photo", "ok").Says());
        Assert.Equal("incomplete R20 photo-too-dark", bitonal.Decided("photo", "photo-too-dark").Says());
        // What settles nothing is asked again; what a person typed never becomes a finding's code.
        Assert.Equal("review R20 photo-not-shown", bitonal.Decided("photo", "番号 花子").Says());
        Assert.Equal("review R20 photo-not-shown", bitonal.Decided("photo", "").Says());
    }

    [Fact]
    public void R23_a_loose_photograph_stands_above_the_one_that_is_glued_on()
    {
        var none = Facts.Mail.Picture(p => p with { Present = false });
        Assert.Equal("", (none with { SeparatePhoto = Facts.Photo }).Says());
        Assert.Equal("", (Facts.Mail.Picture(p => p with { Brightness = 10 }) with { SeparatePhoto = Facts.Photo }).Says());
        Assert.Equal("incomplete R20 photo-too-dark", (Facts.Mail with { SeparatePhoto = Facts.Photo with { Brightness = 10 } }).Says());
        // It is there, and we cannot read it: nobody is told that it is missing.
        var unreadable = none with { SeparatePhotoUnreadable = true };
        Assert.Equal("review R20 photo-not-readable", unreadable.Says());
        Assert.Equal("", unreadable.Decided("photo", "ok").Says());
        Assert.Equal("incomplete R20 photo-missing", unreadable.Decided("photo", "photo-missing").Says());
    }

    [Fact]
    public void R20_the_date_of_application_decides_about_a_first_birthday_unless_it_cannot_be_right()
    {
        // Born a year before receipt: one year old that day, and not on the day before.
        var baby = (Facts.Mail.Picture(p => p with { Present = false }) with
        {
            Resident = Facts.Adult with { BirthDate = Facts.Received.AddYears(-1) },
        }).Field("representative_name", null).Field("representative_relation", null).Field("representative_address", null);
        Assert.Equal("", baby.Field("application_date", "2026-11-23").Says());
        Assert.Equal("incomplete R20 photo-missing", baby.Field("application_date", "2026-11-24").Says());
        Assert.Equal("incomplete R20 photo-missing", baby.Field("application_date", "2025-11-23").Says()); // Before the birth.
        Assert.Equal("", baby.Field("application_date", "2025-11-24").Says()); // On the day of the birth.
        Assert.Equal("", (baby with { Resident = Facts.Adult with { BirthDate = Facts.Received.AddYears(-1).AddDays(1) } })
            .Field("application_date", "2026-11-24").Says());
        Assert.Equal(
            "incomplete R11 date-after-receipt",
            (baby with { Resident = Facts.Adult with { BirthDate = Facts.Received.AddYears(-1).AddDays(1) } })
                .Field("application_date", "2026-11-30").Says());
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
        Assert.Equal("incomplete R20 photo-too-dark", (Facts.Online with
        {
            SeparatePhoto = Facts.Online.SeparatePhoto! with { Brightness = 10 },
        }).Says());
        // A picture that software edited and that is missing otherwise is still missing.
        Assert.Equal(
            "incomplete R20 photo-missing, remark R21 photo-edited",
            (Facts.Online with { SeparatePhoto = null, PhotoFileFindings = [OnlinePhotoInspection.Edited] }).Says());
        // By mail nobody sent a file; a baby's needs none.
        Assert.Equal("", (Facts.Mail with { PhotoFileFindings = ["photo-bytes"] }).Says());
        var baby = Facts.Adult with { BirthDate = new(2026, 5, 1) };
        Assert.Equal("", (heic with
        {
            Resident = baby,
            Online = heic.Online! with { BirthDate = baby.BirthDate, RepresentativeName = "番号　太郎", RepresentativeRelation = "父" },
        }).Says());
    }

    [Fact]
    public void R22_an_exemption_waives_background_and_face_never_darkness()
    {
        var exempted = Facts.Mail with { PhotoExempted = true };
        Assert.Equal("", exempted.Picture(p => p with { PlainBackground = false }).Says());
        Assert.Equal("review R22 no-face-seen", exempted.Picture(p => p with { Face = false, HeadInside = null }).Says());
        Assert.Equal("incomplete R20 photo-too-dark", exempted.Picture(p => p with { Brightness = 20 }).Says());
        Assert.Equal("incomplete R20 photo-untrimmable", exempted.Picture(p => p with { HeadInside = false }).Says());
        Assert.Equal("incomplete R20 photo-too-small", exempted.Picture(p => p with { WidthMm = 30 }).Says());
        Assert.Equal("", exempted.Picture(p => p with { FaceHeightShare = 200 }).Says());
        // A keyer who looks at it may name what is waived, too: it stays waived.
        var asked = exempted.Picture(p => p with { Face = false, HeadInside = null });
        Assert.Equal("", asked.Decided("photo", "photo-hat").Says());
        Assert.Equal("", asked.Decided("photo", "photo-pose").Says());
        Assert.Equal("incomplete R20 photo-no-face", asked.Decided("photo", "photo-no-face").Says());
        Assert.Equal("incomplete R20 photo-hat", Facts.Mail.Decided("photo", "photo-hat").Says());
        var written = Facts.Mail.Front1(page => page with { Findings = [Photograph.ReasonCode] })
            .Picture(p => p with { PlainBackground = false });
        Assert.Equal("review R22 reason-written", written.Says());
        Assert.Equal("", written.Decided("photo_reason", "exempt").Says());
        Assert.Equal("incomplete R20 photo-background", written.Decided("photo_reason", "none").Says());
        Assert.Equal("review R22 reason-written", written.Decided("photo_reason", "perhaps").Says());
        Assert.Equal("", (written with { PhotoExempted = true }).Says()); // Nobody needs to read what is on record.
    }
}
