using MyNumber.Batch.Runs.Engine;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Decides which deaths of this host's workers may have been caused by what they held (ENGINE.md, rule 5): those that
/// happened alone, seen by a host that lived on. Whoever kills a whole host kills its processes one after the other, and on a
/// starved machine there is time between; so a death counts only after a while, if this process is still there and no other
/// worker with another part in its hands died meanwhile.
/// </summary>
internal sealed class WorkerDeaths(RunEngine engine, CancellationToken ending)
{
    private readonly Lock _one = new();
    private readonly List<Death> _recent = [];
    private readonly List<Task> _undecided = [];

    // As long as the host that has this heartbeat would be believed to live.
    private TimeSpan Settles => engine.Options.HeartbeatInterval;

    /// <summary>A worker of this host died and was evicted.</summary>
    public void Seen(DeadWorker dead)
    {
        var death = new Death(dead, engine.Clock.GetTimestamp());
        lock (_one)
        {
            _recent.RemoveAll(before => engine.Clock.GetElapsedTime(before.At) > Settles * 4);
            _recent.Add(death);
            _undecided.RemoveAll(decided => decided.IsCompleted);
            _undecided.Add(DecideAsync(death));
        }
    }

    /// <summary>Waits for what is being decided; what nobody will wait for any more stays undecided, and counts as lost.</summary>
    public Task FinishAsync()
    {
        lock (_one)
        {
            return Task.WhenAll(_undecided);
        }
    }

    private async Task DecideAsync(Death death)
    {
        if (death.Worker.HeldPart is null)
        {
            return;
        }

        try
        {
            await Task.Delay(Settles, engine.Clock, ending);
            if (WasAlone(death))
            {
                await Workers.DiedAloneAsync(engine.Database, death.Worker.Id, ending);
            }
            else
            {
                Log.Warning("Several workers died at once: the part that worker {Worker} held is not blamed", death.Worker.Id);
            }
        }
        catch (OperationCanceledException)
        {
            // The pool ends: nobody will work these parts here any more.
        }
        catch (Exception lost) when (Failures.IsOfDatabase(lost))
        {
            Log.Warning(lost, "That worker {Worker} died alone could not be written", death.Worker.Id);
        }
    }

    // The next worker that dies over the same part is another witness against it, no accident beside it.
    private bool WasAlone(Death death)
    {
        lock (_one)
        {
            return !_recent.Any(other => other.Worker.Id != death.Worker.Id && other.Worker.HeldPart != death.Worker.HeldPart
                && (engine.Clock.GetElapsedTime(death.At, other.At).Duration() <= Settles));
        }
    }

    private sealed record Death(DeadWorker Worker, long At);
}
