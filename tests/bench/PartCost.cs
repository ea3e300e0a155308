using System.Diagnostics;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Bench;

/// <summary>
/// Engine time a part (claim, fence, ledger, counter, commit, one effect row) against a bare commit of one row. Blocks of
/// both follow each other, and the middle block counts: another load on the machine hits both alike.
/// </summary>
internal static class PartCost
{
    private const int Blocks = 9;
    private const int PerBlock = 200;

    public static async Task<string> MeasureAsync(int openParts, CancellationToken cancellation)
    {
        await using var home = await BenchHome.CreateAsync(cancellation);
        await home.ExecuteAsync(EmptyNight.Tables, cancellation);
        var night = new EmptyNight(openParts, TimeSpan.Zero);
        var engine = night.Engine(home.Database, home.Home.Outbox);
        await engine.Opener.OpenNightAsync(EmptyNight.Date, null, EmptyNight.Meant, cancellation);
        var workerId = await Workers.RegisterAsync(home.Database, ownsSessions: false, cancellation);
        using var heartbeat = Heartbeat.Start(home.Database, engine.Options, workerId, engine.Clock, Heartbeat.OnEvicted.Ignore);
        using var worker = new Worker(engine, workerId, heartbeat);

        // The first part is the plan, the rest of this block warms up; what is measured begins with all parts but these open.
        await WorkAsync(night, worker, cancellation);
        await CommitAsync(home, cancellation);
        await home.ExecuteAsync("VACUUM ANALYZE", cancellation);
        var (parts, commits) = (new List<double>(), new List<double>());
        for (var block = 0; block < Blocks; block++)
        {
            parts.Add(await MsEachAsync(() => WorkAsync(night, worker, cancellation)));
            commits.Add(await MsEachAsync(() => CommitAsync(home, cancellation)));
        }

        var (part, commit) = (Middle(parts), Middle(commits));
        var least = parts.Min();
        return FormattableString.Invariant(
            $"| engine time a part, {openParts:N0} open parts | {part:0.00} ms (least disturbed block {least:0.00}); a bare one-row commit {commit:0.00} ms; ratio {part / commit:0.0} |");
    }

    private static async Task WorkAsync(EmptyNight night, Worker worker, CancellationToken cancellation)
    {
        using var drain = new CancellationTokenSource();
        var left = PerBlock;
        night.Stored = () =>
        {
            if (--left == 0)
            {
                drain.Cancel();
            }
        };
        await worker.WorkUntilIdleAsync(drain.Token, cancellation);
    }

    private static async Task CommitAsync(BenchHome home, CancellationToken cancellation)
    {
        for (var row = 0; row < PerBlock; row++)
        {
            await using var connection = await home.Database.OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand("INSERT INTO bench_claim (key, pid) VALUES ('bare', 0)", connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    private static async Task<double> MsEachAsync(Func<Task> block)
    {
        var began = Stopwatch.GetTimestamp();
        await block();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds / PerBlock;
    }

    private static double Middle(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
