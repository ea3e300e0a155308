using System.Globalization;
using MyNumber.Batch.Files;
using MyNumber.Templates;

namespace MyNumber.Batch.Calendar;

/// <summary>
/// Working days of Japanese offices: neither weekend nor public holiday nor 29 December to 3 January. The holidays are
/// data (npm `@holiday-jp/holiday_jp` 2.5.1, MIT, checked in beside this file); a test computes them from the law.
/// </summary>
public static class BusinessDays
{
    private static readonly Reloadable<Dictionary<DateOnly, string>> Holidays = new(Load);

    /// <summary>First day that the holiday data cover.</summary>
    public static DateOnly FirstDay { get; } = new(2015, 1, 1);

    /// <summary>Last day that the holiday data cover.</summary>
    public static DateOnly LastDay { get; } = new(2050, 12, 31);

    /// <summary>The holiday's name, or null; substitute and citizens' holidays count.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The day lies outside the data: nothing is guessed.</exception>
    public static string? Holiday(DateOnly day)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(day, FirstDay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(day, LastDay);
        return Holidays.Value.GetValueOrDefault(day);
    }

    /// <summary>True on a working day.</summary>
    public static bool IsBusinessDay(DateOnly day) =>
        day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
        && (day.Month, day.Day) is not ((12, >= 29) or (1, <= 3))
        && Holiday(day) is null;

    /// <summary>
    /// The day that lies <paramref name="days"/> working days after <paramref name="from"/>, which itself is not counted
    /// and need not be a working day; 0 gives <paramref name="from"/>.
    /// </summary>
    public static DateOnly Add(DateOnly from, int days) => Add(from, days, []);

    /// <summary>The same where somebody is closed on more days than offices are.</summary>
    public static DateOnly Add(DateOnly from, int days, IReadOnlyCollection<DateOnly> closedOn)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(days);
        ArgumentNullException.ThrowIfNull(closedOn);
        var day = from;
        while (days > 0)
        {
            day = day.AddDays(1);
            if (IsBusinessDay(day) && !closedOn.Contains(day))
            {
                days--;
            }
        }

        return day;
    }

    private static Dictionary<DateOnly, string> Load()
    {
        using var stream = typeof(BusinessDays).Assembly.GetManifestResourceStream("MyNumber.Batch.Calendar.holidays.csv")
            ?? throw new InvalidOperationException("The holiday data are not in this assembly.");
        using var reader = new StreamReader(stream);
        return CsvText.Rows(reader).Skip(1).ToDictionary(
            cells => DateOnly.ParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture), cells => cells[1]);
    }
}
