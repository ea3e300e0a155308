using System.Globalization;

namespace MyNumber.Batch.Reading;

/// <summary>
/// A date from its cells: era (1 明治, 2 大正, 3 昭和, 4 平成, 5 令和; empty: Gregorian), year, month, day. An impossible
/// date is doubtful, with its digits; nothing is ever guessed.
/// </summary>
internal static class DateField
{
    // First and last day of each era; the digit in the cell counts from 1.
    private static readonly (DateOnly From, DateOnly To)[] Eras =
    [
        (new(1868, 1, 25), new(1912, 7, 29)), (new(1912, 7, 30), new(1926, 12, 24)), (new(1926, 12, 25), new(1989, 1, 7)),
        (new(1989, 1, 8), new(2019, 4, 30)), (new(2019, 5, 1), DateOnly.MaxValue),
    ];

    /// <summary>Joins the parts, each as read by itself.</summary>
    public static FieldReading Join(FieldReading era, FieldReading year, FieldReading month, FieldReading day)
    {
        FieldReading[] parts = [era, year, month, day];
        if (parts.All(part => part.State == FieldState.Blank))
        {
            return new FieldReading(null, parts.Min(part => part.Confidence), FieldState.Blank);
        }

        var digits = string.Concat(parts.Select(part => part.Value));
        var confidence = parts.Where(part => part.State != FieldState.Blank).Min(part => part.Confidence);
        if (parts.Any(part => part.State == FieldState.Corrected))
        {
            return new FieldReading(digits, confidence, FieldState.Corrected);
        }

        var date = parts.Any(part => part.State == FieldState.Doubtful) ? null
            : Date(era.Value, year.Value, month.Value, day.Value);
        return date is null
            ? new FieldReading(digits, confidence, FieldState.Doubtful)
            : new FieldReading(date.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), confidence, FieldState.Read);
    }

    /// <summary>The date of these digits; null where there is no such day.</summary>
    internal static DateOnly? Date(string? era, string? year, string? month, string? day)
    {
        if (!Number(year, out var y) || !Number(month, out var m) || !Number(day, out var d) || y < 1)
        {
            return null;
        }

        if (string.IsNullOrEmpty(era))
        {
            // Two digits without an era might be of any: a person must say which.
            return year!.Length == 4 ? Day(y, m, d) : null;
        }

        if (!Number(era, out var number) || number < 1 || number > Eras.Length)
        {
            return null;
        }

        var (from, to) = Eras[number - 1];
        return Day(from.Year + y - 1, m, d) is { } date && date >= from && date <= to ? date : null;
    }

    private static DateOnly? Day(int year, int month, int day) =>
        year is >= 1868 and <= 2999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    private static bool Number(string? text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
