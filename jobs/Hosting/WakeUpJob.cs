using Hangfire;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// The one Hangfire job. It carries nothing, not even an id: it claims the best open part, works it, and goes on until
/// none is open (ENGINE.md, rule 1). A lost wake-up is sent again, a double one finds nothing.
/// </summary>
public sealed class WakeUpJob(Worker worker, CancellationToken drain, CancellationToken stop)
{
    /// <summary>The queue of wake-ups.</summary>
    public const string Queue = "default";

    private long _received;

    /// <summary>Wake-ups that came through Hangfire so far.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Answers one wake-up.</summary>
    [AutomaticRetry(Attempts = 0)]
    public Task RunAsync()
    {
        Interlocked.Increment(ref _received);
        return LookAsync();
    }

    /// <summary>Looks without a wake-up.</summary>
    public Task LookAsync() => worker.WorkUntilIdleAsync(drain, stop);
}

/// <summary>Gives Hangfire the job of this process.</summary>
internal sealed class WakeUpActivator(WakeUpJob job) : JobActivator
{
    public override object ActivateJob(Type jobType) => job;
}
