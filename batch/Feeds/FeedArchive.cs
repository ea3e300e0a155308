using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Feeds;

/// <summary>
/// Moves feeds out of the inbox once a commit has decided them: taken ones to `archive/`, refused ones to
/// `inbox/rejected/`. What was decided is known by its hash, so after a kill only the move is repeated.
/// </summary>
public static class FeedArchive
{
    /// <summary>The act `publish` of a step that takes feeds of some areas.</summary>
    public static Act Publish(Home home, params string[] areas) => Act.Of(
        async (part, cancellation) => await MoveAsync(home, part.Database, areas, cancellation),
        async (staying, context, cancellation) => await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE feed SET archived = true
            WHERE NOT archived AND kind = ANY($1) AND NOT (kind || '/' || name) = ANY($2)
            """,
            cancellation, areas, staying.ToArray()));

    /// <summary>Where refused feeds lie, an area's folder each.</summary>
    public static string RefusedFolder(Home home)
    {
        ArgumentNullException.ThrowIfNull(home);
        return Path.Combine(home.Inbox, "rejected");
    }

    /// <summary>
    /// Deletes a feed that lies in the archive or among the refused ones, with what said why. The marker goes last: after a
    /// kill the rest is still found by it.
    /// </summary>
    internal static void Delete(Feed feed)
    {
        if (feed.IsFlat)
        {
            GivenFolder.Delete(feed.DataPath);
            File.Delete(Path.ChangeExtension(feed.MarkerPath, ".rejected.csv"));
            File.Delete(feed.MarkerPath);
            Durable.SyncFolder(Path.GetDirectoryName(feed.MarkerPath)!);
            return;
        }

        File.Delete($"{feed.DataPath}.rejected.csv");
        if (GivenFile.KindOf(feed.DataPath) == GivenKind.Folder)
        {
            foreach (var entry in GivenFolder.Walk(feed.DataPath).Entries.Where(entry => entry.Path != Path.GetFileName(feed.MarkerPath)))
            {
                File.Delete(feed.FullPath(entry.Path));
            }

            Durable.SyncFolder(feed.DataPath);
        }

        GivenFolder.Delete(feed.DataPath);
        Durable.SyncFolder(Path.GetDirectoryName(feed.DataPath)!);
    }

    /// <summary>Moves what is decided; returns what has to stay because its scans are not all in the store.</summary>
    private static async Task<IReadOnlyList<string>> MoveAsync(
        Home home, NpgsqlDataSource database, string[] areas, CancellationToken cancellation)
    {
        new SecretStore(home).SweepUnfinished();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var staying = new List<string>();
        foreach (var feed in areas.SelectMany(area => Feed.Marked(home, area)))
        {
            try
            {
                if (await StaysAsync(connection, home, feed, cancellation))
                {
                    staying.Add(FeedDesk.Subject(feed));
                }
            }
            catch (IOException gone) when (IsGone(gone) && GivenFile.KindOf(feed.MarkerPath) is null)
            {
                // A worker that was given up woke and moved the same feed to the same place; its marker went last.
            }
        }

        return staying;
    }

    private static async Task<bool> StaysAsync(
        NpgsqlConnection connection, Home home, Feed feed, CancellationToken cancellation)
    {
        var sha256 = FeedMarker.Read(feed).Sha256;
        var state = await StateAsync(connection, feed, sha256, cancellation);
        if (state == "taken" && await IsUnstoredAsync(connection, feed, cancellation))
        {
            return true;
        }

        if (state == "taken")
        {
            ToArchive(home, feed);
            FaultPoints.Hit(FaultPoints.ArchiveMoved);
        }
        else if (state == "rejected")
        {
            await ToRejectedAsync(connection, home, feed, sha256, cancellation);
            FaultPoints.Hit(FaultPoints.ArchiveMoved);
        }

        return false;
    }

    // The feed itself first; the same content under another name is one that was recognised (`again`).
    private static Task<string?> StateAsync(
        NpgsqlConnection connection, Feed feed, string sha256, CancellationToken cancellation) =>
        Sql.ScalarAsync<string>(
            connection, null,
            """
            SELECT state FROM feed WHERE kind = $1 AND sha256 = $3 AND (name = $2 OR state = 'taken')
            ORDER BY state = 'taken' DESC LIMIT 1
            """,
            cancellation, feed.Area, feed.Name, sha256);

    // An operator may have skipped a part: its scans are held, and their files must stay until a later night has them.
    private static Task<bool> IsUnstoredAsync(NpgsqlConnection connection, Feed feed, CancellationToken cancellation) =>
        Sql.ScalarAsync<bool>(
            connection, null,
            feed.Area switch
            {
                FeedArea.Scans =>
                    "SELECT EXISTS (SELECT FROM scan WHERE feed = $1 AND kind <> 'other' AND state = 'received' AND stored IS NULL)",
                FeedArea.Online =>
                    """
                    SELECT EXISTS (SELECT FROM application WHERE feed = $1 AND channel <> 'mail' AND online_cipher IS NULL AND state = 'received')
                      OR EXISTS (SELECT FROM waiting_application WHERE feed = $1 AND online_cipher IS NULL)
                    """,
                _ => "SELECT false AND $1 = ''",
            },
            cancellation, feed.Name);

    private static void ToArchive(Home home, Feed feed)
    {
        var area = Directory.CreateDirectory(Path.Combine(home.Archive, feed.Area)).FullName;
        if (feed.IsFlat)
        {
            MoveFlat(feed, Path.Combine(area, feed.Name));
        }
        else
        {
            // Scans and photographs lie in the encrypted store by now, and nowhere else.
            MoveFolder(feed, Path.Combine(area, feed.Name), feed.Area switch
            {
                FeedArea.Scans => file => file == "manifest.csv",
                FeedArea.Online => file => file == "applications.csv",
                _ => _ => true,
            });
        }

        Durable.SyncFolder(area);
    }

    private static async Task ToRejectedAsync(
        NpgsqlConnection connection, Home home, Feed feed, string sha256, CancellationToken cancellation)
    {
        var area = Directory.CreateDirectory(Path.Combine(RefusedFolder(home), feed.Area)).FullName;
        var target = Path.Combine(area, feed.Name);
        var before = feed.IsFlat ? Feed.FlatFeed(feed.Area, $"{target}.done") : Feed.FolderFeed(feed.Area, target);
        if (GivenFile.KindOf(before.MarkerPath) is not null && FeedMarker.Read(before).Sha256 != sha256)
        {
            // The same name was refused before with other content; both stay to be seen.
            target = $"{target}-{sha256[..8]}";
        }

        var faults = await Sql.QueryAsync(
            connection, null,
            """
            SELECT file, row, column_name, value_class, reason FROM feed_fault
            WHERE kind = $1 AND name = $2 AND sha256 = $3 ORDER BY number
            """,
            row => new FeedFault(row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4)),
            cancellation, feed.Area, feed.Name, sha256);
        WriteEvidence($"{target}.rejected.csv", faults);
        if (feed.IsFlat)
        {
            MoveFlat(feed, target);
        }
        else
        {
            // As it is, by its name alone: what lies in it may be a pipe, or a link to anything.
            GivenFolder.Move(feed.DataPath, target);
            Durable.SyncFolder(Path.GetDirectoryName(feed.DataPath)!);
        }

        Durable.SyncFolder(area);
    }

    private static void WriteEvidence(string path, IReadOnlyList<FeedFault> faults)
    {
        // A file's name is the sender's choice: it may hold a comma.
        var rows = faults.Select(fault => (IReadOnlyList<string>)
            [fault.File, fault.Row.ToString(CultureInfo.InvariantCulture), fault.Column, fault.ValueClass, fault.Reason]);
        using (var stream = new FileStream($"{path}.tmp", FileMode.Create, FileAccess.Write))
        {
            stream.Write(CsvText.Bytes("file,row,column,value_class,reason", rows));
            stream.Flush(flushToDisk: true);
        }

        GivenFolder.Move($"{path}.tmp", path);
    }

    // The marker goes last: as long as it is there, the move is not done.
    private static void MoveFlat(Feed feed, string target)
    {
        if (GivenFile.KindOf(feed.DataPath) is not null)
        {
            GivenFolder.Move(feed.DataPath, $"{target}.csv");
        }

        GivenFolder.Move(feed.MarkerPath, $"{target}.done");
        Durable.SyncFolder(Path.GetDirectoryName(feed.MarkerPath)!);
    }

    private static void MoveFolder(Feed feed, string target, Func<string, bool> isKept)
    {
        foreach (var entry in GivenFolder.Walk(feed.DataPath).Entries)
        {
            var path = feed.FullPath(entry.Path);
            if (path == feed.MarkerPath)
            {
                continue;
            }

            if (isKept(entry.Path))
            {
                MoveInto(path, Path.Combine(target, entry.Path));
            }
            else
            {
                File.Delete(path);
            }
        }

        MoveInto(feed.MarkerPath, Path.Combine(target, Path.GetFileName(feed.MarkerPath)));
        Durable.SyncFolder(target);
        Directory.Delete(feed.DataPath, recursive: true);
        Durable.SyncFolder(Path.GetDirectoryName(feed.DataPath)!);
    }

    private static void MoveInto(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        GivenFolder.Move(path, target);
    }

    private static bool IsGone(IOException error) => error is FileNotFoundException or DirectoryNotFoundException;
}
