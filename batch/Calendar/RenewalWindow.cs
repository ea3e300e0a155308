namespace MyNumber.Batch.Calendar;

/// <summary>R35. The time in which a card may be renewed: its last three months.</summary>
public static class RenewalWindow
{
    /// <summary>Length of the window, months.</summary>
    public const int Months = 3;

    /// <summary>
    /// The first day: the day after three months before the end. Expiry 1 April: 2 January; 30 May: 1 March, as February
    /// has no 30th.
    /// </summary>
    public static DateOnly FirstDay(DateOnly validUntil) => validUntil.AddMonths(-Months).AddDays(1);

    /// <summary>True from the first day to the end itself; after it there is no card left to renew.</summary>
    public static bool Holds(DateOnly validUntil, DateOnly day) => FirstDay(validUntil) <= day && day <= validUntil;
}
