using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Tests.Bench;

/// <summary>A home with a database of its own on the server of MYNUMBER_CONNECTION; both are gone when it is disposed.</summary>
public sealed class BenchHome : IAsyncDisposable
{
    private BenchHome(Home home, NpgsqlDataSource database) => (Home, Database) = (home, database);

    public static string Server => Environment.GetEnvironmentVariable("MYNUMBER_CONNECTION")
        ?? throw new InvalidOperationException("MYNUMBER_CONNECTION is not set: run benches by ./run-local.sh bench NAME.");

    public Home Home { get; }

    public NpgsqlDataSource Database { get; }

    public string ConnectionString => HomeDatabase.ConnectionString(Home, Server);

    public static async Task<BenchHome> CreateAsync(CancellationToken cancellation)
    {
        var home = new Home(Directory.CreateTempSubdirectory("mynumber-bench-").FullName);
        return new BenchHome(home, await HomeDatabase.OpenAsync(home, Server, cancellation));
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async Task<IReadOnlyList<long>> NumbersAsync(string sql, CancellationToken cancellation)
    {
        await using var command = Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var numbers = new List<long>();
        while (await reader.ReadAsync(cancellation))
        {
            numbers.Add(reader.GetInt64(0));
        }

        return numbers;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await using (var server = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ConnectionString))
        {
            await server.OpenAsync();
            await using var command = new NpgsqlCommand($"DROP DATABASE mynumber_{Home.Id} WITH (FORCE)", server);
            await command.ExecuteNonQueryAsync();
        }

        Directory.Delete(Home.Root, recursive: true);
    }
}
