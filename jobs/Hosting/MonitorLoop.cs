using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Looks for what nobody reports (<see cref="RunMonitor"/>) and delivers alerts to their channels, beside whatever its process
/// does: in `serve`, in `night`, in a `work` of its own. Nothing waits for it; at the end it has a moment to deliver the
/// last, and what remains is delivered by the next process.
/// </summary>
public sealed class MonitorLoop : IAsyncDisposable
{
    private static readonly TimeSpan Deliver = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LastDeliveryMax = TimeSpan.FromSeconds(10);

    private readonly RunEngine _engine;
    private readonly RunMonitor _monitor;
    private readonly AlertOutbox _outbox;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;

    /// <summary>Starts.</summary>
    public MonitorLoop(RunEngine engine, IReadOnlyList<IAlertChannel> channels)
    {
        ArgumentNullException.ThrowIfNull(engine);
        (_engine, _monitor) = (engine, new RunMonitor(engine));
        _outbox = new AlertOutbox(engine.Database, channels, engine.Clock);
        _running = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        using var bound = new CancellationTokenSource(LastDeliveryMax, _engine.Clock);
        await SafelyAsync(async cancellation =>
        {
            await _outbox.OpenAsync(cancellation);
            await _monitor.LookAsync(cancellation);
            await _outbox.DeliverAsync(cancellation);
        }, bound.Token);
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        await SafelyAsync(_outbox.OpenAsync, _ending.Token);
        long? looked = null;
        while (!_ending.IsCancellationRequested)
        {
            if (looked is null || _engine.Clock.GetElapsedTime(looked.Value) >= Look)
            {
                looked = _engine.Clock.GetTimestamp();
                await SafelyAsync(_monitor.LookAsync, _ending.Token);
            }

            await SafelyAsync(async cancellation => await _outbox.DeliverAsync(cancellation), _ending.Token);
            await SafelyAsync(cancellation => Task.Delay(Deliver, _engine.Clock, cancellation), _ending.Token);
        }
    }

    private static async Task SafelyAsync(Func<CancellationToken, Task> act, CancellationToken cancellation)
    {
        try
        {
            await act(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ending.
        }
        catch (Exception lost) when (lost is TimeoutException || Failures.IsOfDatabase(lost))
        {
            // The rows keep what is to be delivered until the database is back.
            Log.Warning(lost, "Alerts could not be looked at; tried again");
        }
    }
}
