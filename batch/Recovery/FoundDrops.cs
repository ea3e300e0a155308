using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using Npgsql;

namespace MyNumber.Batch.Recovery;

/// <summary>
/// The drops that persons found to be out after a restore: their control files and lists, kept in `archive/reconciled`. A
/// folder stays for good: a later restore of the database does not undo that its letters are out.
/// </summary>
public static class FoundDrops
{
    private static readonly IReadOnlyList<string> Areas = ["print", "card-orders"];

    /// <summary>The reconciled drops of an area, by date and number.</summary>
    public static IReadOnlyList<FoundDrop> Reconciled(Home home, string area) =>
        [.. Folders(home).Select(FoundDrop.Read).Where(drop => drop.Area == area)
            .OrderBy(drop => drop.BusinessDate).ThenBy(drop => drop.Product, StringComparer.Ordinal).ThenBy(drop => drop.Number)];

    /// <summary>
    /// Hashes of the reconciled drops' control files: what was sealed before the backup and handed over after it is out already.
    /// </summary>
    public static IReadOnlySet<string> ReconciledHashes(Home home, string area) =>
        Reconciled(home, area).Select(drop => drop.ControlSha256).ToHashSet();

    /// <summary>Copies a drop's control file and lists, whole or not at all.</summary>
    public static void Add(Home home, FoundDrop drop)
    {
        ArgumentNullException.ThrowIfNull(drop);
        var place = Path.Combine(FolderOf(home), drop.Name);
        if (Directory.Exists(place))
        {
            return;
        }

        var temporary = Directory.CreateDirectory(Path.Combine(FolderOf(home), $".{drop.Name}.{Path.GetRandomFileName()}")).FullName;
        foreach (var list in drop.Lists)
        {
            using var to = new FileStream(Path.Combine(temporary, list), FileMode.CreateNew);
            using var from = GivenFile.OpenBelow(drop.Folder, Path.Combine(drop.Folder, list), GivenFile.TableBytesMax);
            from.CopyTo(to);
            to.Flush(flushToDisk: true);
        }

        Directory.Move(temporary, place);
        Durable.SyncFolder(FolderOf(home));
    }

    /// <summary>
    /// Drops that lie READY in the outbox and are known to nobody: neither to the database nor as reconciled. They left the house
    /// after the moment that the database was restored to.
    /// </summary>
    public static async Task<IReadOnlyList<string>> UnknownInOutboxAsync(
        Home home, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(home);
        var ready = Areas
            .Where(area => Directory.Exists(Path.Combine(home.Outbox, area)))
            .SelectMany(area => Directory.GetDirectories(Path.Combine(home.Outbox, area))
                .Where(folder => File.Exists(Path.Combine(folder, "READY")))
                .Select(folder => $"{area}/{Path.GetFileName(folder)}"));
        return await UnknownAsync(home, connection, transaction, ready, cancellation);
    }

    /// <summary>Drops that answers of the vendor in the inbox speak of, and that are known to nobody.</summary>
    public static Task<IReadOnlyList<string>> UnknownInAnswersAsync(
        Home home, NpgsqlConnection connection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(home);
        var folder = Path.Combine(home.Inbox, "vendor");
        var named = Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.csv").Select(file => Path.GetFileName(file).Split('.')[0])
            : [];
        return UnknownAsync(home, connection, null, named.Select(name => $"print/{name}"), cancellation);
    }

    private static async Task<IReadOnlyList<string>> UnknownAsync(
        Home home, NpgsqlConnection connection, NpgsqlTransaction? transaction, IEnumerable<string> folders,
        CancellationToken cancellation)
    {
        var reconciled = Folders(home).Select(Path.GetFileName).ToHashSet();
        var asked = folders.Where(folder => !reconciled.Contains(Path.GetFileName(folder))).Distinct().ToArray();
        return asked.Length == 0
            ? []
            : await Sql.QueryAsync(
                connection, transaction,
                """
                SELECT folder FROM unnest($1::text[]) AS asked (folder)
                WHERE NOT EXISTS (SELECT FROM drop WHERE drop.folder = asked.folder) ORDER BY folder COLLATE "C"
                """,
                row => row.GetString(0), cancellation, asked);
    }

    private static IEnumerable<string> Folders(Home home) =>
        Directory.EnumerateDirectories(FolderOf(home)).Where(folder => !Path.GetFileName(folder).StartsWith('.'))
            .Order(StringComparer.Ordinal);

    private static string FolderOf(Home home) => Directory.CreateDirectory(Path.Combine(home.Archive, "reconciled")).FullName;
}
