using Dapper;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>A worker that stands still inside its transaction, and a command that is alone with it.</summary>
public sealed class StandingStillTests
{
    private const string Date = "2026-11-24";

    [Fact]
    public async Task A_night_goes_on_although_a_worker_holds_its_run_and_nobody_else_is_there_to_give_it_up()
    {
        using var home = new Product("still");
        home.RunOk("run", "intake", "--date", Date);
        var connectionString = new NpgsqlConnectionStringBuilder(HomeDatabase.ConnectionString(new Home(home.Home), TestDatabase.Server))
        {
            ApplicationName = "stands still",
            // Or the server would end its session one day: what is asked here is whether the command does.
            Options = "",
            Pooling = false,
        }.ConnectionString;
        await using var sessions = NpgsqlDataSource.Create(connectionString);
        await Workers.RegisterAsync(sessions, ownsSessions: true, CancellationToken.None);
        await using var connection = await sessions.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SELECT FROM run FOR UPDATE", transaction: transaction);
        using var night = home.Start(new Dictionary<string, string> { ["MYNUMBER_LEASE_MS"] = "1000" }, "night", "--date", Date);
        var error = night.StandardError.ReadToEndAsync();
        await night.WaitForExitAsync();
        Assert.True(night.ExitCode == 0, await error);
        Assert.Equal(["dead"], home.Query("SELECT state FROM worker WHERE sessions = 'stands still'"));
    }
}
