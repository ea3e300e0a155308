using System.Diagnostics;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// The worker processes of this host, as children: one a core, restarted with back-off, marked dead the moment they are
/// dead, drained when this pool is disposed. A crash in native code takes a child, never its parent. Whoever starts a pool
/// watches the heartbeats too (<see cref="Heartbeat"/>): children that stand still are evicted by it.
/// </summary>
public sealed class WorkerPool : IAsyncDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RestartDelayMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    private readonly RunEngine _engine;
    private readonly Func<ProcessStartInfo> _work;
    private readonly CancellationTokenSource _ending = new();
    private readonly WorkerRestarts _restarts;
    private readonly WorkerDeaths _deaths;
    private readonly List<Task> _children;

    private WorkerPool(RunEngine engine, Func<ProcessStartInfo> work, int workers)
    {
        (_engine, _work) = (engine, work);
        _restarts = new WorkerRestarts(engine);
        _deaths = new WorkerDeaths(engine, _ending.Token);
        _children = [.. Enumerable.Range(0, workers).Select(_ => KeepOneAsync()), _restarts.WatchAsync(_ending.Token)];
    }

    /// <summary>Starts the children, after giving up what an earlier death on this host left.</summary>
    /// <param name="work">How one child is started; it must read its standard input to the end.</param>
    public static async Task<WorkerPool> StartAsync(
        RunEngine engine, Func<ProcessStartInfo> work, int workers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        await Workers.EvictDeadOfThisHostAsync(engine.Database, cancellation);
        await Drops.SweepAsync(engine.Database, engine.Outbox, cancellation);
        return new WorkerPool(engine, work, workers);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_children);
        await _deaths.FinishAsync();
        _ending.Dispose();
    }

    private async Task KeepOneAsync()
    {
        var delay = RestartDelay;
        while (!_ending.IsCancellationRequested)
        {
            var began = _engine.Clock.GetTimestamp();
            using (var child = Start())
            {
                await WaitAsync(child);
            }

            delay = _engine.Clock.GetElapsedTime(began) > Healthy ? RestartDelay : delay;
            try
            {
                await Task.Delay(delay, _engine.Clock, _ending.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            delay = delay * 2 < RestartDelayMax ? delay * 2 : RestartDelayMax;
        }
    }

    private Process Start()
    {
        var start = _work();
        start.RedirectStandardInput = true;
        start.UseShellExecute = false;
        return Process.Start(start) ?? throw new InvalidOperationException("The worker process did not start.");
    }

    private async Task WaitAsync(Process child)
    {
        var pid = child.Id;
        try
        {
            await child.WaitForExitAsync(_ending.Token);
        }
        catch (OperationCanceledException)
        {
            await DrainAsync(child);
        }

        if (!_ending.IsCancellationRequested || child.ExitCode != 0)
        {
            Log.Warning("Worker process {Pid} ended with status {Status}", pid, child.ExitCode);
            await MarkDeadAsync(pid);
            await _restarts.DiedAsync(child.ExitCode);
        }
    }

    private async Task DrainAsync(Process child)
    {
        // The end of the pipe is the word to drain; it is also what a killed parent leaves behind.
        child.StandardInput.Close();
        using var bound = new CancellationTokenSource(_engine.Options.DrainMax * 1.5, _engine.Clock);
        try
        {
            await child.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task MarkDeadAsync(int pid)
    {
        try
        {
            if (await Workers.EvictProcessAsync(_engine.Database, pid, CancellationToken.None) is { } dead)
            {
                _deaths.Seen(dead);
            }
        }
        catch (Exception lost) when (Failures.IsOfDatabase(lost))
        {
            // Without the database the beat counter does the same later.
            Log.Warning(lost, "Worker process {Pid} could not be evicted", pid);
        }
    }
}
