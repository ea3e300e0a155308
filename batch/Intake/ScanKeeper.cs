using System.Globalization;
using System.Security.Cryptography;
using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Intake;

/// <summary>
/// The work of intake: what is personal of a range of rows is encrypted, each application's under its own key. Scans and
/// photographs go into the store, what an online applicant typed into its row.
/// </summary>
internal sealed class ScanKeeper(NightServices services)
{
    /// <summary>Rows of one part.</summary>
    public const int RowsPerPartMax = 1000;

    private const char Separator = '|';

    /// <summary>The key of one row: `scans/FEED|00000001`. Eight digits sort as numbers do.</summary>
    public static string KeyOf(string area, string feed, int row) =>
        string.Create(CultureInfo.InvariantCulture, $"{area}/{feed}{Separator}{row:D8}");

    /// <summary>Parts of consecutive rows of one feed.</summary>
    public static IReadOnlyList<PlannedPart> Parts(IReadOnlyList<(string Area, string Feed, int Row)> rows) =>
        [.. rows.GroupBy(row => (row.Area, row.Feed))
            .SelectMany(feed => feed.Chunk(RowsPerPartMax))
            .Select(chunk => new PlannedPart(
                KeyOf(chunk[0].Area, chunk[0].Feed, chunk[0].Row), KeyOf(chunk[^1].Area, chunk[^1].Feed, chunk[^1].Row)))];

    /// <summary>The rows of a part that are not kept yet.</summary>
    public static async Task<IReadOnlyList<string>> ItemsAsync(PartContext part, CancellationToken cancellation)
    {
        var range = Range.Of(part.Part);
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        var rows = await Sql.QueryAsync(
            connection, null, IntakeSql.Unstored,
            row => (Area: row.GetString(0), Feed: row.GetString(1), Row: row.GetInt32(2)), cancellation);
        return [.. rows.Where(row => range.Holds(row.Area, row.Feed, row.Row)).Select(row => KeyOf(row.Area, row.Feed, row.Row))];
    }

    /// <summary>Encrypts the rows of a part; nothing is decided here, and the same again does no harm.</summary>
    public async Task<Kept> ComputeAsync(PartContext part, CancellationToken cancellation)
    {
        var range = Range.Of(part.Part);
        var isOnline = range.Area == FeedArea.Online;
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        var scans = await ScansAsync(connection, range, isOnline, cancellation);
        var applications = isOnline ? await OnlineAsync(connection, range, cancellation) : [];
        foreach (var day in scans.Select(scan => (scan.KeyOn, scan.Slot))
            .Concat(applications.Select(application => (KeyOn: application.On, application.Slot)))
            .GroupBy(slot => slot.KeyOn))
        {
            services.Keys.EnsureSlots(day.Key, day.Max(slot => slot.Slot) + 1);
        }

        FaultPoints.Hit(FaultPoints.KeySlotWritten);
        var feed = Feed.FolderFeed(range.Area, Path.Combine(services.Home.Inbox, range.Area, range.Feed));
        return new(range, KeepScans(feed, scans, part.BeginItem, cancellation), KeepOnline(feed, applications, part.BusinessDate));
    }

    /// <summary>Writes where things lie now, and one line of the ledger for each row.</summary>
    public static async Task StoreAsync(Kept kept, StoreContext context, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE scan SET stored = kept.stored, stored_page = kept.page
            FROM unnest($2::int[], $3::text[], $4::int[]) AS kept (row, stored, page)
            WHERE scan.feed = $1 AND scan.row = kept.row
            """,
            cancellation,
            kept.Range.ScanFeed, kept.Scans.Select(scan => scan.Row).ToArray(),
            kept.Scans.Select(scan => scan.Stored).ToArray(), kept.Scans.Select(scan => scan.Page).ToArray());
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH kept AS (SELECT * FROM unnest($1::text[], $2::bytea[]) AS kept (key, cipher)),
            waiting AS (
              UPDATE waiting_application SET online_cipher = kept.cipher FROM kept WHERE waiting_application.key = kept.key)
            UPDATE application SET online_cipher = kept.cipher FROM kept WHERE application.key = kept.key
            """,
            cancellation, kept.Online.Select(online => online.Key).ToArray(),
            kept.Online.Select(online => online.Cipher).ToArray());
        var rows = kept.Range.Area == FeedArea.Online
            ? kept.Online.Select(online => online.Row)
            : kept.Scans.Select(scan => scan.Row);
        await context.LedgerAsync(
            rows.Select(row => new ItemOutcome(KeyOf(kept.Range.Area, kept.Range.Feed, row), "taken")), cancellation);
    }

    private List<KeptScan> KeepScans(
        Feed feed, IReadOnlyList<ScanToKeep> scans, Action itemBegun, CancellationToken cancellation)
    {
        var kept = new List<KeptScan>(scans.Count);
        var (openFile, bytes) = ("", Array.Empty<byte>());
        foreach (var scan in scans)
        {
            cancellation.ThrowIfCancellationRequested();
            itemBegun();
            if (scan.File != openFile)
            {
                bytes = GivenFile.ReadAllBytesBelow(feed.Root, feed.FullPath(scan.File), GivenFile.ImageBytesMax);
                openFile = scan.File;
                if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != scan.Sha256)
                {
                    throw new InvalidOperationException($"A file of {FeedDesk.Subject(feed)} changed after it was checked.");
                }
            }

            // A file that cannot be taken apart is kept for nobody: it holds others' pages. Its scans are unreadable.
            var own = scan.IsShared ? PageSplit.Take(bytes, scan.Page) : bytes;
            var key = services.Keys.Key(scan.KeyOn, scan.Slot);
            kept.Add(new(
                scan.Row,
                services.Store.Write(scan.KeyOn, scan.Slot, NameOf(scan), own ?? [], key),
                scan.IsShared ? 1 : scan.Page));
        }

        return kept;
    }

    private List<KeptOnline> KeepOnline(Feed feed, IReadOnlyList<OnlineToKeep> applications, DateOnly on)
    {
        if (applications.Count == 0)
        {
            return [];
        }

        var table = FeedTable.Read(feed, IntakeFeeds.Applications, IntakeFeeds.OnlineColumns, on);
        var rows = table.Rows.ToDictionary(row => row.Number);
        return [.. applications.Select(application =>
        {
            var row = rows[application.Row];
            var online = new OnlineApplication(
                table.Text(row, "email"), table.Date(row, "birth_date"), table.Flag(row, "braille"),
                table.Flag(row, "no_signature_certificate"), table.Flag(row, "no_user_certificate"),
                table.Text(row, "representative_name"), table.Text(row, "representative_relation"));
            return new KeptOnline(
                application.Row, application.Key,
                online.Encrypt(application.Key, services.Keys.Key(application.On, application.Slot)));
        })];
    }

    private static Task<IReadOnlyList<ScanToKeep>> ScansAsync(
        NpgsqlConnection connection, Range range, bool isOnline, CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, null,
            """
            SELECT scan.row, scan.file, scan.page, scan.sha256, key_slot.received_on, key_slot.slot,
              NOT $4 AND EXISTS (
                SELECT FROM scan AS other WHERE other.feed = scan.feed AND other.file = scan.file
                  AND other.application_key IS DISTINCT FROM scan.application_key) AS is_shared
            FROM scan JOIN key_slot USING (application_key)
            WHERE scan.feed = $1 AND scan.row BETWEEN $2 AND $3 AND scan.kind <> 'other' AND scan.stored IS NULL
              AND key_slot.state = 'live'
            ORDER BY scan.file COLLATE "C", scan.row
            """,
            row => new ScanToKeep(
                row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetFieldValue<DateOnly>(4),
                row.GetInt32(5), row.GetBoolean(6), range.ScanFeed),
            cancellation, range.ScanFeed, range.From, range.To, isOnline);

    private static Task<IReadOnlyList<OnlineToKeep>> OnlineAsync(
        NpgsqlConnection connection, Range range, CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, null,
            """
            SELECT application.row, application.key, key_slot.received_on, key_slot.slot
            FROM (
              SELECT key, feed, row, online_cipher FROM application WHERE feed = $1 AND channel <> 'mail'
              UNION ALL SELECT key, feed, row, online_cipher FROM waiting_application WHERE feed = $1) AS application
            JOIN key_slot ON key_slot.application_key = application.key
            WHERE application.row BETWEEN $2 AND $3
              AND application.online_cipher IS NULL AND key_slot.state = 'live'
            ORDER BY application.row
            """,
            row => new OnlineToKeep(row.GetInt32(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetInt32(3)),
            cancellation, range.Feed, range.From, range.To);

    // The feed's name is hashed to give it a fixed form; row and feed together are unique within an application.
    private static string NameOf(ScanToKeep scan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(scan.Feed)).AsSpan(0, 6))}-{scan.Row}");

    internal sealed record Range(string Area, string Feed, int From, int To)
    {
        /// <summary>As scan.feed has it: photographs of online feeds are kept apart from scan drops of the same name.</summary>
        public string ScanFeed => Area == FeedArea.Online ? $"online/{Feed}" : Feed;

        public static Range Of(PartInfo part)
        {
            var slash = part.FromKey.IndexOf('/', StringComparison.Ordinal);
            var bar = part.FromKey.LastIndexOf(Separator);
            return new(
                part.FromKey[..slash],
                part.FromKey[(slash + 1)..bar],
                int.Parse(part.FromKey.AsSpan(bar + 1), CultureInfo.InvariantCulture),
                int.Parse(part.ToKey.AsSpan(part.ToKey.LastIndexOf(Separator) + 1), CultureInfo.InvariantCulture));
        }

        public bool Holds(string area, string feed, int row) =>
            area == Area && feed == Feed && row >= From && row <= To;
    }

    internal sealed record Kept(Range Range, IReadOnlyList<KeptScan> Scans, IReadOnlyList<KeptOnline> Online);

    internal sealed record KeptScan(int Row, string Stored, int Page);

    internal sealed record KeptOnline(int Row, string Key, byte[] Cipher);

    private sealed record ScanToKeep(
        int Row, string File, int Page, string Sha256, DateOnly KeyOn, int Slot, bool IsShared, string Feed);

    private sealed record OnlineToKeep(int Row, string Key, DateOnly On, int Slot);
}
