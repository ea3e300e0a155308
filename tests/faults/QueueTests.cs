using System.Diagnostics;
using Dapper;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Jobs.Hosting;
using MyNumber.Tests.Integration;
using MyNumber.Tests.ToyHost;

namespace MyNumber.Tests.Faults;

/// <summary>However many parts are open, Hangfire's queue holds two wake-ups a worker and no more.</summary>
public sealed class QueueTests : IAsyncLifetime
{
    private const int Workers = 3;
    private const int Parts = 99_999;
    private const int PartsWorked = 300;

    // At every wake-up, by the database itself: what happens between two looks of a test is not missed.
    private const string Watch = """
        CREATE TABLE wake_up (queued bigint NOT NULL, allowed bigint NOT NULL);
        CREATE FUNCTION watch_wake_ups() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO wake_up SELECT (SELECT count(*) FROM hangfire.jobqueue WHERE fetchedat IS NULL),
            (SELECT 2 * count(*) FROM worker WHERE state = 'alive');
          RETURN NULL;
        END $$;
        CREATE TRIGGER watch_wake_ups AFTER INSERT ON hangfire.jobqueue FOR EACH STATEMENT EXECUTE FUNCTION watch_wake_ups();
        """;

    private readonly TestDatabase _database = new();
    private readonly string _outbox = Directory.CreateTempSubdirectory("toy-queue-").FullName;

    [Fact]
    public async Task A_hundred_thousand_open_parts_make_two_rings_a_worker()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(ToyNight.Tables);
        await HangfireStorage.PrepareAsync(_database.ConnectionString, CancellationToken.None);
        await connection.ExecuteAsync(Watch);
        var night = new ToyNight(_outbox, Parts, 1, TimeSpan.Zero);
        var engine = new RunEngine(_database.DataSource, night.Kinds, _outbox, TimeProvider.System, new EngineOptions());
        await engine.Opener.OpenNightAsync(
            new DateOnly(2026, 11, 24), null, new UnusualDate(
                new Because("tests", "a night of a test"), Destruction.Allowed), CancellationToken.None);

        var workers = Enumerable.Range(0, Workers).Select(_ => Start()).ToList();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
            while (await connection.ExecuteScalarAsync<bool>(
                "SELECT (SELECT count(*) FROM toy_effect) < @PartsWorked OR coalesce((SELECT max(queued) FROM wake_up), 0) < 2 * @Workers",
                new { PartsWorked, Workers }))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
            }

            Assert.True(await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM part WHERE state = 'ready'") > Parts / 2);
            Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM wake_up WHERE queued > allowed"));
        }
        finally
        {
            foreach (var worker in workers)
            {
                worker.Kill();
                await worker.WaitForExitAsync();
                worker.Dispose();
            }
        }
    }

    public Task InitializeAsync() => _database.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_outbox, recursive: true);
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "toyhost")) { RedirectStandardInput = true };
        foreach (var argument in new[] { "work", _database.ConnectionString, _outbox, $"{Parts}", "1", "0", "16000",
            nameof(GuardsOff.None) })
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
