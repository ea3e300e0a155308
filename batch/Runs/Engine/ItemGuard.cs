namespace MyNumber.Batch.Runs.Engine;

/// <summary>An item that an error failed.</summary>
/// <param name="Subject">The item's key; never a name or a number of a person.</param>
/// <param name="ErrorClass">SQLSTATE or the exception's type, never its message.</param>
/// <param name="Where">Types and innermost frames, free of values: for whoever mends the cause.</param>
public sealed record FailedItem(string Subject, string ErrorClass, string Where)
{
    /// <summary>What the ledger and a row's reason say of an item that failed: `error:` and the class.</summary>
    public string Reason => ItemGuard.Reason(ErrorClass);

    internal static FailedItem Of(string subject, Exception error) =>
        new(subject, Failures.Class(error), Failures.Text(error));
}

/// <summary>What came of work over items.</summary>
/// <param name="Done">Results of those that were worked, in the order given.</param>
/// <param name="Failed">Those that an error failed: they need an outcome (<see cref="StoreContext.ReportAsync"/>).</param>
public sealed record ItemResults<T>(IReadOnlyList<T> Done, IReadOnlyList<FailedItem> Failed);

/// <summary>
/// Where a test makes an item fail on purpose. <see cref="What"/> names the kind of item: `event`, `card`, `feed` …
/// </summary>
public sealed record ItemPlace(string Step, PartAct Act, string What, string Subject);

/// <summary>
/// So many items of an act failed that the cause is none of theirs: the step halts, and nothing of the act is decided.
/// </summary>
public sealed class TooManyItemsFailedException(string what, long failed, long all, FailedItem example)
    : Exception($"{failed} of {all} items ({what}) failed with {example.ErrorClass}")
{
    /// <summary>Class of the error that failed the last of them.</summary>
    public string ErrorClass => example.ErrorClass;

    /// <summary>One of them, and where it failed.</summary>
    public FailedItem Example => example;
}

/// <summary>
/// Works the items of an act one by one: an error over one item is that item's outcome, the others go on (ENGINE.md, rule
/// 11). What is nobody's fault in particular (the database away, a disk full, a broken program, a cancelled wait) goes on
/// to the engine as ever, and so does one error over too many items.
/// </summary>
public sealed class ItemGuard
{
    private const string ReasonPrefix = "error:";
    private readonly EngineOptions _options;
    private readonly string _step;
    private readonly PartAct _act;
    private readonly bool _unlimited;

    internal ItemGuard(EngineOptions options, string step, PartAct act, bool unlimited)
    {
        (_options, _step, _act, _unlimited) = (options, step, act, unlimited);
    }

    /// <summary>The ledger's reason for an error of this class.</summary>
    public static string Reason(string errorClass) => ReasonPrefix + errorClass;

    /// <summary>Computes something of each item. No rows are written in here: see <see cref="StoreContext.StoreEachAsync"/>.</summary>
    /// <param name="what">The kind of item in one word, as operators know it: `piece`, `card`.</param>
    /// <param name="items">The items, in content order.</param>
    /// <param name="subject">An item's key; never a name or a number of a person.</param>
    /// <param name="work">The work; what it throws is the item's.</param>
    /// <exception cref="TooManyItemsFailedException">More failed than an operator would want to find left out.</exception>
    public ItemResults<TResult> Each<TItem, TResult>(
        string what, IReadOnlyCollection<TItem> items, Func<TItem, string> subject, Func<TItem, TResult> work)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(work);
        var (done, failed) = (new List<TResult>(items.Count), new List<FailedItem>());
        foreach (var item in items)
        {
            try
            {
                Hit(what, subject(item));
                done.Add(work(item));
            }
            catch (Exception error) when (Failures.IsOfAnItem(error))
            {
                failed.Add(FailedItem.Of(subject(item), error));
                Judge(what, failed, items.Count);
            }
        }

        return new(done, failed);
    }

    /// <summary>The same for work that waits. Written for acts without a transaction: feeds, files.</summary>
    /// <exception cref="TooManyItemsFailedException">More failed than an operator would want to find left out.</exception>
    public async Task<ItemResults<TResult>> EachAsync<TItem, TResult>(
        string what, IReadOnlyCollection<TItem> items, Func<TItem, string> subject,
        Func<TItem, CancellationToken, Task<TResult>> work, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(work);
        var (done, failed) = (new List<TResult>(items.Count), new List<FailedItem>());
        foreach (var item in items)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                Hit(what, subject(item));
                done.Add(await work(item, cancellation));
            }
            catch (Exception error) when (Failures.IsOfAnItem(error) && !cancellation.IsCancellationRequested)
            {
                failed.Add(FailedItem.Of(subject(item), error));
                Judge(what, failed, items.Count);
            }
        }

        return new(done, failed);
    }

    /// <summary>
    /// Stops where too many failed: some stand-in dates among a hundred thousand letters are those letters' trouble, every
    /// tenth letter is a fault of the program or of a setting, and a person must look before they are all left out.
    /// </summary>
    internal void Judge(string what, List<FailedItem> failed, int all)
    {
        if (!_unlimited && TooMany(failed.Count, all, _options))
        {
            throw new TooManyItemsFailedException(what, failed.Count, all, failed[^1]);
        }
    }

    internal static bool TooMany(long failed, long all, EngineOptions options) =>
        failed >= options.BreakerAfter && (failed > options.FailedItemsMax || failed > all * options.FailedItemsShareMax);

    /// <summary>A test makes items fail: then every item is named, also where a sound night would not list them.</summary>
    internal bool IsTested => _options.ItemFault is not null;

    /// <summary>Passes an item; throws where a test wants this one to fail.</summary>
    internal void Hit(string what, string subject)
    {
        if (_options.ItemFault?.Invoke(new ItemPlace(_step, _act, what, subject)) is true)
        {
            throw new ItemFaultException();
        }
    }
}

/// <summary>What a test makes an item throw (<see cref="EngineOptions.ItemFault"/>).</summary>
public sealed class ItemFaultException() : Exception("This item fails on purpose.");
