using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;

namespace MyNumber.Batch.Runs.Engine;

/// <content>Items that fail in the transaction: found, left out, told.</content>
public sealed partial class StoreContext
{
    /// <summary>Code of the alert that tells of items which an error failed.</summary>
    public const string ItemFailedAlert = "item-failed";

    private const string Savepoint = "before_items";
    private const int SubjectsTold = 5;
    private int _depth;

    /// <summary>Works items in memory, each alone.</summary>
    public ItemGuard Items { get; init; } = new(new EngineOptions(), "", PartAct.Plan, unlimited: false);

    /// <summary>Instant of the alerts.</summary>
    internal DateTimeOffset Now { get; init; }

    /// <summary>
    /// Writes rows for items, set-based: <paramref name="store"/> is called with all of them, and only where that fails with
    /// halves of them, until the item that fails stands alone and is left out. Nothing that a failed call wrote stays.
    /// </summary>
    /// <param name="what">The kind of item in one word, as operators know it.</param>
    /// <param name="items">
    /// In content order: halves are stored in it, one after the other, so that what is numbered over all of them is
    /// numbered the same by halves.
    /// </param>
    /// <param name="subject">An item's key; never a name or a number of a person.</param>
    /// <param name="store">Writes the rows of these items and of no others.</param>
    /// <returns>Those left out: they need an outcome (<see cref="ReportAsync"/>).</returns>
    /// <exception cref="TooManyItemsFailedException">More failed than an operator would want to find left out.</exception>
    public async Task<IReadOnlyList<FailedItem>> StoreEachAsync<TItem>(
        string what, IReadOnlyList<TItem> items, Func<TItem, string> subject,
        Func<IReadOnlyList<TItem>, CancellationToken, Task> store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(store);
        var failed = new List<FailedItem>();
        // A stack of ranges, not recursion: the first half is on top, so the order is that of the items.
        var open = new Stack<(int From, int Count)>();
        if (items.Count > 0)
        {
            open.Push((0, items.Count));
        }

        while (open.TryPop(out var range))
        {
            var some = items.Count == range.Count ? items : [.. items.Skip(range.From).Take(range.Count)];
            if (await TryAsync(what, some, subject, store, cancellation) is not { } error)
            {
                continue;
            }

            if (range.Count == 1)
            {
                failed.Add(FailedItem.Of(subject(some[0]), error));
                Items.Judge(what, failed, items.Count);
                continue;
            }

            var half = range.Count / 2;
            open.Push((range.From + half, range.Count - half));
            open.Push((range.From, half));
        }

        return failed;
    }

    /// <summary>
    /// The same for a statement over so many items that they are not even listed in a sound night: <paramref name="store"/>
    /// is called with null, which means all; only where that fails are <paramref name="subjects"/> asked for and halved.
    /// </summary>
    /// <param name="what">The kind of item in one word, as operators know it.</param>
    /// <param name="subjects">The keys of all items, in content order.</param>
    /// <param name="store">Writes the rows of these items, or of all: `($1::text[] IS NULL OR key = ANY($1))`.</param>
    /// <returns>Those left out: they need an outcome (<see cref="ReportAsync"/>).</returns>
    /// <exception cref="TooManyItemsFailedException">More failed than an operator would want to find left out.</exception>
    public async Task<IReadOnlyList<FailedItem>> StoreSetAsync(
        string what, Func<CancellationToken, Task<IReadOnlyList<string>>> subjects,
        Func<string[]?, CancellationToken, Task> store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        ArgumentNullException.ThrowIfNull(store);
        if (!Items.IsTested && await TryAsync<string>(what, [], key => key, (_, cancel) => store(null, cancel), cancellation) is null)
        {
            return [];
        }

        return await StoreEachAsync(
            what, await subjects(cancellation), key => key, (keys, cancel) => store([.. keys], cancel), cancellation);
    }

    /// <summary>The same one by one, for items that have nothing to gain from being stored together: feeds.</summary>
    /// <exception cref="TooManyItemsFailedException">More failed than an operator would want to find left out.</exception>
    public async Task<IReadOnlyList<FailedItem>> StoreOneByOneAsync<TItem>(
        string what, IReadOnlyCollection<TItem> items, Func<TItem, string> subject,
        Func<TItem, CancellationToken, Task> store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(store);
        var failed = new List<FailedItem>();
        foreach (var item in items)
        {
            if (await TryAsync(what, [item], subject, (one, cancel) => store(one[0], cancel), cancellation) is { } error)
            {
                failed.Add(FailedItem.Of(subject(item), error));
                Items.Judge(what, failed, items.Count);
            }
        }

        return failed;
    }

    /// <summary>
    /// Gives items that failed their outcome: a line of the ledger with the class as its reason, and one alert for each kind
    /// of item and class. The rows of the items themselves (state, reason) are the step's.
    /// </summary>
    /// <param name="failed">What <see cref="ItemGuard"/> or <see cref="StoreEachAsync"/> gave.</param>
    /// <param name="what">The kind of item, as given there.</param>
    /// <param name="outcome">`held`, `withheld`, `review` …</param>
    public async Task ReportAsync(
        IReadOnlyCollection<FailedItem> failed, string what, string outcome, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(failed);
        if (failed.Count == 0)
        {
            return;
        }

        await Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO item (run_id, step_ordinal, subject, outcome, reason)
            SELECT DISTINCT ON (new.subject) $1, $2, new.subject, $3, new.reason
            FROM unnest($4::text[], $5::text[]) AS new (subject, reason) ORDER BY new.subject, new.reason
            ON CONFLICT (run_id, step_ordinal, subject) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason
            """,
            cancellation, run.Id, stepOrdinal, outcome, failed.Select(item => item.Subject).ToArray(),
            failed.Select(item => item.Reason).ToArray());
        await TellAsync(failed, what, outcome, cancellation);
    }

    /// <summary>The alert alone, where the step writes the ledger itself.</summary>
    internal async Task TellAsync(
        IReadOnlyCollection<FailedItem> failed, string what, string outcome, CancellationToken cancellation)
    {
        if (failed.Count == 0)
        {
            return;
        }

        var step = await Sql.ScalarAsync<string>(
            connection, transaction, "SELECT name FROM step WHERE run_id = $1 AND ordinal = $2", cancellation, run.Id,
            stepOrdinal);
        foreach (var group in failed.GroupBy(item => item.ErrorClass).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var told = string.Join(", ", group.Take(SubjectsTold).Select(item => item.Subject));
            await Alerts.RaiseAsync(
                connection, transaction, ItemFailedAlert,
                new AlertSubject(
                    string.Create(
                        CultureInfo.InvariantCulture, $"run {run.Id} {run.BusinessDate:yyyy-MM-dd} {step} {what} {group.Key}"),
                    run.Id),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{group.Count()} of {what} failed in {step} and are {outcome}: {told}{(group.Count() > SubjectsTold ? " …" : "")}. ")
                + $"The others went on. Look at them by `show {run.Id}`; where: {group.First().Where}.",
                Now, cancellation);
        }
    }

    // Null where all is stored; else what is an item's fault, with nothing of it left.
    private async Task<Exception?> TryAsync<TItem>(
        string what, IReadOnlyList<TItem> items, Func<TItem, string> subject,
        Func<IReadOnlyList<TItem>, CancellationToken, Task> store, CancellationToken cancellation)
    {
        // Stores may lie in one another: a feed's rows within the feed.
        var savepoint = string.Create(CultureInfo.InvariantCulture, $"{Savepoint}_{_depth++}");
        try
        {
            await transaction.SaveAsync(savepoint, cancellation);
            foreach (var item in items)
            {
                Items.Hit(what, subject(item));
            }

            await store(items, cancellation);
            await transaction.ReleaseAsync(savepoint, cancellation);
            return null;
        }
        catch (Exception error) when (Failures.IsOfAnItem(error) && !cancellation.IsCancellationRequested)
        {
            await transaction.RollbackAsync(savepoint, cancellation);
            await transaction.ReleaseAsync(savepoint, cancellation);
            return error;
        }
        finally
        {
            _depth--;
        }
    }
}
