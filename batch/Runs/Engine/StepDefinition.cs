namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// A step of a run, as data. The engine fences every act first, then calls <c>Store</c>, then counts, then commits:
/// no step can forget it. Everything here is called again after a crash; only <c>Store</c> changes anything.
/// </summary>
/// <param name="Name">As on the command line: `intake`, `read` …</param>
/// <param name="Plan">
/// Freezes what this step works on. Serial: runs once, before any part; set-based decisions that must not depend on the
/// order of parts are made here. Its Store calls <see cref="StoreContext.PlanPartsAsync"/>; no parts is a fine plan.
/// </param>
/// <param name="Work">One part: a key range. Parts run in parallel and never read each other's rows.</param>
/// <param name="Checks">What must balance when the step closes.</param>
public sealed record StepDefinition(string Name, Act Plan, Act Work, IReadOnlyList<BalanceCheck> Checks)
{
    /// <summary>
    /// Last word before the balance checks, inside the closing transaction. May plan more parts; the step then goes on working.
    /// </summary>
    public Func<StoreContext, CancellationToken, Task>? Seal { get; init; }

    /// <summary>
    /// Hands decided files over. Compute puts them in place (safe to repeat), Store marks what was handed over.
    /// Null where the step has no files.
    /// </summary>
    public Act? Publish { get; init; }

    /// <summary>
    /// Gives back what this step froze and did not seal, in the transaction that abandons its run: the next night finds it
    /// as it was before. What is sealed stays decided, and the next night's publish hands it over.
    /// </summary>
    public Func<StoreContext, CancellationToken, Task>? GiveBack { get; init; }

    /// <summary>
    /// The item keys of a work part in key order, so that a poisoned part can be halved and a skipped part's items held.
    /// Null where a part is one item, whose key is the part's <c>FromKey</c>.
    /// </summary>
    public Func<PartContext, CancellationToken, Task<IReadOnlyList<string>>>? Items { get; init; }

    /// <summary>How long one item (or a part that names none) may take before the watchdog ends its worker.</summary>
    public TimeSpan ItemMax { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Claims after which a work part is halved, or its one item judged; null: the engine's (<see cref="EngineOptions.WorkClaimsMax"/>).
    /// More where a verdict costs more than tries do.
    /// </summary>
    public int? ClaimsMax { get; init; }

    /// <summary>
    /// Gives the outcome of a single item that ended its workers (ENGINE.md, rule 5). Null where there is none to give: such a
    /// part fails after <see cref="EngineOptions.OtherClaimsMax"/> claims and waits for a person.
    /// </summary>
    public Func<string, StoreContext, CancellationToken, Task>? Poison { get; init; }

    /// <summary>
    /// Gives the outcome of a single item of a work part that an error failed (ENGINE.md, rule 11): writes its rows and
    /// returns the ledger's word; the engine writes that line with the class as its reason, and raises the alert. Null where
    /// there is none to give: such a part fails and waits for a person.
    /// </summary>
    public Func<FailedItem, StoreContext, CancellationToken, Task<string>>? Failed { get; init; }
}

/// <summary>A pair of functions: Compute without a transaction, Store with one. Build it with <see cref="Of{T}"/>.</summary>
public sealed class Act
{
    private readonly Func<PartContext, CancellationToken, Task<Func<StoreContext, CancellationToken, Task>>> _compute;

    private Act(Func<PartContext, CancellationToken, Task<Func<StoreContext, CancellationToken, Task>>> compute) =>
        _compute = compute;

    /// <summary>Joins a computation and what stores its result.</summary>
    public static Act Of<T>(
        Func<PartContext, CancellationToken, Task<T>> compute,
        Func<T, StoreContext, CancellationToken, Task> store) =>
        new(async (part, cancellation) =>
        {
            var result = await compute(part, cancellation).ConfigureAwait(false);
            return (context, cancel) => store(result, context, cancel);
        });

    /// <summary>An act that is all rows: nothing to compute outside the transaction.</summary>
    public static Act OfRows(Func<StoreContext, CancellationToken, Task> store) =>
        new((_, _) => Task.FromResult(store));

    internal Task<Func<StoreContext, CancellationToken, Task>> ComputeAsync(
        PartContext part, CancellationToken cancellation) => _compute(part, cancellation);
}

/// <summary>
/// A balance check (conservation law): SQL over rows, never over counters. It returns one row
/// <c>(left bigint, right bigint)</c> and balances where they are equal. Parameters: <c>@run</c> (run id),
/// <c>@ordinal</c> (step), <c>@date</c> (business date).
/// </summary>
/// <param name="Name">A sentence an operator understands: "scans in = read + review + …".</param>
public sealed record BalanceCheck(string Name, string Sql)
{
    /// <summary>
    /// One text that names what is out of balance, for the alert: a statement with the same parameters, asked only then; no
    /// name and no number of a person. Null where the two numbers say enough.
    /// </summary>
    public string? WhichSql { get; init; }
}

/// <summary>One part to plan: a key range, both ends included, compared as bytes (COLLATE "C").</summary>
/// <param name="FromKey">First key; the part's identity within its act.</param>
public sealed record PlannedPart(string FromKey, string ToKey);

/// <summary>One line of the item ledger: what became of a subject in a step.</summary>
/// <param name="Subject">The item's key; never a name or a number of a person.</param>
/// <param name="Outcome">A stable code: `read`, `review`, `held` …</param>
/// <param name="Reason">A stable code or rule id; null where the outcome says it all.</param>
public sealed record ItemOutcome(string Subject, string Outcome, string? Reason = null);
