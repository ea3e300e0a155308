using MyNumber.Tests.Integration.Nights;
using Npgsql;

namespace MyNumber.Tests.Integration.Watch;

/// <summary>A night in which nothing is wrong says so by saying nothing: each false warning teaches people to look away.</summary>
public sealed class CalmNightTests
{
    // Today's in Japan: of an earlier day the product rightly says that a later night is missing.
    private static readonly DateOnly Today =
        DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(9)).DateTime);

    [Fact]
    public void A_calm_night_ends_without_a_warning_and_without_an_alert()
    {
        using var product = new Product("calm");
        product.RunOk(
            "fixtures", "night", "--applications", "12", "--seed", "1", "--out", product.Inbox, "--date", $"{Today:yyyy-MM-dd}");
        var night = product.RunOk("night", "--date", $"{Today:yyyy-MM-dd}");
        AssertCalm(product, night);
        Assert.Empty(product.Query("SELECT code || ' ' || subject FROM alert"));
    }

    // What hits a calm night rarely, made certain: the workers' last word takes longer than a beat.
    [Fact]
    public async Task A_worker_that_takes_its_leave_slowly_is_not_taken_for_one_that_died()
    {
        using var product = new Product("leave");
        product.RunOk("migrate");
        Execute(product, """
            CREATE FUNCTION slow_leave() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1.5); RETURN NEW; END $$;
            CREATE TRIGGER slow_leave BEFORE UPDATE OF state ON worker
              FOR EACH ROW WHEN (NEW.state = 'dead') EXECUTE FUNCTION slow_leave();
            """);
        using var process = product.Start(
            new Dictionary<string, string> { ["MYNUMBER_LEASE_MS"] = "2000" }, "night", "--date", $"{Today:yyyy-MM-dd}");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var night = new CommandResult(process.ExitCode, await output, error);
        Assert.Equal(0, night.ExitCode);
        AssertCalm(product, night);
        Assert.Equal(["dead"], product.Query("SELECT DISTINCT state FROM worker"));
    }

    private static void AssertCalm(Product product, CommandResult night)
    {
        Assert.DoesNotMatch("(?m)^(WRN|ERR|FTL) ", night.Error);
        Assert.DoesNotMatch("alerts? (is|are) open", night.Error);
        var log = string.Concat(Directory.GetFiles(Path.Combine(product.Home, "logs")).Select(File.ReadAllText));
        Assert.DoesNotMatch(" (WRN|ERR|FTL) ", log);
        Assert.Contains(" INF ", log, StringComparison.Ordinal);
    }

    private static void Execute(Product product, string sql)
    {
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.Server)
        {
            Pooling = false,
            Database = $"mynumber_{File.ReadAllText(Path.Combine(product.Home, "home.id")).Trim()}",
        };
        using var connection = new NpgsqlConnection(server.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
