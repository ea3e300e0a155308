namespace MyNumber.Batch.Runs;

/// <summary>
/// One worker: claims the best open part, works it, and goes on until none is open. One part at a time; a process with
/// more cores has more worker processes beside it.
/// </summary>
public sealed class Worker : IDisposable
{
    private readonly RunEngine _engine;
    private readonly long _workerId;
    private readonly PartWork _work;
    private readonly Pulse _pulse;
    private readonly SemaphoreSlim _one = new(1);
    private bool _claimUnsure;
    private long _claimed;

    /// <summary>A worker under its row.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="workerId">From <see cref="Workers.RegisterAsync"/>.</param>
    /// <param name="pulse">Its beat, which also watches how long an item takes.</param>
    public Worker(RunEngine engine, long workerId, Pulse pulse)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(pulse);
        (_engine, _workerId, _pulse) = (engine, workerId, pulse);
        _work = new PartWork(engine.Database, engine.Staging, engine.Clock, engine.Options, pulse.ItemBegun);
    }

    /// <summary>Answers a ring.</summary>
    /// <param name="drain">Claim no more; the part in hand is finished.</param>
    /// <param name="stop">Give the part in hand back, now.</param>
    /// <returns>How many parts were claimed.</returns>
    public async Task<int> WorkUntilIdleAsync(CancellationToken drain, CancellationToken stop)
    {
        // A draining worker never gives the turn back (FinishAsync): who waits for it then has nothing to do.
        if (!await TakeTurnAsync(drain))
        {
            return 0;
        }

        try
        {
            var claims = 0;
            while (!drain.IsCancellationRequested && !stop.IsCancellationRequested && await ClaimAsync(stop) is { } claimed)
            {
                claims++;
                Interlocked.Increment(ref _claimed);
                if (_engine.FindStep(claimed.Run.Kind, claimed.Ordinal, claimed.StepName) is not { } step)
                {
                    await _work.FailUnknownAsync(claimed, stop);
                    continue;
                }

                using (_pulse.Watch(step.ItemMax))
                {
                    var outcome = await RunTelemetry.MeasureAsync(
                        claimed, _workerId, () => _work.RunAsync(claimed, step, stop));
                    if (outcome == PartOutcome.Fenced)
                    {
                        await Claims.CountFencedAsync(_engine.Database, claimed.Part.Id, stop);
                    }
                }

                if (claimed.Part.Act == PartAct.Publish)
                {
                    await Drops.SweepAsync(_engine.Database, _engine.Outbox, stop);
                }
            }

            return claims;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Parts that it has claimed so far.</summary>
    public long Claimed => Interlocked.Read(ref _claimed);

    /// <summary>A ring is being answered.</summary>
    public bool IsBusy => _one.CurrentCount == 0;

    /// <summary>Waits until no part is in hand; no part is taken up afterwards.</summary>
    public Task FinishAsync() => _one.WaitAsync();

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<bool> TakeTurnAsync(CancellationToken drain)
    {
        try
        {
            await _one.WaitAsync(drain);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<ClaimedPart?> ClaimAsync(CancellationToken cancellation)
    {
        if (_claimUnsure)
        {
            // The answer to the last claim was lost: if it did claim, nobody works that part, and nobody would take it
            // from a living worker.
            await Workers.PutBackAllAsync(_engine.Database, _workerId, cancellation);
        }

        _claimUnsure = true;
        var claimed = await Claims.NextAsync(_engine.Database, _workerId, _engine.Clock.GetUtcNow(), cancellation);
        _claimUnsure = false;
        return claimed;
    }
}
