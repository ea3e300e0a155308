using CsCheck;
using MyNumber.Batch.Calendar;
using static MyNumber.Tests.Unit.Calendar.DateTests;

namespace MyNumber.Tests.Unit.Calendar;

public sealed class CardValidityTests
{
    [Theory]
    //          born          applied       issued        old card      stay          card          certificates
    [InlineData("1990-06-15", "2026-11-24", "2026-12-01", null, null, "2036-06-15", "2031-06-15")]
    [InlineData("2008-12-01", "2026-11-24", "2026-12-01", null, null, "2036-12-01", "2031-12-01")] // 18 that day: 10; it is not counted.
    [InlineData("2008-12-02", "2026-11-24", "2026-12-01", null, null, "2030-12-02", "2030-12-02")] // 17: 5, from tomorrow's birthday.
    [InlineData("2003-01-10", "2022-03-31", "2022-04-20", null, null, "2027-01-10", "2027-01-10")] // 19, applied for by 31 March 2022.
    [InlineData("2003-01-10", "2022-04-01", "2022-04-20", null, null, "2032-01-10", "2027-01-10")] // A day later.
    [InlineData("2002-04-20", "2022-03-31", "2022-04-20", null, null, "2032-04-20", "2027-04-20")] // 20 that day.
    [InlineData("1996-06-15", "2015-11-30", "2016-01-20", null, null, "2020-06-15", "2020-06-15")] // 19, before the first cards.
    [InlineData("1990-06-15", "2027-03-20", "2027-04-01", "2027-06-15", null, "2037-06-15", "2032-06-15")] // Renewal: 11th, 6th.
    [InlineData("1990-06-15", "2027-03-10", "2027-03-15", "2027-06-15", null, "2036-06-15", "2031-06-15")] // A day too early.
    [InlineData("1990-06-15", "2027-03-10", "2027-03-16", "2027-06-15", null, "2037-06-15", "2032-06-15")] // The first day.
    [InlineData("1990-06-15", "2027-06-01", "2027-06-20", "2027-06-15", null, "2037-06-15", "2032-06-15")] // Issued after the old end: 10th.
    [InlineData("2012-06-15", "2027-04-20", "2027-05-01", "2027-06-15", null, "2032-06-15", "2032-06-15")] // 14, renewal: 6th.
    [InlineData("1990-06-15", "2026-11-24", "2026-12-01", null, "2029-03-31", "2029-03-31", "2029-03-31")] // Stay ends first.
    [InlineData("1990-06-15", "2026-11-24", "2026-12-01", null, "2033-03-31", "2033-03-31", "2031-06-15")] // Certificates end before it.
    [InlineData("1990-06-15", "2026-11-24", "2026-12-01", null, "2036-06-15", "2036-06-15", "2031-06-15")] // The same day.
    [InlineData("1992-02-29", "2026-11-24", "2026-12-01", null, null, "2036-02-29", "2031-02-28")] // 28 February in common years.
    [InlineData("1992-02-29", "2027-02-20", "2027-02-28", null, null, "2037-02-28", "2032-02-29")] // Issued on it: not counted.
    public void R40_a_card_ends_on_a_birthday(
        string born, string applied, string issued, string? old, string? stay, string card, string certificates)
    {
        var validity = CardValidity.Of(new(
            Day(born), Day(applied), Day(issued), old is null ? null : Day(old), stay is null ? null : Day(stay),
            SignatureCertificate: true, UserCertificate: true));

        Assert.Equal(Day(card), validity.ValidUntil);
        Assert.Equal(Day(certificates), validity.SignatureCertificateUntil);
        Assert.Equal(Day(certificates), validity.UserCertificateUntil);
    }

    [Theory]
    [InlineData("2036-06-14", true)]  // The stay ends the card a day early.
    [InlineData("2036-06-15", false)] // It ends on its birthday anyway: a validity notice is due (R70).
    [InlineData(null, false)]
    public void R40_a_card_that_ends_with_the_stay_says_so(string? stay, bool endsWithStay) =>
        Assert.Equal(endsWithStay, CardValidity.Of(Facts with { StayUntil = stay is null ? null : Day(stay) }).EndsWithStay);

    [Fact]
    public void R40_certificates_not_wanted_have_no_end()
    {
        var none = CardValidity.Of(Facts with { SignatureCertificate = false, UserCertificate = false });
        Assert.Null(none.SignatureCertificateUntil);
        Assert.Null(none.UserCertificateUntil);
    }

    [Fact]
    public void R40_without_the_policy_a_renewal_adds_nothing() =>
        Assert.Equal(Day("2036-06-15"), CardValidity.Of(Facts with
        {
            IssuedOn = Day("2027-04-01"), OldCardValidUntil = Day("2027-06-15"), RenewalAddsAYear = false,
        }).ValidUntil);

    [Theory]
    //          born          issued        card
    [InlineData("2026-06-15", "2026-12-01", "2031-06-15")] // Before the first birthday: the fifth after issue.
    [InlineData("2025-12-10", "2026-12-09", "2030-12-10")] // The day before it.
    [InlineData("2025-12-10", "2026-12-10", "2030-12-10")] // Made on it, or later: still the fifth birthday (R20),
    [InlineData("2025-12-10", "2027-01-15", "2030-12-10")] // and not the sixth.
    [InlineData("2024-02-29", "2025-03-20", "2029-02-28")] // 28 February in common years.
    [InlineData("2021-12-01", "2026-12-01", "2031-12-01")] // A birthday on the day of issue is not counted, nor is this one.
    public void R40_a_card_without_a_photograph_ends_at_the_fifth_birthday(string born, string issued, string card)
    {
        var validity = CardValidity.Of(new(
            Day(born), Day(issued).AddDays(-20), Day(issued), null, null, false, UserCertificate: true, WithoutPhotograph: true));
        Assert.Equal(Day(card), validity.ValidUntil);
        Assert.Equal(Day(card), validity.UserCertificateUntil);
    }

    [Fact]
    public void R40_nobody_older_loses_a_card_for_want_of_a_photograph() => Assert.Equal(
        Day("2036-06-15"), CardValidity.Of(Facts with { WithoutPhotograph = true }).ValidUntil);

    // R40 again, by walking through the days one by one: every age, renewal or not, stay or not, both terms, the policy.
    [Fact]
    public void R40_every_combination_ends_as_counting_birthdays_one_by_one_says() =>
        Gen.Select(
            Gen.Int[0, 33_000], Gen.Int[0, 6_000], Gen.Int[1, 60], Gen.Int[-200, 200], Gen.Int[-400, 4_500], Gen.Int[0, 15])
            .Sample((age, issue, made, oldEnd, stay, flags) =>
            {
                var issued = new DateOnly(2020, 1, 1).AddDays(issue);
                var facts = new CardFacts(
                    issued.AddDays(-age), issued.AddDays(-made), issued, (flags & 1) != 0 ? issued.AddDays(oldEnd) : null,
                    stay < 0 ? null : issued.AddDays(stay), (flags & 2) != 0, (flags & 4) != 0, RenewalAddsAYear: (flags & 8) != 0);
                var validity = CardValidity.Of(facts);
                var adultFrom = facts.AppliedOn <= Day("2022-03-31") ? 20 : 18;
                // A renewal from the day after three months before the old end, up to that end.
                var extra = facts is { RenewalAddsAYear: true, OldCardValidUntil: { } old }
                    && old.AddMonths(-3) < issued && issued <= old ? 1 : 0;
                var card = Earliest(Walk((Age.On(facts.BirthDate, issued) >= adultFrom ? 10 : 5) + extra), facts.StayUntil);
                var certificates = Earliest(Walk(5 + extra), card);
                return validity.ValidUntil == card
                    && validity.SignatureCertificateUntil == (facts.SignatureCertificate ? certificates : null)
                    && validity.UserCertificateUntil == (facts.UserCertificate ? certificates : null)
                    && validity.EndsWithStay == facts.StayUntil < Walk((Age.On(facts.BirthDate, issued) >= adultFrom ? 10 : 5) + extra);

                DateOnly Walk(int birthdays)
                {
                    var day = issued;
                    while (birthdays > 0)
                    {
                        day = day.AddDays(1);
                        birthdays -= IsBirthday(day) ? 1 : 0;
                    }

                    return day;
                }

                bool IsBirthday(DateOnly day) => (day.Month, day.Day) == (facts.BirthDate.Month, facts.BirthDate.Day)
                    || ((facts.BirthDate.Month, facts.BirthDate.Day) == (2, 29) && (day.Month, day.Day) == (2, 28)
                        && !DateTime.IsLeapYear(day.Year));
            }, iter: 400);

    private static DateOnly Earliest(DateOnly a, DateOnly? b) => b < a ? b.Value : a;

    [Fact]
    public void R40_no_certificate_outlives_its_card() =>
        Gen.Select(Gen.Int[0, 40_000], Gen.Int[0, 6_000], Gen.Int[-10, 5_000]).Sample((age, issue, stay) =>
            {
                var issued = new DateOnly(2016, 1, 1).AddDays(issue);
                var validity = CardValidity.Of(new(
                    issued.AddDays(-age), issued.AddDays(-7), issued, null, stay < 0 ? null : issued.AddDays(stay), true, true));
                return validity.SignatureCertificateUntil <= validity.ValidUntil
                    && validity.SignatureCertificateUntil <= validity.UserCertificateUntil
                    && validity.ValidUntil <= issued.AddYears(10).AddDays(1);
            });

    private static CardFacts Facts { get; } =
        new(Day("1990-06-15"), Day("2026-11-24"), Day("2026-12-01"), null, null, true, true);
}
