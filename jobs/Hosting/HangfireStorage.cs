using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Hangfire's tables, in a schema of their own in the home's database. Nothing rests on them: emptied, the night goes on.
/// </summary>
public static class HangfireStorage
{
    /// <summary>Their schema.</summary>
    public const string Schema = "hangfire";

    /// <summary>Makes the tables where they are missing. Done once by the parent, so that its children do not race.</summary>
    public static async Task PrepareAsync(string connectionString, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(Plain(connectionString));
        await connection.OpenAsync(cancellation);
        // Processes of several hosts may start at once; the installer itself does not wait for another.
        await using (var locked = new NpgsqlCommand("SELECT pg_advisory_lock(1296650824)", connection))
        {
            await locked.ExecuteNonQueryAsync(cancellation);
        }

        PostgreSqlObjectsInstaller.Install(connection, Schema);
        await using var unlocked = new NpgsqlCommand("SELECT pg_advisory_unlock(1296650824)", connection);
        await unlocked.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The storage, for workers and for the dashboard.</summary>
    public static PostgreSqlStorage Open(string connectionString)
    {
        var options = new PostgreSqlStorageOptions
        {
            SchemaName = Schema,
            PrepareSchemaIfNecessary = false,
            EnableTransactionScopeEnlistment = false,
            AllowDegradedModeWithoutStorage = false,
            QueuePollInterval = TimeSpan.FromSeconds(1),
            EnableLongPolling = true,
            // These two keep the dashboard honest; no part is ever taken over because of them.
            InvisibilityTimeout = TimeSpan.FromMinutes(1),
            UseSlidingInvisibilityTimeout = true,
            // A lock is a row. Its holder's connection cut, the holder itself waits for the row's end before it dispatches again.
            DistributedLockTimeout = TimeSpan.FromSeconds(5),
        };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(Plain(connectionString), options), options);
    }

    // Hangfire's statements are not ours to keep prepared.
    private static string Plain(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        MaxAutoPrepare = 0,
        ApplicationName = "mynumber-hangfire",
        Enlist = false,
    }.ConnectionString;
}
