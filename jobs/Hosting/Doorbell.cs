using Hangfire;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// The one Hangfire job. It carries nothing, not even an id: it claims the best open part, works it, and goes on until
/// none is open (ENGINE.md, rule 1). A lost ring is rung again, a double one finds nothing.
/// </summary>
public sealed class Doorbell(Worker worker, CancellationToken drain, CancellationToken stop)
{
    /// <summary>The queue it rings in.</summary>
    public const string Queue = "default";

    private long _rings;

    /// <summary>Rings that came through Hangfire so far.</summary>
    public long Rings => Interlocked.Read(ref _rings);

    /// <summary>Answers one ring.</summary>
    [AutomaticRetry(Attempts = 0)]
    public Task AnswerAsync()
    {
        Interlocked.Increment(ref _rings);
        return KnockAsync();
    }

    /// <summary>Looks without a ring.</summary>
    public Task KnockAsync() => worker.WorkUntilIdleAsync(drain, stop);
}

/// <summary>Gives Hangfire the doorbell of this process.</summary>
internal sealed class DoorbellActivator(Doorbell doorbell) : JobActivator
{
    public override object ActivateJob(Type jobType) => doorbell;
}
