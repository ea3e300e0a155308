using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Tells whether wake-ups fail to come through: one and the same part can be claimed, look after look, while this worker stands
/// idle. That there is always some part to claim means nothing: each may have been taken at once by another worker, and the
/// next one opened. A few seconds may also be Hangfire's start, so only a long silence is worth a warning.
/// </summary>
internal sealed class WakeUpSilence(TimeProvider clock)
{
    /// <summary>A part that waits this long while its worker is idle is looked for without a wake-up.</summary>
    public static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(3);

    /// <summary>From the first such look on, this long without one wake-up is a fault of Hangfire's or of its tables.</summary>
    public static readonly TimeSpan WarnAfter = TimeSpan.FromMinutes(1);

    private OpenPart? _part;
    private long _partSeen;
    private long _claimed;
    private long _received;
    private long? _silentSince;

    /// <summary>What a look found.</summary>
    public enum Verdict
    {
        /// <summary>Nothing to do.</summary>
        Quiet,

        /// <summary>The worker should look by itself.</summary>
        Look,

        /// <summary>The same, and a person should know.</summary>
        Warn,
    }

    /// <summary>One look.</summary>
    /// <param name="busy">The worker has a part in hand, or looks for one.</param>
    /// <param name="claimed">Parts that it has claimed so far.</param>
    /// <param name="received">Wake-ups that came through so far.</param>
    /// <param name="waiting">The given part if it can still be claimed; another that can, where null is given.</param>
    public Verdict Look(bool busy, long claimed, long received, Func<OpenPart?, OpenPart?> waiting)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        if (received != _received)
        {
            (_received, _silentSince) = (received, null);
        }

        // Counted from when a part waits for an idle worker, not from when it last worked: a calm hour is no silence.
        if (busy || claimed != _claimed)
        {
            (_claimed, _part) = (claimed, null);
            return Verdict.Quiet;
        }

        if (_part is null || waiting(_part) is null)
        {
            (_part, _partSeen) = (waiting(null), clock.GetTimestamp());
            return Verdict.Quiet;
        }

        if (clock.GetElapsedTime(_partSeen) < LookAfter)
        {
            return Verdict.Quiet;
        }

        _partSeen = clock.GetTimestamp();
        _silentSince ??= clock.GetTimestamp();
        return clock.GetElapsedTime(_silentSince.Value) >= WarnAfter ? Verdict.Warn : Verdict.Look;
    }
}
