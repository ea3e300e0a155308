using MyNumber.Batch.Runs.Auditing;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>Whether a run of an unusual date may do what cannot be undone.</summary>
public enum Destruction
{
    /// <summary>It destroys no key and proposes no disposal; a later run of a usual date does.</summary>
    Withheld,

    /// <summary>A person asked for it.</summary>
    Allowed,
}

/// <summary>A person asks for a run of a date that the calendar does not expect.</summary>
/// <param name="Destruction">Whether it may destroy keys and propose disposals.</param>
public sealed record UnusualDate(Because Because, Destruction Destruction);

/// <summary>
/// Which business dates a run may have without being asked for (FORMATS.md, Nights): one digit wrong would destroy keys for
/// good, and every later real night would be refused.
/// </summary>
internal static class RunDates
{
    /// <summary>Days after the last complete night beyond which a date is unusual.</summary>
    public const int DaysAheadMax = 31;

    /// <summary>Missed nights that are played unasked, one after the other.</summary>
    public const int MissedMax = 31;

    /// <summary>The date in Japan.</summary>
    public static DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime(now.ToOffset(NightHours.Japan).DateTime);

    /// <summary>What is unusual about a date, as the beginning of a sentence; null where nothing is.</summary>
    /// <param name="last">The last complete night; null in a home without one.</param>
    /// <param name="today">In Tokyo.</param>
    public static string? Unusual(DateOnly date, DateOnly? last, DateOnly today)
    {
        if (date > today)
        {
            return Text($"{date:yyyy-MM-dd} lies after today in Tokyo, {today:yyyy-MM-dd}");
        }

        return last is { } night && date.DayNumber - night.DayNumber > DaysAheadMax
            ? Text($"{date:yyyy-MM-dd} lies more than {DaysAheadMax} days after the last complete night, {night:yyyy-MM-dd}")
            : null;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
