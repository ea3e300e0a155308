using System.Diagnostics;

namespace MyNumber.Tests.Bench;

/// <summary>
/// From kill -9 of a worker process until another one works its part, with the product's lease. No parent watches the
/// processes: the beat counter alone tells, as between two hosts.
/// </summary>
internal static class Takeover
{
    public static async Task<string> MeasureAsync(int times, CancellationToken cancellation)
    {
        var seconds = new List<double>();
        for (var i = 0; i < times; i++)
        {
            seconds.Add(await OnceAsync(cancellation));
        }

        return FormattableString.Invariant(
            $"| takeover after kill -9, lease 16 s, {times} times | {string.Join(", ", seconds.Select(s => s.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)))} s |");
    }

    private static async Task<double> OnceAsync(CancellationToken cancellation)
    {
        await using var home = await BenchHome.CreateAsync(cancellation);
        await home.ExecuteAsync(EmptyNight.Tables, cancellation);
        var engine = new EmptyNight(1, TimeSpan.Zero).Engine(home.Database, home.Home.Outbox);
        await engine.Opener.OpenNightAsync(EmptyNight.Date, null, EmptyNight.Meant, cancellation);
        var workers = Enumerable.Range(0, 2)
            .Select(_ => Process.Start(EngineWorker.Start(home, 1, 0, holdsFirst: true))!).ToList();
        try
        {
            await WaitForClaimsAsync(home, 1, cancellation);
            while ((await home.NumbersAsync("SELECT count(*) FROM worker WHERE beat > 1 AND state = 'alive'", cancellation))[0] < 2)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
            }

            var pid = (await home.NumbersAsync("SELECT pid::bigint FROM bench_claim", cancellation))[0];
            workers.Single(worker => worker.Id == pid).Kill();
            var began = Stopwatch.GetTimestamp();
            await WaitForClaimsAsync(home, 2, cancellation);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        finally
        {
            foreach (var worker in workers)
            {
                if (!worker.HasExited)
                {
                    worker.StandardInput.Close();
                }

                await worker.WaitForExitAsync(CancellationToken.None);
                worker.Dispose();
            }
        }
    }

    private static async Task WaitForClaimsAsync(BenchHome home, int claims, CancellationToken cancellation)
    {
        while ((await home.NumbersAsync("SELECT count(*) FROM bench_claim", cancellation))[0] < claims)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
        }
    }
}
