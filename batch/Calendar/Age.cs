namespace MyNumber.Batch.Calendar;

/// <summary>
/// R10. Ages change on the birthday itself; who was born on 29 February grows older on 1 March in common years.
/// </summary>
public static class Age
{
    /// <summary>Full years on <paramref name="day"/>; negative before birth.</summary>
    public static int On(DateOnly birthDate, DateOnly day)
    {
        var years = day.Year - birthDate.Year;
        // Compared as month and day, not by AddYears, which would move 29 February to the 28th.
        return (day.Month, day.Day).CompareTo((birthDate.Month, birthDate.Day)) < 0 ? years - 1 : years;
    }
}
