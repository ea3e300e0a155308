using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Tests.Integration;

/// <summary>
/// A database of its own for a test class, made from a migrated template; dropped at the end. The server is the one
/// that `./run-local.sh` starts and names in MYNUMBER_CONNECTION.
/// </summary>
public sealed class TestDatabase : IAsyncLifetime
{
    private static readonly SemaphoreSlim TemplateGate = new(1);
    private static string? _template;
    private static int _count;

    public string ConnectionString { get; private set; } = "";

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public static string Server =>
        Environment.GetEnvironmentVariable("MYNUMBER_CONNECTION")
        ?? throw new InvalidOperationException("MYNUMBER_CONNECTION is not set: run tests by ./run-local.sh test.");

    public async Task InitializeAsync()
    {
        var template = await TemplateAsync();
        var name = $"{template}_{Interlocked.Increment(ref _count)}";
        // One at a time: CREATE DATABASE refuses a template that another session is copying.
        await TemplateGate.WaitAsync();
        try
        {
            await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template}");
        }
        finally
        {
            TemplateGate.Release();
        }

        ConnectionString = new NpgsqlConnectionStringBuilder(Server)
        {
            Database = name,
            CommandTimeout = (int)HomeDatabase.StatementMax.TotalSeconds,
        }.ConnectionString;
        DataSource = NpgsqlDataSource.Create(ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await DataSource.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync($"DROP DATABASE {new NpgsqlConnectionStringBuilder(ConnectionString).Database} WITH (FORCE)");
    }

    private static async Task<string> TemplateAsync()
    {
        await TemplateGate.WaitAsync();
        try
        {
            if (_template is null)
            {
                var name = $"test_{Environment.ProcessId}";
                await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                await ExecuteAsync($"CREATE DATABASE {name}");
                Migrator.Migrate(new NpgsqlConnectionStringBuilder(Server) { Database = name, Pooling = false }.ConnectionString);
                AppDomain.CurrentDomain.ProcessExit += (_, _) =>
                    ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)").GetAwaiter().GetResult();
                _template = name;
            }

            return _template;
        }
        finally
        {
            TemplateGate.Release();
        }
    }

    private static async Task ExecuteAsync(string sql)
    {
        var server = new NpgsqlConnectionStringBuilder(Server) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
