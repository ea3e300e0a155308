using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Dapper;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Tests.Integration;
using MyNumber.Tests.ToyHost;

namespace MyNumber.Tests.Faults;

/// <summary>
/// A night of the toy steps in real processes (a parent and two workers) on a database and an outbox of its own: for what
/// no real step does, such as to hang.
/// </summary>
public sealed partial class ToyNightProcess : IAsyncDisposable
{
    private const int LeaseMs = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TestDatabase _database = new();
    private readonly string _outbox = Directory.CreateTempSubdirectory("toy-night-").FullName;
    private readonly int _items;
    private readonly int _itemsPerPart;
    private readonly int _workMs;
    private Process? _parent;

    private ToyNightProcess(int items, int itemsPerPart, int workMs) =>
        (_items, _itemsPerPart, _workMs) = (items, itemsPerPart, workMs);

    public static async Task<ToyNightProcess> CreateAsync(int items = 120, int itemsPerPart = 10, int workMs = 10)
    {
        var night = new ToyNightProcess(items, itemsPerPart, workMs);
        await night._database.InitializeAsync();
        await using var connection = await night._database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(ToyNight.Tables);
        return night;
    }

    public void Start()
    {
        // In a process group of its own, as a service manager starts it: so that all of it can be killed at once.
        var start = new ProcessStartInfo("setsid");
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "toyhost"),
            "night", _database.ConnectionString, _outbox, Text(_items), Text(_itemsPerPart), Text(_workMs), Text(LeaseMs),
            nameof(GuardsOff.None),
        })
        {
            start.ArgumentList.Add(argument);
        }

        _parent = Process.Start(start)!;
    }

    /// <summary>The night goes on.</summary>
    public bool IsRunning => _parent is { HasExited: false };

    /// <summary>kill -9 of the parent and its workers, all at once.</summary>
    public async Task KillGroupAsync()
    {
        _ = Kill(-_parent!.Id, 9);
        await _parent.WaitForExitAsync();
    }

    public Task<string> DigestAsync() => ToyNight.DigestAsync(_database.DataSource, _outbox);

    /// <summary>Waits for something to become true, or for the night's end.</summary>
    public async Task UntilAsync(string sql)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (IsRunning && !await ScalarAsync<bool>(sql))
        {
            await Task.Delay(10, patience.Token);
        }
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

    public async Task ExecuteAsync(string sql, object? parameters = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, parameters);
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

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
