using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace MyNumber.Batch.Database;

/// <summary>The home lies elsewhere than its database remembers: moved, or a copy. A person must adopt it.</summary>
public sealed class HomeMovedException(string home, string remembered) : Exception(
    $"The home {home} belongs to a database that knows it as {remembered}. If it was moved, adopt it: "
    + $"mynumber adopt --home \"{home}\" --by PERSON --reason TEXT. Never adopt a copy beside its original.")
{
}

/// <summary>
/// The database of one home: <c>mynumber_ID</c> on the server that the settings name, made at first use, brought to the
/// newest schema, and bound to the home's real path, so that two homes never mix.
/// </summary>
public static class HomeDatabase
{
    /// <summary>
    /// How long one statement may take unless the connection string says otherwise: statements over a whole night take
    /// minutes, and what takes longer than this is told as an error, not tried for ever (ENGINE.md, rule 11).
    /// </summary>
    public static readonly TimeSpan StatementMax = TimeSpan.FromMinutes(30);

    // Npgsql's own limit, which no part of a night shall have: as good as not set.
    private const int DriversDefaultSeconds = 30;
    private const int KeepAliveSeconds = 20;

    // Any number will do; it only must not be used for another lock.
    private const long MigrationLock = 0x4d594e4d;

    // Whoever stands still in the middle of a transaction, or lost its host, holds rows that others wait for. A worker's
    // sessions are ended when it is evicted; all others by the server. A server's connection string that brings options of
    // its own decides for itself.
    private const string SessionOptions = "-c idle_in_transaction_session_timeout=60s";

    // One for each process, on all hosts: by it a worker's sessions are known (Runs/Engine/Workers.cs).
    private static readonly string Sessions = string.Create(
        CultureInfo.InvariantCulture, $"mynumber {Environment.ProcessId} {RandomNumberGenerator.GetHexString(16)}");

    /// <summary>Opens the home's database; makes and migrates it where that is due.</summary>
    /// <param name="server">Connection string of the server; its database name is only used to create ours.</param>
    /// <exception cref="HomeMovedException">The home was moved or copied.</exception>
    /// <exception cref="DatabaseReplacedException">The database was restored, moved or switched over.</exception>
    /// <exception cref="NpgsqlException">The server is not usable.</exception>
    public static async Task<NpgsqlDataSource> OpenAsync(Home home, string server, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(home);
        var database = await OpenUnboundAsync(home, server, cancellation);
        try
        {
            var path = home.RealPath();
            var remembered = await BindAsync(database, path, cancellation);
            if (remembered != path)
            {
                throw new HomeMovedException(path, remembered);
            }

            return await DatabaseIdentity.IsKnownAsync(home, database, cancellation)
                ? database
                : throw new DatabaseReplacedException(path);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the home's database without asking where the home lies: for `adopt` and `restored` alone.</summary>
    public static async Task<NpgsqlDataSource> OpenUnboundAsync(Home home, string server, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(home);
        var name = $"mynumber_{home.Id}";
        await CreateIfMissingAsync(name, server, cancellation);
        var connectionString = ConnectionString(home, server);
        await MigrateAsync(server, name, connectionString, cancellation);
        return NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>The connection string of the home's database.</summary>
    public static string ConnectionString(Home home, string server)
    {
        ArgumentNullException.ThrowIfNull(home);
        var settings = new NpgsqlConnectionStringBuilder(server);
        settings.Options ??= SessionOptions;
        if (settings.CommandTimeout == DriversDefaultSeconds)
        {
            settings.CommandTimeout = (int)StatementMax.TotalSeconds;
        }

        // A socket of this machine takes no such option: every connection would be refused.
        var isLocal = settings.Host?.Split(',').Any(host => host.StartsWith('/') || host.StartsWith('@')) is true;
        if (!settings.TcpKeepAlive && settings.KeepAlive == 0 && !isLocal)
        {
            // A server that is gone without a word is noticed long before a statement's limit.
            (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval) = (true, KeepAliveSeconds, KeepAliveSeconds);
        }

        return new NpgsqlConnectionStringBuilder(settings.ConnectionString)
        {
            Database = $"mynumber_{home.Id}",
            // The engine repeats a few statements for every part: planned once a connection, they cost a third less.
            MaxAutoPrepare = 64,
            ApplicationName = Sessions,
        }.ConnectionString;
    }

    /// <summary>Binds the database to another path.</summary>
    public static async Task RebindAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string path, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE home SET path = $1", connection, transaction)
        {
            Parameters = { new() { Value = path } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The home takes this database as its own from now on: after a person said that it was replaced.</summary>
    public static Task AcceptAsync(Home home, NpgsqlDataSource database, CancellationToken cancellation) =>
        DatabaseIdentity.BindAsync(home, database, cancellation);

    private static async Task<string> BindAsync(NpgsqlDataSource database, string path, CancellationToken cancellation)
    {
        await using var insert = database.CreateCommand("INSERT INTO home (path) VALUES ($1) ON CONFLICT DO NOTHING");
        insert.Parameters.Add(new() { Value = path });
        await insert.ExecuteNonQueryAsync(cancellation);
        await using var select = database.CreateCommand("SELECT path FROM home");
        return (string)(await select.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task CreateIfMissingAsync(string name, string server, CancellationToken cancellation)
    {
        await using var connection = await OpenServerAsync(server, cancellation);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = name } },
        };
        if (await exists.ExecuteScalarAsync(cancellation) is not null)
        {
            return;
        }

        try
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'", connection);
            await create.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException made) when (made.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another first start made it a moment ago: it is there, which is all that is wanted.
        }
    }

    private static async Task MigrateAsync(
        string server, string name, string connectionString, CancellationToken cancellation)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        if (!await Migrator.IsDueAsync(unpooled, cancellation))
        {
            return;
        }

        // Processes that start together migrate one after the other; the second finds nothing to do.
        await using var connection = await OpenServerAsync(
            new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString, cancellation);
        await using var taken = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection)
        {
            Parameters = { new() { Value = MigrationLock } },
        };
        await taken.ExecuteNonQueryAsync(cancellation);
        Migrator.Migrate(unpooled);
    }

    private static async Task<NpgsqlConnection> OpenServerAsync(string server, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }
}
