using System.Globalization;

namespace MyNumber.Batch.Printing;

/// <summary>R80. Numbers of simplified registered mail: ten digits of a range, and their remainder by 7.</summary>
public static class RegisteredNumber
{
    /// <summary>
    /// The number at a place of the range, from 0. After the last the first comes again: the post office uses numbers
    /// again as well, a number is unique together with its posting date.
    /// </summary>
    public static string At(Policy policy, long place)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var count = policy.RegisteredRangeLast - policy.RegisteredRangeFirst + 1;
        var first = policy.RegisteredRangeFirst + (place % count);
        return string.Create(CultureInfo.InvariantCulture, $"{first:D10}{first % 7}");
    }

    /// <summary>True for eleven digits whose last is the remainder of the others.</summary>
    public static bool IsValid(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return number.Length == 11 && number.All(char.IsAsciiDigit)
            && long.Parse(number[..10], CultureInfo.InvariantCulture) % 7 == number[10] - '0';
    }
}
