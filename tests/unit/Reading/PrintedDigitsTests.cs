using MyNumber.Batch.Reading;

namespace MyNumber.Tests.Unit.Reading;

/// <summary>R02. The QR code first; the printed digits, where they can be read, must agree; never a guess.</summary>
public sealed class PrintedDigitsTests
{
    private const string Code = "73824871971090617809872";
    private const string Other = "24733083514862210895963";

    [Fact]
    public void Digits_that_agree_confirm_the_code() =>
        Assert.Equal(ApplicationIdSource.Both, PrintedDigits.Compare(Code, Digits(Code, 990)).From);

    [Theory]
    [InlineData(990)]
    [InlineData(720)] // Unsure of every digit and yet different in nearly all of them: that is another number.
    [InlineData(400)]
    public void Digits_of_another_number_are_never_overruled_by_the_code(int confidence) =>
        Assert.Equal(ApplicationIdSource.Differ, PrintedDigits.Compare(Code, Digits(Other, confidence)).From);

    [Theory]
    [InlineData(940, ApplicationIdSource.Qr)] // A slip of the network.
    [InlineData(950, ApplicationIdSource.Differ)]
    public void One_digit_that_differs_counts_where_it_is_sure(int confidence, ApplicationIdSource expected)
    {
        var digits = Digits(Code, 990);
        digits[7] = new((digits[7].Digit!.Value + 1) % 10, confidence);

        Assert.Equal(expected, PrintedDigits.Compare(Code, digits).From);
    }

    [Fact]
    public void Unreadable_digits_beside_a_good_code_are_no_finding() =>
        Assert.Equal((Code, ApplicationIdSource.Qr), Pair(PrintedDigits.Compare(Code, null)));

    [Fact]
    public void Digits_alone_count_only_where_each_is_sure_enough()
    {
        Assert.Equal((Code, ApplicationIdSource.Digits), Pair(PrintedDigits.Compare(null, Digits(Code, PrintedDigits.ConfidenceMin))));
        Assert.Null(PrintedDigits.Compare(null, Digits(Code, PrintedDigits.ConfidenceMin - 1)).Value);
    }

    private static (string?, ApplicationIdSource?) Pair(ApplicationIdReading reading) => (reading.Value, reading.From);

    private static DigitGuess[] Digits(string text, int confidence) =>
        [.. text.Select(character => new DigitGuess(character - '0', confidence))];
}
