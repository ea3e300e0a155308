using System.Diagnostics;
using System.Globalization;
using Dapper;
using MyNumber.Batch.Runs;
using MyNumber.Tests.Integration;
using MyNumber.Tests.ToyHost;

namespace MyNumber.Tests.Faults;

/// <summary>
/// A night of the toy steps in real processes (a parent and two workers) on a database and an outbox of its own: for what
/// no real step does, such as to hang.
/// </summary>
public sealed class ToyNightProcess : IAsyncDisposable
{
    private const int Items = 120;
    private const int ItemsPerPart = 10;
    private const int WorkMs = 10;
    private const int LeaseMs = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TestDatabase _database = new();
    private readonly string _outbox = Directory.CreateTempSubdirectory("toy-night-").FullName;
    private Process? _parent;

    public static async Task<ToyNightProcess> CreateAsync()
    {
        var night = new ToyNightProcess();
        await night._database.InitializeAsync();
        await using var connection = await night._database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(ToyNight.Tables);
        return night;
    }

    public void Start()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "toyhost"));
        foreach (var argument in new[]
        {
            "night", _database.ConnectionString, _outbox, Text(Items), Text(ItemsPerPart), Text(WorkMs), Text(LeaseMs),
            nameof(GuardsOff.None),
        })
        {
            start.ArgumentList.Add(argument);
        }

        _parent = Process.Start(start)!;
    }

    /// <summary>Waits for the parent's end; its exit status.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _parent!.WaitForExitAsync(patience.Token);
        return _parent.ExitCode;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_parent is { HasExited: false })
        {
            _parent.Kill(entireProcessTree: true);
            await _parent.WaitForExitAsync();
        }

        _parent?.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_outbox, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
