using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// The machine's clock with another day on it: what `MYNUMBER_NIGHT__TODAY` asks for outside production. The hour is that of
/// Tokyo now; pauses and time limits go by the machine's own clock.
/// </summary>
/// <param name="today">The day in Tokyo.</param>
internal sealed class TodayClock(DateOnly today) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var hour = System.GetUtcNow().ToOffset(NightHours.Japan).TimeOfDay;
        return new DateTimeOffset(today.ToDateTime(TimeOnly.MinValue) + hour, NightHours.Japan).ToUniversalTime();
    }
}
