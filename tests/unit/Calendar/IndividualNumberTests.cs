using CsCheck;
using MyNumber.Batch.Calendar;

namespace MyNumber.Tests.Unit.Calendar;

public sealed class IndividualNumberTests
{
    [Theory]
    [InlineData("123456789018", true)]  // The example that public guides print.
    [InlineData("123456789012", false)]
    [InlineData("000000000000", true)]  // Remainder 0 gives 0.
    [InlineData("100000000005", true)]  // P11 = 1, Q11 = 6: 11 - 6.
    [InlineData("000000000060", true)]  // 12 leaves remainder 1, which gives 0 and not 10.
    [InlineData("000000000019", true)]  // Remainder 2 gives 9.
    [InlineData("12345678901", false)]
    [InlineData("1234567890188", false)]
    [InlineData("１23456789018", false)] // A full-width digit is another character.
    [InlineData("", false)]
    public void R07_the_check_digit_is_the_laws(string number, bool valid) =>
        Assert.Equal(valid, IndividualNumber.IsValid(number));

    [Theory]
    [InlineData("1234567890")]
    [InlineData("123456789012")]
    [InlineData("1234567890１")]
    public void R07_a_check_digit_is_made_of_eleven_digits(string digits) =>
        Assert.Throws<ArgumentException>(() => IndividualNumber.CheckDigit(digits));

    [Fact]
    public void A_number_made_with_its_check_digit_is_valid() =>
        Gen.Long[0, 99_999_999_999].Sample(n =>
        {
            var digits = n.ToString("D11", System.Globalization.CultureInfo.InvariantCulture);
            return IndividualNumber.IsValid(digits + IndividualNumber.CheckDigit(digits));
        });
}
