using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Tests.Integration.Runs;

public sealed class HomeTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("homes-").FullName;
    private string _database = "";

    private static string Server => TestDatabase.Server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        NpgsqlConnection.ClearAllPools();
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)", connection);
        await drop.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task A_home_keeps_its_database_and_a_moved_one_is_refused_until_adopted()
    {
        var first = new Home(Path.Combine(_folder, "first"));
        _database = $"mynumber_{first.Id}";
        Assert.Matches("^[0-9a-f]{8}$", first.Id);
        await (await HomeDatabase.OpenAsync(first, Server, CancellationToken.None)).DisposeAsync();
        await (await HomeDatabase.OpenAsync(new Home(first.Root), Server, CancellationToken.None)).DisposeAsync();

        Directory.Move(first.Root, Path.Combine(_folder, "moved"));
        var moved = new Home(Path.Combine(_folder, "moved"));
        Assert.Equal(first.Id, moved.Id);
        var refused = await Assert.ThrowsAsync<HomeMovedException>(
            () => HomeDatabase.OpenAsync(moved, Server, CancellationToken.None));
        Assert.Contains("mynumber adopt --home", refused.Message);

        await using (var database = await HomeDatabase.OpenUnboundAsync(moved, Server, CancellationToken.None))
        await using (var connection = await database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await HomeDatabase.RebindAsync(connection, transaction, moved.RealPath(), CancellationToken.None);
            await transaction.CommitAsync();
        }

        await (await HomeDatabase.OpenAsync(moved, Server, CancellationToken.None)).DisposeAsync();
    }

    [Fact]
    public async Task A_home_reached_by_a_symbolic_link_is_the_same_home()
    {
        var home = new Home(Path.Combine(_folder, "real"));
        _database = $"mynumber_{home.Id}";
        await (await HomeDatabase.OpenAsync(home, Server, CancellationToken.None)).DisposeAsync();
        Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), home.Root);
        await (await HomeDatabase.OpenAsync(new Home(Path.Combine(_folder, "link")), Server, CancellationToken.None)).DisposeAsync();
    }
}
