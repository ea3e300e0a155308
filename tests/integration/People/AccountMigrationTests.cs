using Dapper;
using DbUp;
using MyNumber.Batch.Database;
using MyNumber.Batch.People;
using Npgsql;

namespace MyNumber.Tests.Integration.People;

/// <summary>A home of before: names that are now one, an approval by a name that was typed freely.</summary>
public sealed class AccountMigrationTests
{
    [Fact]
    public async Task Of_two_accounts_that_are_now_one_the_first_stays_and_an_alert_names_the_other()
    {
        var name = $"before_accounts_{Environment.ProcessId}";
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.Server) { Pooling = false };
        await ExecuteAsync(server.ConnectionString, $"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        var own = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
        try
        {
            Assert.True(DeployChanges.To.PostgresqlDatabase(own)
                .WithScriptsEmbeddedInAssembly(
                    typeof(Migrator).Assembly,
                    script => script.EndsWith(".sql", StringComparison.Ordinal)
                        && string.CompareOrdinal(script, "MyNumber.Batch.Database.Migrations.0021") < 0)
                .WithTransactionPerScript().LogToNowhere().Build().PerformUpgrade().Successful);
            await ExecuteAsync(own, Before);
            Migrator.Migrate(own);
            await using var connection = new NpgsqlConnection(own);
            await connection.OpenAsync();
            Assert.Equal(
                ["admin operator False", "suzuki keyer True", "tanaka approver False", "tanaka."],
                (await connection.QueryAsync<string>(
                    "SELECT person || ' ' || array_to_string(roles, '+') || ' ' || CASE WHEN disabled THEN 'True' ELSE 'False' END FROM account ORDER BY person COLLATE \"C\""))
                    .Select(line => line.StartsWith("tanaka.", StringComparison.Ordinal)
                        && line.EndsWith("keyer True", StringComparison.Ordinal) ? "tanaka." : line));
            var (subject, message) = await connection.QuerySingleAsync<(string, string)>(
                "SELECT alert.subject, alert_message.what_to_do FROM alert JOIN alert_message ON alert_id = alert.id WHERE alert.code = 'account-name-taken'");
            Assert.StartsWith("account tanaka.", subject, StringComparison.Ordinal);
            Assert.Contains("the account tanaka.", message, StringComparison.Ordinal);

            // Who made whom is known from the audit table: the maker is no second person beside the account.
            Assert.False(await TwoPeople.AreAsync(connection, null, "admin", "tanaka", default));
            Assert.Equal(["Tanaka", "tanaka.other"],
                await connection.QueryAsync<string>("SELECT person FROM approval ORDER BY subject, person COLLATE \"C\""));
        }
        finally
        {
            await ExecuteAsync(server.ConnectionString, $"DROP DATABASE {name} WITH (FORCE)");
        }
    }

    private const string Before = """
        INSERT INTO account (person, password_hash, role, one_time, disabled) VALUES
          ('admin', 'x', 'operator', false, false), ('tanaka', 'x', 'keyer', false, false), ('Tanaka', 'x', 'approver', false, false),
          ('suzuki', 'x', 'keyer', false, true);
        INSERT INTO audit (sequence, at, person, action, subject, reason, previous_sha256, sha256) VALUES
          (1, now(), 'first-start', 'account-add', 'admin as operator', 'No account existed.', '0', 'a'),
          (2, now(), 'admin', 'account-add', 'Tanaka as approver', 'Joins.', 'a', 'b'),
          (3, now(), 'admin', 'account-add', 'tanaka as keyer', 'Joins.', 'b', 'c');
        INSERT INTO approval (kind, subject, person, reason, at) VALUES
          ('disposal', 'decided', 'Tanaka', 'ended', now()), ('disposal', 'decided', 'tanaka.other', 'ended', now()),
          ('disposal', 'half-typed', 'typed freely', 'ended', now());
        """;

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.ExecuteAsync(sql);
    }
}
