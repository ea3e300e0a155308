using Hangfire;
using MyNumber.Batch.Runs.Engine;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// One worker process (`mynumber work`): a Hangfire server with one thread whose only job is the wake-up, a dispatcher, and a
/// heartbeat. Ends at once when it was evicted; drains on SIGTERM and when its parent's pipe closes.
/// </summary>
public sealed class WorkerProcess(RunEngine engine, string connectionString)
{
    /// <summary>Works until the process is told to end.</summary>
    /// <param name="parent">The pipe from the parent: its end means that the parent has ended. Null where there is none.</param>
    /// <param name="terminated">SIGTERM or Ctrl+C.</param>
    public async Task RunAsync(Stream? parent, CancellationToken terminated)
    {
        await HangfireStorage.PrepareAsync(connectionString, terminated);
        var workerId = await Workers.RegisterAsync(engine.Database, ownsSessions: true, terminated);
        using var drain = CancellationTokenSource.CreateLinkedTokenSource(terminated);
        using var stop = new CancellationTokenSource();
        using (var heartbeat = Heartbeat.Start(engine.Database, engine.Options, workerId, engine.Clock, Heartbeat.OnEvicted.EndProcess))
        {
            using var worker = new Worker(engine, workerId, heartbeat);
            var storage = HangfireStorage.Open(connectionString);
            var job = new WakeUpJob(worker, drain.Token, stop.Token);
            using (Serve(storage, job))
            using (new Dispatcher(connectionString, storage, worker, job, engine.Clock))
            {
                Log.Information("Worker {Worker} is ready", workerId);
                await WaitAsync(parent, drain);
                Log.Information("Worker {Worker} drains", workerId);
                // Waits for the part in hand; after the bound it is given back.
                stop.CancelAfter(engine.Options.DrainMax);
                await worker.FinishAsync();
            }
        }

        // Not while the heartbeat beats: one that finds its own worker dead ends the process as evicted.
        await Workers.MarkDeadAsync(engine.Database, workerId, CancellationToken.None);
    }

    private BackgroundJobServer Serve(JobStorage storage, WakeUpJob job) => new(
        new BackgroundJobServerOptions
        {
            Activator = new WakeUpActivator(job),
            WorkerCount = 1,
            Queues = [WakeUpJob.Queue],
            ServerTimeout = TimeSpan.FromSeconds(30),
            HeartbeatInterval = TimeSpan.FromSeconds(5),
            ServerCheckInterval = TimeSpan.FromSeconds(15),
            StopTimeout = TimeSpan.Zero,
            ShutdownTimeout = engine.Options.DrainMax,
        },
        storage);

    private static async Task WaitAsync(Stream? parent, CancellationTokenSource drain)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = drain.Token.Register(() => ended.TrySetResult());
        if (parent is not null)
        {
            _ = Task.Run(async () =>
            {
                try
                {
                    while (await parent.ReadAsync(new byte[16], drain.Token) > 0)
                    {
                    }
                }
                catch (Exception closed) when (closed is IOException or OperationCanceledException)
                {
                    // A broken pipe says the same as a closed one.
                }

                await drain.CancelAsync();
            });
        }

        await ended.Task;
    }
}
