using DbUp;
using DbUp.Engine;

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
}
