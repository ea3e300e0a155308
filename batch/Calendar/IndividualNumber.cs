namespace MyNumber.Batch.Calendar;

/// <summary>R07. The check digit of an Individual Number.</summary>
public static class IndividualNumber
{
    /// <summary>Digits, check digit and all.</summary>
    public const int Length = 12;

    /// <summary>
    /// 11 − (Σ Pn·Qn mod 11), n counted 1..11 from the digit left of the check digit leftwards, Qn = n + 1 for n ≤ 6 and
    /// n − 5 for n ≥ 7; a remainder of 0 or 1 gives 0.
    /// </summary>
    /// <exception cref="ArgumentException">Not eleven digits.</exception>
    public static int CheckDigit(ReadOnlySpan<char> elevenDigits)
    {
        if (elevenDigits.Length != Length - 1 || !AllDigits(elevenDigits))
        {
            // The digits are not repeated here: they would be most of somebody's number.
            throw new ArgumentException("A check digit is made of eleven digits.", nameof(elevenDigits));
        }

        var sum = 0;
        for (var n = 1; n <= Length - 1; n++)
        {
            sum += (elevenDigits[Length - 1 - n] - '0') * (n <= 6 ? n + 1 : n - 5);
        }

        var remainder = sum % 11;
        return remainder <= 1 ? 0 : 11 - remainder;
    }

    /// <summary>True for twelve digits whose last is their check digit.</summary>
    public static bool IsValid(ReadOnlySpan<char> number) =>
        number.Length == Length && AllDigits(number) && CheckDigit(number[..^1]) == number[^1] - '0';

    // ASCII only: char.IsDigit would let full-width digits in, whose code is another number.
    private static bool AllDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
