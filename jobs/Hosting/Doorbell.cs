using Hangfire;
using MyNumber.Batch.Runs;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// The one Hangfire job. It carries nothing, not even an id: it claims the best open part, works it, and goes on until
/// none is open (ENGINE.md, rule 1). A lost ring is rung again, a double one finds nothing.
/// </summary>
public sealed class Doorbell(Worker worker, CancellationToken drain, CancellationToken stop)
{
    /// <summary>The queue it rings in.</summary>
    public const string Queue = "default";

    /// <summary>Answers one ring.</summary>
    [AutomaticRetry(Attempts = 0)]
    public Task AnswerAsync() => worker.WorkUntilIdleAsync(drain, stop);
}

/// <summary>Gives Hangfire the doorbell of this process.</summary>
internal sealed class DoorbellActivator(Doorbell doorbell) : JobActivator
{
    public override object ActivateJob(Type jobType) => doorbell;
}
