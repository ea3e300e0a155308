using System.Text;
using Npgsql;

namespace MyNumber.Batch.Database;

/// <summary>
/// The home's database is not the one that the home last worked with: restored from a backup, moved to another server,
/// or switched over to a standby.
/// </summary>
public sealed class DatabaseReplacedException(string home) : Exception(
    $"The database of the home {home} is not the one it last worked with: it was restored, moved or switched over, and may "
    + "not know what has left the house. Stop everything and say so first (docs/runbook.md): "
    + $"mynumber restored --home \"{home}\" --by PERSON --reason TEXT.")
{
}

/// <summary>
/// Which database a home last worked with, in its file `database.id`: the cluster's system identifier, the timeline (a
/// recovery to a point in time and a promoted standby begin a new one), and the database's own number (a dump that is
/// loaded again gets another). The file, not a row: a row would come back with the backup.
/// </summary>
internal static class DatabaseIdentity
{
    private const string IdentitySql = """
        SELECT format('%s/%s/%s', (SELECT system_identifier FROM pg_control_system()),
          left(pg_walfile_name(pg_current_wal_lsn()), 8),
          (SELECT oid FROM pg_database WHERE datname = current_database()))
        """;

    /// <summary>True where the home knows this database, or knew none yet and knows it from now on.</summary>
    public static async Task<bool> IsKnownAsync(Home home, NpgsqlDataSource database, CancellationToken cancellation)
    {
        var path = PathOf(home);
        var actual = await ReadAsync(database, cancellation);
        if (File.Exists(path))
        {
            return (await File.ReadAllTextAsync(path, cancellation)).Trim() == actual;
        }

        Write(path, actual);
        return true;
    }

    /// <summary>From now on the home knows this database.</summary>
    public static async Task BindAsync(Home home, NpgsqlDataSource database, CancellationToken cancellation) =>
        Write(PathOf(home), await ReadAsync(database, cancellation));

    private static async Task<string> ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(IdentitySql);
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    // Several processes may start at once in a new home: all write the same.
    private static void Write(string path, string identity)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        using (var stream = new FileStream(temporary, FileMode.CreateNew))
        {
            stream.Write(Encoding.ASCII.GetBytes($"{identity}\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static string PathOf(Home home) => Path.Combine(home.Root, "database.id");
}
