using Hangfire;
using MyNumber.Batch.Runs;
using Npgsql;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// Looks once a second, and at every NOTIFY, whether parts can be claimed, and rings until enough doorbells are queued. On
/// a thread of its own: it must go on while parts keep the thread pool busy.
/// </summary>
internal sealed class Ringer : IDisposable
{
    private const int RingsPerWorker = 2;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly string _connectionString;
    private readonly JobStorage _storage;
    private readonly BackgroundJobClient _client;
    private readonly Thread _thread;
    private volatile bool _ended;

    public Ringer(string connectionString, JobStorage storage)
    {
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
                using (var listen = new NpgsqlCommand($"LISTEN {OpenParts.Channel}", connection))
                {
                    listen.ExecuteNonQuery();
                }

                while (!_ended)
                {
                    Ring(OpenParts.Count(connection, RingsPerWorker));
                    connection.Wait(Look);
                }
            }
            catch (Exception lost) when (lost is NpgsqlException or BackgroundJobClientException or InvalidOperationException)
            {
                // The database is away: no ring can be answered either. Look again when it may be back.
                Log.Warning(lost, "The ringer lost the database; it tries again");
                Thread.Sleep(Look);
            }
        }
    }

    private void Ring(int wanted)
    {
        if (wanted == 0)
        {
            return;
        }

        var queued = _storage.GetMonitoringApi().EnqueuedCount(Doorbell.Queue);
        for (var ring = queued; ring < wanted; ring++)
        {
            _client.Enqueue<Doorbell>(bell => bell.AnswerAsync());
        }
    }
}
