namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// When a night begins, and by when it must have begun and ended. The hours are settings; `serve`, the catching up and the dead
/// man's switch ask here. Japan's offset stands here too, and nowhere else in the product.
/// </summary>
public sealed record NightHours
{
    /// <summary>Japan has no summer time: a fixed offset needs no time-zone data.</summary>
    public static readonly TimeSpan Japan = TimeSpan.FromHours(9);

    /// <summary>Hour of its business date from which a night is due.</summary>
    public TimeOnly Begins { get; init; } = new(21, 0);

    /// <summary>How long after that hour a night may begin before its absence is an alert.</summary>
    public TimeSpan StartTolerance { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Hour by which it must have ended; up to <see cref="Begins"/> it is an hour of the day after.</summary>
    public TimeOnly EndsBy { get; init; } = new(6, 0);

    /// <summary>The newest business date whose night is due.</summary>
    public DateOnly Due(DateTimeOffset now)
    {
        var local = now.ToOffset(Japan).DateTime;
        var today = DateOnly.FromDateTime(local);
        return TimeOnly.FromDateTime(local) >= Begins ? today : today.AddDays(-1);
    }

    /// <summary>From when on the absence of a date's night is an alert.</summary>
    public DateTimeOffset StartLimit(DateOnly date) => At(date, Begins) + StartTolerance;

    /// <summary>
    /// From when on a night that is still open is an alert. One that began late (caught up after an outage) is given as
    /// long as any other: its late beginning was an alert of its own.
    /// </summary>
    public DateTimeOffset EndLimit(DateOnly date, DateTimeOffset openedAt)
    {
        var begins = At(date, Begins);
        var ends = At(EndsBy > Begins ? date : date.AddDays(1), EndsBy);
        return openedAt > begins ? openedAt + (ends - begins) : ends;
    }

    private static DateTimeOffset At(DateOnly date, TimeOnly hour) => new(date.ToDateTime(hour), Japan);
}
