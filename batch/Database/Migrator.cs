using DbUp;
using DbUp.Engine;
using Npgsql;

namespace MyNumber.Batch.Database;

/// <summary>Brings a database to the newest schema: the numbered files of Migrations, each once, in order.</summary>
public static class Migrator
{
    /// <summary>Runs what is missing. Each file is a transaction of its own.</summary>
    /// <returns>How many files ran.</returns>
    /// <exception cref="InvalidOperationException">A file failed; the database is as it was before that file.</exception>
    public static int Migrate(string connectionString)
    {
        DatabaseUpgradeResult result = DeployChanges.To
            .PostgresqlDatabase(connectionString)
            .WithScriptsEmbeddedInAssembly(typeof(Migrator).Assembly, name => name.EndsWith(".sql", StringComparison.Ordinal))
            .WithTransactionPerScript()
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        return result.Successful
            ? result.Scripts.Count()
            : throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed.", result.Error);
    }

    /// <summary>Whether any file has not run yet: one quick look, so that every command can afford it.</summary>
    /// <exception cref="NpgsqlException">The database is not usable.</exception>
    public static async Task<bool> IsDueAsync(string connectionString, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellation);
        await using var journal = new NpgsqlCommand("SELECT to_regclass('public.schemaversions') IS NOT NULL", connection);
        if (await journal.ExecuteScalarAsync(cancellation) is not true)
        {
            return true;
        }

        var ran = new HashSet<string>();
        await using var names = new NpgsqlCommand("SELECT scriptname FROM schemaversions", connection);
        await using var reader = await names.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            ran.Add(reader.GetString(0));
        }

        return typeof(Migrator).Assembly.GetManifestResourceNames()
            .Any(name => name.EndsWith(".sql", StringComparison.Ordinal) && !ran.Contains(name));
    }
}
