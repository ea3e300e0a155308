using Hangfire;
using MyNumber.Batch.Runs.Engine;
using Npgsql;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Looks once a second, and at every NOTIFY, whether parts can be claimed, and queues wake-ups until there are enough. It
/// has a thread of its own, as it must go on while parts keep the thread pool busy. Hangfire recovers from an outage at its
/// own pace (measured: up to ten minutes); where parts wait and no wake-up comes through, it wakes the worker itself.
/// </summary>
internal sealed class Dispatcher : IDisposable
{
    private const int WakeUpsPerWorker = 2;
    private const int TurnMaxSeconds = 15;

    // Any number will do; it only must not be used for another lock.
    private const long TurnLock = 0x4d594e52;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly string _connectionString;
    private readonly JobStorage _storage;
    private readonly BackgroundJobClient _client;
    private readonly Worker _worker;
    private readonly WakeUpJob _job;
    private readonly WakeUpSilence _silence;
    private readonly Thread _thread;
    private volatile bool _ended;

    public Dispatcher(string connectionString, JobStorage storage, Worker worker, WakeUpJob job, TimeProvider clock)
    {
        (_worker, _job, _silence) = (worker, job, new WakeUpSilence(clock));
        _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, MaxAutoPrepare = 0 }.ConnectionString;
        _storage = storage;
        _client = new BackgroundJobClient(storage);
        _thread = new Thread(Run) { IsBackground = true, Name = "dispatcher" };
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
                    WakeOwnWorker(connection);
                    Dispatch(connection);
                    connection.Wait(Look);
                }
            }
            catch (Exception lost) when (
                lost is NpgsqlException or BackgroundJobClientException or InvalidOperationException
                || Failures.Kind(lost) == FailureKind.Transient)
            {
                // The database is away: no wake-up can be answered either. Look again when it may be back.
                Log.Warning(lost, "The dispatcher lost the database; it tries again");
                Thread.Sleep(Look);
            }
        }
    }

    private void WakeOwnWorker(NpgsqlConnection connection)
    {
        switch (_silence.Look(
            _worker.IsBusy, _worker.Claimed, _job.Received, part => OpenParts.Waiting(connection, part)))
        {
            case WakeUpSilence.Verdict.Quiet:
                return;
            case WakeUpSilence.Verdict.Look:
                Log.Information("A part waits and no wake-up has come through Hangfire yet: the worker looks by itself");
                break;
            case WakeUpSilence.Verdict.Warn:
                Log.Warning("Parts wait and no wake-up comes through Hangfire: the worker looks by itself");
                break;
        }

        _ = Task.Run(async () =>
        {
            try
            {
                await _job.LookAsync();
            }
            catch (Exception lost) when (
                lost is NpgsqlException or OperationCanceledException || Failures.Kind(lost) == FailureKind.Transient)
            {
                Log.Warning(lost, "The worker lost the database or drains; the next look wakes it again");
            }
        });
    }

    private void Dispatch(NpgsqlConnection connection)
    {
        if (Missing(connection) <= 0)
        {
            return;
        }

        // Dispatchers of all processes look at the same moment: without a turn each of them would fill the queue. The server
        // ends the session of one that stops in its turn (a paused process), so that the others go on.
        using var turn = connection.BeginTransaction();
        using (var wait = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({TurnLock})", connection, turn))
        {
            wait.ExecuteNonQuery();
        }

        // Asked anew for every wake-up: a dispatcher whose session was ended meanwhile queues no more.
        while (Missing(connection) > 0)
        {
            _client.Enqueue<WakeUpJob>(job => job.RunAsync());
        }

        turn.Commit();
    }

    private long Missing(NpgsqlConnection connection)
    {
        var wanted = OpenParts.Count(connection, WakeUpsPerWorker);
        return wanted == 0 ? 0 : wanted - _storage.GetMonitoringApi().EnqueuedCount(WakeUpJob.Queue);
    }
}
