using System.Diagnostics;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using Npgsql;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>How a run stood when nothing more could be done on it.</summary>
public enum RunEnd
{
    /// <summary>Complete, or as far as it was asked for.</summary>
    Done,

    /// <summary>A part failed or a law does not balance: it waits for a person.</summary>
    Blocked,

    /// <summary>A person stopped or abandoned it.</summary>
    Stopped,

    /// <summary>The engine stopped it: a disk is full.</summary>
    DiskFull,
}

/// <summary>Brings one run to its end with worker processes of its own, telling a person on the way.</summary>
public sealed class NightRunner(
    RunEngine engine, string connectionString, Func<ProcessStartInfo> work, int workers, IProgress<IReadOnlyList<StepView>> progress)
{
    private const int LookMs = 200;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DatabaseAwayMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Tell = TimeSpan.FromSeconds(1);

    /// <summary>Works until the run is complete or waits for a person.</summary>
    public async Task<RunEnd> RunAsync(long runId, CancellationToken cancellation)
    {
        // A run that is at its end already needs no worker: a second `night` is quick.
        if (await EndAsync(runId, cancellation) is { } already)
        {
            return already;
        }

        await HangfireStorage.PrepareAsync(connectionString, cancellation);
        await using var pool = await WorkerPool.StartAsync(engine, work, workers, cancellation);
        var lastSeen = engine.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await FollowAsync(runId, () => lastSeen = engine.Clock.GetTimestamp(), cancellation);
            }
            catch (Exception away) when (
                Failures.Kind(away) == FailureKind.Transient && engine.Clock.GetElapsedTime(lastSeen) < DatabaseAwayMax)
            {
                // A restart of the server, a cut connection: the workers wait for it too.
                Log.Warning("The database is away ({Error}); the night waits for it", Failures.Class(away));
                await Task.Delay(BetweenTries, engine.Clock, cancellation);
            }
        }
    }

    private async Task<RunEnd> FollowAsync(long runId, Action seen, CancellationToken cancellation)
    {
        await using var listener = await engine.Database.OpenConnectionAsync(cancellation);
        await using (var listen = new NpgsqlCommand($"LISTEN {OpenParts.Channel}", listener))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        IReadOnlyList<StepView> steps = [];
        long? told = null;
        while (true)
        {
            var end = await EndAsync(runId, cancellation);
            // Whether there is anything left to do is asked often and cheaply; what is told counts items.
            if (end is not null || told is null || engine.Clock.GetElapsedTime(told.Value) >= Tell)
            {
                steps = await RunView.LiveAsync(engine, runId, steps, cancellation);
                told = engine.Clock.GetTimestamp();
                progress.Report(steps);
            }

            if (end is not null)
            {
                return end.Value;
            }

            seen();
            await listener.WaitAsync(TimeSpan.FromMilliseconds(LookMs), cancellation);
        }
    }

    /// <summary>How the run stands; null while something can still be done on it.</summary>
    private async Task<RunEnd?> EndAsync(long runId, CancellationToken cancellation)
    {
        // Open parts first: a part that fails between the two looks is then seen as failed, not as nothing.
        var open = await RunView.OpenPartsAsync(engine.Database, runId, cancellation);
        var run = await RunView.FindAsync(engine.Database, runId, null, cancellation)
            ?? throw new InvalidOperationException($"Run {runId} is gone.");
        return run.State switch
        {
            "complete" => RunEnd.Done,
            "stopped" when run.StoppedBy == "engine" => RunEnd.DiskFull,
            "stopped" or "abandoned" => RunEnd.Stopped,
            _ when open > 0 => null,
            _ when run.FailedParts > 0 => RunEnd.Blocked,
            _ => RunEnd.Done,
        };
    }
}
