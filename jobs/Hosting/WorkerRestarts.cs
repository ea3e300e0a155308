using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using Npgsql;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Counts the deaths of this host's worker processes: a few in a row are what the engine is made for, many are an alert,
/// resolved when the workers have lived for a while.
/// </summary>
internal sealed class WorkerRestarts(RunEngine engine)
{
    public const string Alert = "worker-restarts";

    private const int DeathsMax = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(2);

    private readonly Lock _one = new();
    private readonly Queue<long> _deaths = new();
    private long _last = engine.Clock.GetTimestamp();

    /// <summary>A worker process ended that nobody told to.</summary>
    public Task DiedAsync(int status)
    {
        int deaths;
        lock (_one)
        {
            _last = engine.Clock.GetTimestamp();
            _deaths.Enqueue(_last);
            while (engine.Clock.GetElapsedTime(_deaths.Peek()) > Window)
            {
                _deaths.Dequeue();
            }

            deaths = _deaths.Count;
        }

        return deaths < DeathsMax ? Task.CompletedTask : SafelyAsync(connection => Alerts.RaiseWhileAsync(
            connection, null, Alert, Environment.MachineName,
            $"{deaths} worker processes of this host ended within {Window.TotalMinutes:0} minutes, the last with status {status}. "
            + "Look at the log for their last words and at the memory (status 137: killed); a part that ends its workers is "
            + "halved until its bad item is found.",
            engine.Clock.GetUtcNow(), CancellationToken.None));
    }

    /// <summary>Lowers the alert once no worker has died for a while; ends with the pool.</summary>
    public async Task WatchAsync(CancellationToken ending)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Quiet / 4, engine.Clock, ending);
                if (engine.Clock.GetElapsedTime(Interlocked.Read(ref _last)) > Quiet)
                {
                    await SafelyAsync(connection => Alerts.ResolveAsync(
                        connection, null, Alert, Environment.MachineName, engine.Clock.GetUtcNow(), CancellationToken.None));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The pool ends.
        }
    }

    private async Task SafelyAsync(Func<NpgsqlConnection, Task> act)
    {
        try
        {
            await using var connection = await engine.Database.OpenConnectionAsync();
            await act(connection);
        }
        catch (Exception lost) when (Failures.IsOfDatabase(lost))
        {
            Log.Warning(lost, "The alert about dying workers could not be written");
        }
    }
}
