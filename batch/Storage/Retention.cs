using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Files;
using MyNumber.Batch.Recovery;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Storage;

/// <summary>Whether retention deletes, or only says what it would delete.</summary>
public enum RetentionMode
{
    /// <summary>Nothing is changed.</summary>
    DryRun,

    /// <summary>What is past its time is deleted.</summary>
    Delete,
}

/// <summary>What was past its time.</summary>
/// <param name="AsOf">The business date that it was judged by; null before the first complete night.</param>
/// <param name="Archived">Feeds, events and answers in `archive/`.</param>
/// <param name="Refused">Refused feeds in `inbox/rejected/`.</param>
/// <param name="Photographs">Photographs in `outbox/card-orders/` whose application's key is destroyed.</param>
public sealed record RetentionResult(DateOnly? AsOf, int Archived, int Refused, int Photographs);

/// <summary>
/// R48 for what lies in clear outside the encrypted store: taken feeds in `archive/` after the policy's days, refused ones
/// after the inquiry window (the sender has corrected them long ago, or never will), and the photographs of a card order
/// once the application's key is destroyed. A run never deletes there: `retention` does, and `serve` once a day.
/// Files go first, their rows say so afterwards: a kill in between deletes nothing twice and forgets nothing.
/// </summary>
public sealed class Retention(NightServices services)
{
    /// <summary>Rows marked in one statement.</summary>
    private const int RowsMax = 10_000;

    // The date of the newest complete night, not the clock's: a home whose nights stand still keeps what they may need. Nor a
    // date after today, nor one that a person asked for without destruction: it may be a mistake.
    private const string AsOfSql = """
        SELECT max(business_date) FROM run
        WHERE kind = 'night' AND state = 'complete' AND may_destroy AND business_date <= $1
        """;

    // By content: the same feed sent again under another name lies in the archive under that name too.
    private const string DueSql = """
        SELECT sha256 FROM feed
        WHERE kind = $1 AND sha256 = ANY ($2) AND state = $3 AND (archived OR state = 'rejected') AND business_date <= $4
        """;

    private const string PhotographsSql = """
        SELECT file.drop_id, drop.folder, file.path FROM file
        JOIN drop ON drop.id = file.drop_id AND drop.state = 'published'
        JOIN card ON card.drop_id = file.drop_id AND card.photo = file.path
        JOIN key_slot ON key_slot.application_key = card.application_key AND key_slot.state = 'destroyed'
        WHERE file.deleted_on IS NULL
        ORDER BY file.drop_id, file.path
        LIMIT $1
        """;

    /// <summary>Deletes what is past its time, or counts it.</summary>
    /// <exception cref="StepRefusedException">After a restore what lies there is evidence until the restore is over.</exception>
    public async Task<RetentionResult> SweepAsync(RetentionMode mode, CancellationToken cancellation)
    {
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        await RestoreHold.RefuseAsync(connection, null, services.Home, cancellation);
        if (await AsOfAsync(connection, RunDates.Today(services.Clock.GetUtcNow()), cancellation) is not { } asOf)
        {
            return new RetentionResult(null, 0, 0, 0);
        }

        var archived = await DueAsync(
            connection, services.Home.Archive, "taken", asOf.AddDays(-services.Policy.ArchiveDays), cancellation);
        var refused = await DueAsync(
            connection, FeedArchive.RefusedFolder(services.Home), "rejected",
            Earlier(asOf.AddMonths(-services.Policy.ImagesKeptMonths), asOf.AddDays(-services.Policy.ArchiveDays)), cancellation);
        if (mode == RetentionMode.DryRun)
        {
            var due = await PhotographsAsync(connection, int.MaxValue, cancellation);
            return new RetentionResult(asOf, archived.Count, refused.Count, due.Count);
        }

        await DeleteFeedsAsync(connection, [.. archived, .. refused], asOf, cancellation);
        await KeptFiles.ForgetUntilAsync(connection, asOf.AddDays(-services.Policy.ArchiveDays), cancellation);
        return new RetentionResult(
            asOf, archived.Count, refused.Count, await DeletePhotographsAsync(connection, asOf, cancellation));
    }

    private static DateOnly Earlier(DateOnly one, DateOnly other) => one < other ? one : other;

    private static async Task<DateOnly?> AsOfAsync(
        NpgsqlConnection connection, DateOnly today, CancellationToken cancellation) =>
        (await Sql.QueryAsync(
            connection, null, AsOfSql, row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), cancellation, today))[0];

    // What lies there, not what the rows say: a feed that nobody knows (a restore) is left for a person.
    private static async Task<IReadOnlyList<LyingFeed>> DueAsync(
        NpgsqlConnection connection, string folder, string state, DateOnly limit, CancellationToken cancellation)
    {
        var due = new List<LyingFeed>();
        foreach (var area in FeedArea.All)
        {
            var lying = Feed.MarkedIn(Path.Combine(folder, area), area)
                .Select(feed => new LyingFeed(feed, IdentityOf(feed))).ToList();
            var known = (await Sql.QueryAsync(
                connection, null, DueSql, row => row.GetString(0), cancellation, area,
                lying.Select(one => one.Sha256).ToArray(), state, limit)).ToHashSet();
            due.AddRange(lying.Where(one => known.Contains(one.Sha256)));
        }

        return due;
    }

    // Refused twice under one name, the second file was given another; its marker still names it as it came.
    private static string IdentityOf(Feed feed)
    {
        var marker = FeedMarker.Read(feed);
        return feed.IsFlat && marker.Files.Count == 1 ? marker.Files.Values.Single() : marker.Sha256;
    }

    private static async Task DeleteFeedsAsync(
        NpgsqlConnection connection, IReadOnlyList<LyingFeed> feeds, DateOnly asOf, CancellationToken cancellation)
    {
        foreach (var lying in feeds)
        {
            FeedArchive.Delete(lying.Feed);
        }

        foreach (var area in feeds.GroupBy(lying => lying.Feed.Area))
        {
            await Sql.ExecuteAsync(
                connection, null, "UPDATE feed SET deleted_on = $3 WHERE kind = $1 AND sha256 = ANY ($2) AND deleted_on IS NULL",
                cancellation, area.Key, area.Select(lying => lying.Sha256).ToArray(), asOf);
        }
    }

    private async Task<int> DeletePhotographsAsync(
        NpgsqlConnection connection, DateOnly asOf, CancellationToken cancellation)
    {
        var deleted = 0;
        while (await PhotographsAsync(connection, RowsMax, cancellation) is { Count: > 0 } photographs)
        {
            foreach (var folder in photographs.GroupBy(photograph => Path.Combine(services.Home.Outbox, photograph.Folder)))
            {
                foreach (var photograph in folder)
                {
                    File.Delete(Path.Combine(folder.Key, photograph.Path));
                }

                // A factory that fetched its drop may have taken the folder away.
                if (Directory.Exists(folder.Key))
                {
                    Durable.SyncFolder(folder.Key);
                }
            }

            await MarkAsync(connection, photographs, asOf, cancellation);
            deleted += photographs.Count;
        }

        return deleted;
    }

    private static Task<IReadOnlyList<Photograph>> PhotographsAsync(
        NpgsqlConnection connection, int rowsMax, CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, null, PhotographsSql,
            row => new Photograph(row.GetInt64(0), row.GetString(1), row.GetString(2)), cancellation, rowsMax);

    private static Task MarkAsync(
        NpgsqlConnection connection, IReadOnlyList<Photograph> photographs, DateOnly asOf, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, null,
            """
            WITH gone AS (
              UPDATE file SET deleted_on = $3 FROM unnest($1::bigint[], $2::text[]) AS photograph (drop_id, path)
              WHERE file.drop_id = photograph.drop_id AND file.path = photograph.path AND file.deleted_on IS NULL
              RETURNING file.drop_id, file.path)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT DISTINCT 'application', card.application_key, $3::date, 'order-photograph-deleted', 'retention', 'R48'
            FROM gone JOIN card ON card.drop_id = gone.drop_id AND card.photo = gone.path ORDER BY card.application_key
            """,
            cancellation, photographs.Select(photograph => photograph.DropId).ToArray(),
            photographs.Select(photograph => photograph.Path).ToArray(), asOf);

    private sealed record LyingFeed(Feed Feed, string Sha256);

    private sealed record Photograph(long DropId, string Folder, string Path);
}
