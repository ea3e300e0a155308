using System.Diagnostics;
using MyNumber.Jobs.Hosting;

namespace MyNumber.Tests.Bench;

/// <summary>Three worker processes on one night: how evenly they share it, and how long Hangfire's queue ever is.</summary>
internal static class SharedNight
{
    private const int Workers = 3;

    // Counts at every wake-up what waits in the queue: nothing that happens between two looks is missed.
    private const string WatchQueue = """
        CREATE TABLE bench_queue (length bigint NOT NULL);
        CREATE FUNCTION bench_watch_queue() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO bench_queue SELECT count(*) FROM hangfire.jobqueue WHERE fetchedat IS NULL;
          RETURN NULL;
        END $$;
        CREATE TRIGGER bench_watch_queue AFTER INSERT ON hangfire.jobqueue
          FOR EACH STATEMENT EXECUTE FUNCTION bench_watch_queue();
        """;

    /// <summary>Works until so many parts are done, and says who did how many and how long the queue was at most.</summary>
    public static async Task<string> MeasureAsync(int parts, int workMs, int until, CancellationToken cancellation)
    {
        await using var home = await BenchHome.CreateAsync(cancellation);
        await home.ExecuteAsync(EmptyNight.Tables, cancellation);
        await HangfireStorage.PrepareAsync(home.ConnectionString, cancellation);
        await home.ExecuteAsync(WatchQueue, cancellation);
        var engine = new EmptyNight(parts, TimeSpan.Zero).Engine(home.Database, home.Home.Outbox);
        await engine.Opener.OpenNightAsync(EmptyNight.Date, null, EmptyNight.Meant, cancellation);
        var workers = Enumerable.Range(0, Workers)
            .Select(_ => Process.Start(EngineWorker.Start(home, parts, workMs, holdsFirst: false))!).ToList();
        try
        {
            while ((await home.NumbersAsync("SELECT count(*) FROM bench_part", cancellation))[0] < until)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
            }

            // From the moment all three worked: their start is not what is measured.
            var shares = await home.NumbersAsync(
                """
                WITH numbered AS (SELECT pid, row_number() OVER () AS n FROM bench_part),
                all_there AS (SELECT max(first) AS n FROM (SELECT min(n) AS first FROM numbered GROUP BY pid) AS firsts)
                SELECT count(*) FROM numbered, all_there WHERE numbered.n >= all_there.n GROUP BY pid ORDER BY 1 DESC
                """, cancellation);
            var longest = (await home.NumbersAsync("SELECT coalesce(max(length), 0) FROM bench_queue", cancellation))[0];
            return FormattableString.Invariant(
                $"| {Workers} workers, {parts:N0} parts of {workMs} ms, looked at {until:N0} | parts each {string.Join(", ", shares)}; Hangfire's queue at most {longest} |");
        }
        finally
        {
            foreach (var worker in workers)
            {
                worker.StandardInput.Close();
                await worker.WaitForExitAsync(CancellationToken.None);
                worker.Dispose();
            }
        }
    }
}
