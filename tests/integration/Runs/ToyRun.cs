using Dapper;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Tests.ToyHost;

namespace MyNumber.Tests.Integration.Runs;

/// <summary>A database, an outbox and an engine over the toy steps, for one test.</summary>
public sealed class ToyRun : IAsyncDisposable
{
    public static readonly DateOnly Date = new(2026, 11, 24);

    private readonly TestDatabase _database = new();

    public string ConnectionString => _database.ConnectionString;

    public RunEngine Engine { get; private set; } = null!;

    public ToyNight Night { get; private set; } = null!;

    public string Outbox { get; } = Directory.CreateTempSubdirectory("toy-outbox-").FullName;

    public static async Task<ToyRun> CreateAsync(
        int items = 40, GuardsOff guardsOff = GuardsOff.None, TimeProvider? clock = null,
        TimeSpan? lease = null)
    {
        var run = new ToyRun();
        await run._database.InitializeAsync();
        await run.ExecuteAsync(ToyNight.Tables);
        var options = new EngineOptions
        {
            TransientDelay = TimeSpan.FromMilliseconds(20),
            TransientDelayMax = TimeSpan.FromMilliseconds(50),
            GuardsOff = guardsOff,
            Lease = lease ?? new EngineOptions().Lease,
            AfterPublish = Drops.SweepAfterPublishAsync,
        };
        run.Night = new ToyNight(run.Outbox, items, 10, TimeSpan.Zero);
        run.Engine = new RunEngine(
            run._database.DataSource, run.Night.Kinds, run.Outbox, clock ?? TimeProvider.System, options);
        return run;
    }

    public Task<OpenResult> OpenAsync(DateOnly? date = null, string? until = null) =>
        Engine.Opener.OpenNightAsync(date ?? Date, until, AnyDate.Meant, CancellationToken.None);

    public Task<int> WorkAsync() => Engine.WorkUntilIdleAsync(CancellationToken.None);

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
    }

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async Task WaitUntilAsync(string sql)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await ScalarAsync<bool>(sql))
        {
            await Task.Delay(20, patience.Token);
        }
    }

    public Task<string> DigestAsync() => ToyNight.DigestAsync(_database.DataSource, Outbox);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(Outbox, recursive: true);
    }
}
