namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// One worker: claims the best open part, works it, and goes on until none is open. One part at a time; a process with
/// more cores has more worker processes beside it.
/// </summary>
public sealed class Worker : IDisposable
{
    private static readonly TimeSpan AloneLook = TimeSpan.FromMilliseconds(250);

    // A claim that looked before ours was committed may be committed after it; longer than a claim takes.
    private static readonly TimeSpan AloneFor = TimeSpan.FromSeconds(1);

    private readonly RunEngine _engine;
    private readonly long _workerId;
    private readonly PartWork _work;
    private readonly Heartbeat _heartbeat;
    private readonly SemaphoreSlim _one = new(1);
    private bool _claimUnsure;
    private long _claimed;

    /// <summary>A worker under its row.</summary>
    /// <param name="workerId">From <see cref="Workers.RegisterAsync"/>.</param>
    /// <param name="heartbeat">Its heartbeat, which also watches how long an item takes.</param>
    public Worker(RunEngine engine, long workerId, Heartbeat heartbeat)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(heartbeat);
        (_engine, _workerId, _heartbeat) = (engine, workerId, heartbeat);
        _work = new PartWork(engine.Database, engine.Staging, engine.Clock, engine.Options, heartbeat.ItemBegun);
    }

    /// <summary>Answers a wake-up.</summary>
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

                if (claimed.Alone && !await BeginAloneAsync(claimed, drain, stop))
                {
                    await _work.PutBackAsync(claimed);
                    continue;
                }

                var max = claimed.Part.Act == PartAct.Work ? step.ItemMax : _engine.Options.ActMax;
                using (_heartbeat.Watch(max, cancel => _work.TellStuckAsync(claimed, max, cancel)))
                {
                    var outcome = await RunTelemetry.MeasureAsync(
                        claimed, _workerId, () => _work.RunAsync(claimed, step, stop));
                    if (outcome == PartOutcome.Fenced)
                    {
                        await Claims.CountFencedAsync(_engine.Database, claimed.Part.Id, stop);
                    }
                }

                if (claimed.Part.Act == PartAct.Publish && _engine.Options.AfterPublish is { } afterPublish)
                {
                    await afterPublish(_engine, stop);
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

    /// <summary>A wake-up is being answered.</summary>
    public bool IsBusy => _one.CurrentCount == 0;

    /// <summary>Waits until no part is in hand; no part is taken up afterwards.</summary>
    public Task FinishAsync() => _one.WaitAsync();

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    // So many claims of this part were lost that its next death must tell something: nothing else may be the cause of it.
    private async Task<bool> BeginAloneAsync(ClaimedPart claimed, CancellationToken drain, CancellationToken stop)
    {
        long? since = null;
        while (!drain.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            var (others, yields) = await Claims.BesideAsync(_engine.Database, claimed.Part.Id, stop);
            if (yields)
            {
                // Two of them were claimed at the same moment: one goes first.
                return false;
            }

            since = others > 0 ? null : since ?? _engine.Clock.GetTimestamp();
            if (since is { } from && _engine.Clock.GetElapsedTime(from) >= AloneFor)
            {
                await Claims.BeginAloneAsync(_engine.Database, claimed.Part, _engine.Clock.GetUtcNow(), stop);
                return true;
            }

            await Task.Delay(AloneLook, _engine.Clock, CancellationToken.None);
        }

        return false;
    }

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
