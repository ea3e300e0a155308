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
    public void A_card_ends_on_a_birthday(
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
    public void A_card_that_ends_with_the_stay_says_so(string? stay, bool endsWithStay) =>
        Assert.Equal(endsWithStay, CardValidity.Of(Facts with { StayUntil = stay is null ? null : Day(stay) }).EndsWithStay);

    [Fact]
    public void Certificates_not_wanted_have_no_end()
    {
        var none = CardValidity.Of(Facts with { SignatureCertificate = false, UserCertificate = false });
        Assert.Null(none.SignatureCertificateUntil);
        Assert.Null(none.UserCertificateUntil);
    }

    [Fact]
    public void Without_the_policy_a_renewal_adds_nothing() =>
        Assert.Equal(Day("2036-06-15"), CardValidity.Of(Facts with
        {
            IssuedOn = Day("2027-04-01"), OldCardValidUntil = Day("2027-06-15"), RenewalAddsAYear = false,
        }).ValidUntil);

    [Fact]
    public void No_certificate_outlives_its_card() =>
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
