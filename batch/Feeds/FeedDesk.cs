using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using NpgsqlTypes;

namespace MyNumber.Batch.Feeds;

/// <summary>A feed with everything that can be said of it without the database.</summary>
/// <param name="Faults">Of marker and tables, and between them.</param>
public sealed record CheckedFeed(
    Feed Feed, FeedMarker Marker, IReadOnlyList<FeedTable> Tables, IReadOnlyList<FeedFault> Faults)
{
    /// <summary>Rows without a fault.</summary>
    public int Rows => Tables.Sum(table => table.Rows.Count);

    /// <summary>
    /// Checks the marker, then reads the tables that <paramref name="read"/> names; where the marker has a fault, nothing
    /// of the feed is believed and no table is read.
    /// </summary>
    /// <param name="read">Reads the tables and says what does not fit between them.</param>
    public static CheckedFeed Read(Feed feed, Func<FeedMarker, (IReadOnlyList<FeedTable>, IEnumerable<FeedFault>)> read)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentNullException.ThrowIfNull(read);
        var marker = FeedMarker.Check(feed);
        var faults = marker.Faults;
        if (ValueClass.Code.Fault(feed.Name) is { } reason)
        {
            // The name becomes part of keys and stands in logs: it must be one that can.
            faults = [.. faults, new(Path.GetFileName(feed.MarkerPath), 0, "", "feed-name", reason)];
        }

        if (faults.Count > 0)
        {
            return new(feed, marker, [], faults);
        }

        var (tables, more) = read(marker);
        return new(feed, marker, tables, [.. tables.SelectMany(table => table.Faults), .. more]);
    }

    /// <summary>The table of one file; an empty one where the feed has none.</summary>
    public FeedTable Table(string file, IReadOnlyList<FeedColumn> columns) =>
        Tables.FirstOrDefault(table => table.File == file) ?? new(file, columns, [], []);
}

/// <summary>What is to be done with a feed.</summary>
public enum FeedVerdict
{
    /// <summary>Take it.</summary>
    Take,

    /// <summary>The same content was taken before: it does nothing.</summary>
    Again,

    /// <summary>Something in it is wrong: nothing of it is applied.</summary>
    Refuse,
}

/// <summary>The book of feeds: what came, what was taken, what was refused and why.</summary>
public static class FeedDesk
{
    /// <summary>Ledger outcome and code of the alert that make the night end with status 1.</summary>
    public const string Refused = "refused";

    /// <summary>Reads and checks feeds, each alone: what one of them throws holds that one, not the others.</summary>
    internal static ItemResults<CheckedFeed> Read(
        PartContext part, IReadOnlyList<Feed> feeds, Func<Feed, CheckedFeed> read, CancellationToken cancellation) =>
        part.Items.Each("feed", feeds, Subject, feed =>
        {
            cancellation.ThrowIfCancellationRequested();
            part.BeginItem();
            return read(feed);
        });

    /// <summary>What is to be done, by the feed itself and by what came before. Writes nothing.</summary>
    public static async Task<FeedVerdict> JudgeAsync(StoreContext context, CheckedFeed feed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(feed);
        var taken = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            "SELECT name, sha256 FROM feed WHERE kind = $1 AND state = 'taken' AND (name = $2 OR sha256 = $3)",
            row => (Name: row.GetString(0), Sha256: row.GetString(1)),
            cancellation, feed.Feed.Area, feed.Feed.Name, feed.Marker.Sha256);
        return taken.Any(known => known.Sha256 == feed.Marker.Sha256) ? FeedVerdict.Again
            // The vendor's answers to a drop come in parts, all under the drop's name.
            : feed.Faults.Count > 0 || (taken.Count > 0 && feed.Feed.Area != FeedArea.Vendor) ? FeedVerdict.Refuse
            : FeedVerdict.Take;
    }

    /// <summary>Writes that a feed was taken, in the transaction that applies it.</summary>
    public static async Task TakeAsync(StoreContext context, CheckedFeed feed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(feed);
        await WriteAsync(context, feed, "taken", null, cancellation);
        await LedgerAsync(context, feed, "taken", null, cancellation);
    }

    /// <summary>Writes a line of the ledger for a feed that was taken before.</summary>
    public static Task PassAsync(StoreContext context, CheckedFeed feed, CancellationToken cancellation) =>
        LedgerAsync(context, feed, "again", null, cancellation);

    /// <summary>Writes that a feed was refused, why, and calls an operator.</summary>
    /// <param name="more">What the database made known; the feed's own faults are written as well.</param>
    public static async Task RefuseAsync(
        StoreContext context, CheckedFeed feed, IEnumerable<FeedFault> more, DateTimeOffset at,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(feed);
        FeedFault[] faults = [.. feed.Faults.Concat(more).Take(FeedTable.FaultsMax)];
        if (faults.Length == 0)
        {
            faults = [new(Path.GetFileName(feed.Feed.MarkerPath), 0, "", "feed-name", "name-already-taken")];
        }

        await WriteAsync(context, feed, "rejected", faults[0].Reason, cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            "DELETE FROM feed_fault WHERE kind = $1 AND name = $2 AND sha256 = $3",
            cancellation, feed.Feed.Area, feed.Feed.Name, feed.Marker.Sha256);
        await using (var copy = await context.Connection.BeginBinaryImportAsync(
            """
            COPY feed_fault (kind, name, sha256, number, file, row, column_name, value_class, reason)
            FROM STDIN (FORMAT BINARY)
            """, cancellation))
        {
            for (var i = 0; i < faults.Length; i++)
            {
                var fault = faults[i];
                await copy.StartRowAsync(cancellation);
                await copy.WriteAsync(feed.Feed.Area, NpgsqlDbType.Text, cancellation);
                await copy.WriteAsync(feed.Feed.Name, NpgsqlDbType.Text, cancellation);
                await copy.WriteAsync(feed.Marker.Sha256, NpgsqlDbType.Text, cancellation);
                await copy.WriteAsync(i + 1, NpgsqlDbType.Integer, cancellation);
                await copy.WriteAsync(fault.File, NpgsqlDbType.Text, cancellation);
                await copy.WriteAsync(fault.Row, NpgsqlDbType.Integer, cancellation);
                await copy.WriteAsync(fault.Column, NpgsqlDbType.Text, cancellation);
                await copy.WriteAsync(fault.ValueClass, NpgsqlDbType.Text, cancellation);
                await copy.WriteAsync(fault.Reason, NpgsqlDbType.Text, cancellation);
            }

            await copy.CompleteAsync(cancellation);
        }

        await LedgerAsync(context, feed, Refused, faults[0].Reason, cancellation);
        var subject = Subject(feed.Feed);
        await Alerts.RaiseAsync(
            context.Connection, context.Transaction, "feed-refused", subject,
            $"Feed {subject} was refused whole: see inbox/rejected/{subject}.rejected.csv, and have it sent again corrected.",
            at, cancellation);
    }

    /// <summary>A feed's line in the ledger: `register/NAME`.</summary>
    public static string Subject(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        return string.Create(CultureInfo.InvariantCulture, $"{feed.Area}/{feed.Name}");
    }

    private static Task LedgerAsync(
        StoreContext context, CheckedFeed feed, string outcome, string? reason, CancellationToken cancellation) =>
        context.LedgerAsync([new ItemOutcome(Subject(feed.Feed), outcome, reason)], cancellation);

    private static Task<int> WriteAsync(
        StoreContext context, CheckedFeed feed, string state, string? reason, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO feed (kind, name, sha256, state, run_id, business_date, rows, reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (kind, name, sha256) DO UPDATE SET state = excluded.state, run_id = excluded.run_id,
              business_date = excluded.business_date, rows = excluded.rows, reason = excluded.reason, archived = false
            """,
            cancellation, feed.Feed.Area, feed.Feed.Name, feed.Marker.Sha256, state, context.Run.Id,
            context.BusinessDate, (long)feed.Rows, reason);
}
