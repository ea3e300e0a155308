using Hangfire;
using MyNumber.Batch.Runs.Engine;
using Npgsql;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Looks once a second, and at every NOTIFY, whether parts can be claimed, and rings until enough doorbells are queued. On
/// a thread of its own: it must go on while parts keep the thread pool busy. Where parts wait and no ring comes through,
/// because Hangfire recovers from an outage at its own pace (measured: up to ten minutes), it knocks at the worker itself.
/// </summary>
internal sealed class Ringer : IDisposable
{
    private const int RingsPerWorker = 2;
    private const int TurnMaxSeconds = 15;

    // Any number will do; it only must not be used for another lock.
    private const long TurnLock = 0x4d594e52;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly string _connectionString;
    private readonly JobStorage _storage;
    private readonly BackgroundJobClient _client;
    private readonly Worker _worker;
    private readonly Doorbell _doorbell;
    private readonly RingSilence _silence;
    private readonly Thread _thread;
    private volatile bool _ended;

    public Ringer(string connectionString, JobStorage storage, Worker worker, Doorbell doorbell, TimeProvider clock)
    {
        (_worker, _doorbell, _silence) = (worker, doorbell, new RingSilence(clock));
        _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, MaxAutoPrepare = 0 }.ConnectionString;
        _storage = storage;
        _client = new BackgroundJobClient(storage);
        _thread = new Thread(Run) { IsBackground = true, Name = "ringer" };
        _thread.Start();
    }

    public void Dispose()
    {
        _ended = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_ended)
        {
            try
            {
                using var connection = new NpgsqlConnection(_connectionString);
                connection.Open();
                using (var listen = new NpgsqlCommand(
                    $"LISTEN {OpenParts.Channel}; SET idle_in_transaction_session_timeout = '{TurnMaxSeconds}s'", connection))
                {
                    listen.ExecuteNonQuery();
                }

                while (!_ended)
                {
                    Knock(connection);
                    Ring(connection);
                    connection.Wait(Look);
                }
            }
            catch (Exception lost) when (
                lost is NpgsqlException or BackgroundJobClientException or InvalidOperationException
                || Failures.Kind(lost) == FailureKind.Passing)
            {
                // The database is away: no ring can be answered either. Look again when it may be back.
                Log.Warning(lost, "The ringer lost the database; it tries again");
                Thread.Sleep(Look);
            }
        }
    }

    private void Knock(NpgsqlConnection connection)
    {
        switch (_silence.Look(
            _worker.IsBusy, _worker.Claimed, _doorbell.Rings, part => OpenParts.Waiting(connection, part)))
        {
            case RingSilence.Verdict.Quiet:
                return;
            case RingSilence.Verdict.Knock:
                Log.Information("A part waits and no ring has come through Hangfire yet: the worker looks by itself");
                break;
            case RingSilence.Verdict.Warn:
                Log.Warning("Parts wait and no ring comes through Hangfire: the worker looks by itself");
                break;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await _doorbell.KnockAsync();
            }
            catch (Exception lost) when (
                lost is NpgsqlException or OperationCanceledException || Failures.Kind(lost) == FailureKind.Passing)
            {
                Log.Warning(lost, "The worker lost the database or drains; the next look knocks again");
            }
        });
    }

    private void Ring(NpgsqlConnection connection)
    {
        if (Missing(connection) <= 0)
        {
            return;
        }

        // Ringers of all processes look at the same moment: without a turn each of them would fill the queue. Whoever stops
        // in his turn (a paused process) is thrown out by the server, so that the others go on.
        using var turn = connection.BeginTransaction();
        using (var wait = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({TurnLock})", connection, turn))
        {
            wait.ExecuteNonQuery();
        }

        // Asked anew for every ring: whoever was thrown out meanwhile rings no further.
        while (Missing(connection) > 0)
        {
            _client.Enqueue<Doorbell>(bell => bell.AnswerAsync());
        }

        turn.Commit();
    }

    private long Missing(NpgsqlConnection connection)
    {
        var wanted = OpenParts.Count(connection, RingsPerWorker);
        return wanted == 0 ? 0 : wanted - _storage.GetMonitoringApi().EnqueuedCount(Doorbell.Queue);
    }
}
