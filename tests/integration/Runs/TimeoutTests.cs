using System.Net;
using System.Net.Sockets;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Integration.Runs;

/// <summary>Npgsql words three timeouts alike; what they mean for a part differs (ENGINE.md, rule 11).</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task A_statement_that_needs_too_long_lasts()
    {
        await using var connection = new NpgsqlConnection(TestDatabase.Server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_sleep(60)", connection) { CommandTimeout = 1 };
        var error = await Record.ExceptionAsync(() => command.ExecuteNonQueryAsync());
        Assert.Equal(FailureKind.Permanent, Failures.Kind(error!));
        Assert.Equal("statement-timeout", Failures.Class(error!));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_passes()
    {
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        var settings = new NpgsqlConnectionStringBuilder("Host=127.0.0.1;Username=x;Timeout=1;Pooling=false")
        {
            Port = ((IPEndPoint)deaf.LocalEndpoint).Port,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        var error = await Record.ExceptionAsync(() => connection.OpenAsync());
        Assert.Equal(FailureKind.Transient, Failures.Kind(error!));
        Assert.True(Failures.IsLostConnection(error!));
    }

    [Fact]
    public async Task A_pool_with_no_connection_left_passes()
    {
        var settings = new NpgsqlConnectionStringBuilder(
            TestDatabase.Server) { MaxPoolSize = 1, Timeout = 1, ApplicationName = "one only" };
        await using var pool = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var only = await pool.OpenConnectionAsync();
        var error = await Record.ExceptionAsync(async () => await (await pool.OpenConnectionAsync()).DisposeAsync());
        Assert.Equal(FailureKind.Transient, Failures.Kind(error!));
    }

    [Fact]
    public void No_statement_of_a_home_has_the_drivers_limit_unless_it_is_set()
    {
        var root = Directory.CreateTempSubdirectory("limit-").FullName;
        var home = new Home(root);
        Assert.Equal(1800, new NpgsqlConnectionStringBuilder(HomeDatabase.ConnectionString(home, "Host=x")).CommandTimeout);
        Assert.Equal(90, new NpgsqlConnectionStringBuilder(
            HomeDatabase.ConnectionString(home, "Host=x;Command Timeout=90")).CommandTimeout);
        Directory.Delete(root, recursive: true);
    }
}
