namespace MyNumber.Batch.Runs.Engine;

/// <summary>Guards that a test may switch off to see the harness go red (ENGINE.md, rule 13). Never in production.</summary>
[Flags]
public enum GuardsOff
{
    /// <summary>All guards stand.</summary>
    None = 0,

    /// <summary>A zombie's result is stored as if the part were still its own.</summary>
    Fence = 1,

    /// <summary>The last part of a step is found by counting instead of by the counter row.</summary>
    Counter = 2,

    /// <summary>Files are staged under their own name, written in place.</summary>
    StagedName = 4,
}

/// <summary>Times and limits of the engine, each with a name.</summary>
public sealed record EngineOptions
{
    /// <summary>How often a worker raises its heartbeat.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>For how long the same heartbeat may be seen before its worker is evicted, for good.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(16);

    /// <summary>How long a draining worker may go on with its current part.</summary>
    public TimeSpan DrainMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>First pause after a transient error; doubled each time.</summary>
    public TimeSpan TransientDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause after a transient error.</summary>
    public TimeSpan TransientDelayMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Transient errors in a row from which on an alert stands.</summary>
    public int TransientBeforeAlert { get; init; } = 3;

    /// <summary>
    /// Transient errors of one class in a row that are a permanent one (rule 11); a lost connection passes however often.
    /// </summary>
    public int TransientMax { get; init; } = 10;

    /// <summary>
    /// How long one plan, close or publish (of a plan: one item that it names) may take before the watchdog ends its worker;
    /// longer than one statement may, so that a slow statement is told as what it is.
    /// </summary>
    public TimeSpan ActMax { get; init; } = TimeSpan.FromMinutes(90);

    /// <summary>How long one of them may take before an alert says so.</summary>
    public TimeSpan ActSlowAfter { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Failures of one class in a row, with no part done in between, that open a step's breaker.</summary>
    public int BreakerAfter { get; init; } = 5;

    /// <summary>
    /// Items of one kind and act that may fail and be left out; more stop the step. Fewer than <see cref="BreakerAfter"/>
    /// never do: from so few nobody can tell whose fault it is.
    /// </summary>
    public int FailedItemsMax { get; init; } = 1_000;

    /// <summary>The same as a share of them: where every tenth fails, the cause is the program or a setting.</summary>
    public double FailedItemsShareMax { get; init; } = 0.1;

    /// <summary>A part of act work claimed this often is halved, or its one item judged (rule 5).</summary>
    public int WorkClaimsMax { get; init; } = 3;

    /// <summary>
    /// Another act claimed this often fails, as does a work part of one item for which no outcome can be given: neither can be
    /// halved.
    /// </summary>
    public int OtherClaimsMax { get; init; } = 10;

    /// <summary>When nights begin, and by when they must have begun and ended.</summary>
    public NightHours Nights { get; init; } = new();

    /// <summary>A part in hand for this many times the median of its step's done parts straggles.</summary>
    public double StragglerFactor { get; init; } = 5;

    /// <summary>No part straggles before this: where parts take seconds, a slow one is nobody's concern.</summary>
    public TimeSpan StragglerMin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>After this an alert that nobody has seen is told again; zero: never.</summary>
    public TimeSpan RemindAfter { get; init; } = TimeSpan.FromHours(4);

    /// <summary>
    /// Called by a worker after each publish part. The engine knows no drops: delivery sweeps its staging area here.
    /// </summary>
    public Func<RunEngine, CancellationToken, Task>? AfterPublish { get; init; }

    /// <summary>Says which items are to fail on purpose; null but in tests, and no setting sets it.</summary>
    public Func<ItemPlace, bool>? ItemFault { get; init; }

    /// <summary>Switched-off guards; <see cref="GuardsOff.None"/> but in tests of the harness.</summary>
    public GuardsOff GuardsOff { get; init; }
}
