using MyNumber.Batch.Files;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// The run engine of one process: knows what is done and what is left (the part rows are the truth), works parts, opens
/// runs. Free of the words of any domain.
/// </summary>
/// <param name="database">The database of the runs.</param>
/// <param name="kinds">The steps of each kind of run, in order.</param>
/// <param name="outbox">The folder that drops lie in.</param>
/// <param name="clock">For instants that are recorded, and for pauses.</param>
/// <param name="options">Times and limits.</param>
public sealed class RunEngine(
    NpgsqlDataSource database, IReadOnlyDictionary<string, IReadOnlyList<StepDefinition>> kinds, string outbox,
    TimeProvider clock, EngineOptions options)
{
    /// <summary>The database of the runs.</summary>
    public NpgsqlDataSource Database => database;

    /// <summary>Times and limits.</summary>
    public EngineOptions Options => options;

    /// <summary>The folder that drops lie in.</summary>
    public string Outbox => outbox;

    /// <summary>The clock.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Where files are staged.</summary>
    public Staging Staging => new(outbox) { Name = options.GuardsOff.HasFlag(GuardsOff.StagedName) ? StagedName.Plain : StagedName.Hashed };

    /// <summary>Opens runs.</summary>
    public RunOpener Opener => new(database, this, clock);

    /// <summary>The steps of a kind, in order.</summary>
    /// <exception cref="ArgumentException">There is no such kind of run.</exception>
    public IReadOnlyList<StepDefinition> Steps(string kind) =>
        kinds.TryGetValue(kind, out var steps) ? steps : throw new ArgumentException($"There is no kind of run named {kind}.");

    /// <summary>
    /// A step by kind and ordinal, as the row of a run names it; by its name alone where a newer version has put others
    /// before it. Null where the run was opened by a version with a step that this one does not have.
    /// </summary>
    public StepDefinition? FindStep(string kind, int ordinal, string name)
    {
        var steps = kinds.GetValueOrDefault(kind, []);
        return ordinal <= steps.Count && steps[ordinal - 1].Name == name
            ? steps[ordinal - 1]
            : steps.SingleOrDefault(step => step.Name == name);
    }

    /// <summary>
    /// Works open parts in this process, one after the other, until none can be claimed. For tests, and for small runs
    /// that need no worker processes (a disposal): the same claims, fences and counters.
    /// </summary>
    /// <returns>How many parts were claimed.</returns>
    public async Task<int> WorkUntilIdleAsync(CancellationToken cancellation)
    {
        var workerId = await Workers.RegisterAsync(database, ownsSessions: false, cancellation);
        using var heartbeat = Heartbeat.Start(database, options, workerId, clock, Heartbeat.OnEvicted.Ignore);
        var worker = new Worker(this, workerId, heartbeat);
        try
        {
            return await worker.WorkUntilIdleAsync(CancellationToken.None, cancellation);
        }
        finally
        {
            await Workers.MarkDeadAsync(database, workerId, CancellationToken.None);
        }
    }
}
