using System.Diagnostics;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// A thread and a connection of their own that raise this worker's heartbeat, watch those of the others, and end this
/// process when it was evicted or when one item takes longer than its limit. A timer on the thread pool would starve
/// beside CPU work (measured: a gap of 2.9 s at 0.5 s).
/// </summary>
public sealed class Heartbeat : IDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly EngineOptions _options;
    private readonly long? _workerId;
    private readonly TimeProvider _clock;
    private readonly OnEvicted _onEvicted;
    private readonly ManualResetEventSlim _ended = new();
    private readonly Thread _thread;
    private readonly Dictionary<long, Seen> _seen = [];
    private static readonly TimeSpan TellMax = TimeSpan.FromSeconds(10);
    private Func<CancellationToken, Task>? _tellStuck;
    private long _itemBegun;
    private long _itemMaxTicks;

    private Heartbeat(
        NpgsqlDataSource database, EngineOptions options, long? workerId, TimeProvider clock, OnEvicted onEvicted)
    {
        (_database, _options, _workerId, _clock, _onEvicted) = (database, options, workerId, clock, onEvicted);
        _thread = new Thread(Run) { IsBackground = true, Name = "heartbeat", Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>What happens to a worker that finds itself evicted.</summary>
    public enum OnEvicted
    {
        /// <summary>Its process ends at once: its parts belong to other workers by now.</summary>
        EndProcess,

        /// <summary>Nothing: its claims find nothing and its results are fenced. For work inside a caller's process.</summary>
        Ignore,
    }

    /// <summary>Starts beating for a worker, or (null) only watching the others.</summary>
    public static Heartbeat Start(
        NpgsqlDataSource database, EngineOptions options, long? workerId, TimeProvider clock, OnEvicted onEvicted)
    {
        var heartbeat = new Heartbeat(database, options, workerId, clock, onEvicted);
        heartbeat._thread.Start();
        return heartbeat;
    }

    /// <summary>From now on, until disposed, an item may take this long.</summary>
    /// <param name="tellStuck">Says so, before the process is ended, on threads and connections of its own.</param>
    public IDisposable Watch(TimeSpan itemMax, Func<CancellationToken, Task> tellStuck)
    {
        Volatile.Write(ref _tellStuck, tellStuck);
        Volatile.Write(ref _itemBegun, _clock.GetTimestamp());
        Volatile.Write(ref _itemMaxTicks, itemMax.Ticks);
        return new WatchEnd(this);
    }

    /// <summary>Another item has begun.</summary>
    public void ItemBegun() => Volatile.Write(ref _itemBegun, _clock.GetTimestamp());

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Set();
        _thread.Join();
        _ended.Dispose();
    }

    // Not the limit of a part's statements: this thread has to look at the clock.
    private int SecondsMax => Math.Max(1, (int)_options.Lease.TotalSeconds);

    private void Run()
    {
        NpgsqlConnection? connection = null;
        // Looked at four times a lease, so that a pause of this very thread is never taken for a pause of the others.
        var look = TimeSpan.FromTicks(Math.Min(_options.HeartbeatInterval.Ticks, _options.Lease.Ticks / 4));
        var (lastBeat, lastLook) = (0L, _clock.GetTimestamp());
        var beaten = false;
        while (!_ended.IsSet)
        {
            EndIfStuck();
            try
            {
                connection ??= _database.OpenConnection();
                if (_workerId is { } id && (!beaten || _clock.GetElapsedTime(lastBeat) >= _options.HeartbeatInterval))
                {
                    (lastBeat, beaten) = (_clock.GetTimestamp(), true);
                    Beat(connection, id);
                }

                var elapsed = _clock.GetElapsedTime(lastLook);
                lastLook = _clock.GetTimestamp();
                WatchOthers(connection, elapsed < look * 2 ? elapsed : look);
            }
            catch (Exception lost) when (
                lost is NpgsqlException or InvalidOperationException || Failures.Kind(lost) == FailureKind.Transient)
            {
                // No database, or a connection that was closed under this thread's feet: nobody can evict anybody meanwhile
                // either. Try again on a new connection; thrown here, it would end the process.
                connection?.Dispose();
                connection = null;
            }

            _ended.Wait(look < TimeSpan.FromSeconds(1) ? look : TimeSpan.FromSeconds(1));
        }

        connection?.Dispose();
    }

    private void Beat(NpgsqlConnection connection, long id)
    {
        using var command = new NpgsqlCommand("UPDATE worker SET beat = beat + 1 WHERE id = $1 AND state = 'alive'", connection)
        {
            Parameters = { new() { Value = id } },
            CommandTimeout = SecondsMax,
        };
        if (command.ExecuteNonQuery() == 0 && _onEvicted == OnEvicted.EndProcess)
        {
            Process.GetCurrentProcess().Kill();
        }

        RunTelemetry.Beat();
    }

    private void WatchOthers(NpgsqlConnection connection, TimeSpan elapsed)
    {
        var beats = new Dictionary<long, long>();
        using (var command = new NpgsqlCommand(
            "SELECT id, beat FROM worker WHERE state = 'alive'", connection) { CommandTimeout = SecondsMax })
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                beats.Add(reader.GetInt64(0), reader.GetInt64(1));
            }
        }

        foreach (var (id, beat) in beats.Where(worker => worker.Key != _workerId))
        {
            var seen = _seen.TryGetValue(id, out var before) && before.Beat == beat
                ? before with { For = before.For + elapsed }
                : new Seen(beat, TimeSpan.Zero);
            _seen[id] = seen;
            if (seen.For >= _options.Lease)
            {
                Evict(connection, id, beat);
            }
        }

        foreach (var dead in _seen.Keys.Except(beats.Keys).ToList())
        {
            _seen.Remove(dead);
        }
    }

    private void Evict(NpgsqlConnection connection, long id, long beat)
    {
        using var command = new NpgsqlCommand(Workers.EvictSql("id = $1 AND beat = $2"), connection)
        {
            Parameters = { new() { Value = id }, new() { Value = beat } },
            CommandTimeout = SecondsMax,
        };
        if ((int)command.ExecuteScalar()! == 1)
        {
            using var notify = new NpgsqlCommand($"NOTIFY {RunTransitions.Channel}", connection);
            notify.ExecuteNonQuery();
        }
    }

    private void EndIfStuck()
    {
        var max = Volatile.Read(ref _itemMaxTicks);
        if (max == 0 || _clock.GetElapsedTime(Volatile.Read(ref _itemBegun)) <= TimeSpan.FromTicks(max))
        {
            return;
        }

        Interlocked.CompareExchange(ref _itemMaxTicks, 0, max);
        TellStuck(TimeSpan.FromTicks(max));
        if (_onEvicted == OnEvicted.EndProcess)
        {
            // What hangs in native code or in a call of the system cannot be cancelled.
            Process.GetCurrentProcess().Kill();
        }
    }

    private void TellStuck(TimeSpan max)
    {
        using var bound = new CancellationTokenSource(TellMax);
        try
        {
            var tell = Volatile.Read(ref _tellStuck)!;
            var told = Task.Run(() => tell(bound.Token), bound.Token);
            EndOtherSessions(max);
            told.Wait(TellMax);
        }
        catch (Exception unsaid) when (unsaid is AggregateException or NpgsqlException or OperationCanceledException)
        {
            // Without a database the claim's count of attempts still finds the part.
        }
    }

    // What is stuck may stand in the middle of its transaction, whose row is the one to be written.
    private void EndOtherSessions(TimeSpan max)
    {
        if (_onEvicted != OnEvicted.EndProcess || _workerId is not { } id)
        {
            return;
        }

        using var connection = _database.OpenConnection();
        using var command = new NpgsqlCommand(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < now() - $2
              AND application_name IN (SELECT sessions FROM worker WHERE id = $1)
            """,
            connection)
        {
            Parameters = { new() { Value = id }, new() { Value = TellMax < max / 2 ? TellMax : max / 2 } },
            CommandTimeout = (int)TellMax.TotalSeconds,
        };
        command.ExecuteNonQuery();
    }

    private sealed record Seen(long Beat, TimeSpan For);

    private sealed class WatchEnd(Heartbeat heartbeat) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref heartbeat._itemMaxTicks, 0);
    }
}
