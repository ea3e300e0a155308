namespace MyNumber.Batch.Calendar;

/// <summary>
/// R45. Periods of months as the Civil Code counts them (articles 140 and 143): the first day is not counted.
/// </summary>
public static class CivilMonths
{
    /// <summary>
    /// The last day of a period of <paramref name="months"/> that is counted from <paramref name="from"/>. Counting
    /// starts the day after (day s) and ends the day before day s of the Nth month on, or on that month's last day where
    /// it has no day s: three months from 1 April end with 1 July, from 29 November 2026 with 28 February 2027.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="months"/> is below 1.</exception>
    public static DateOnly LastDay(DateOnly from, int months)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(months, 1);
        var start = from.AddDays(1);
        // AddMonths stops at the month's last day where that month has no such day: then that day itself is the end.
        var anniversary = start.AddMonths(months);
        return anniversary.Day == start.Day ? anniversary.AddDays(-1) : anniversary;
    }

    /// <summary>The day after <see cref="LastDay"/>: the first on which the period is over.</summary>
    public static DateOnly FirstDayAfter(DateOnly from, int months) => LastDay(from, months).AddDays(1);
}
