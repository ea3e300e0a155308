using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Dapper;
using MyNumber.Batch.Runs;
using MyNumber.Tests.Integration;
using MyNumber.Tests.ToyHost;

namespace MyNumber.Tests.Faults;

/// <summary>
/// A night of the toy steps in real processes (a parent and two workers) on a database and an outbox of its own, which a
/// test may kill, pause and start again.
/// </summary>
public sealed partial class ToyNightProcess : IAsyncDisposable
{
    public const int SignalStop = 19;
    public const int SignalContinue = 18;
    private const int Items = 120;
    private const int ItemsPerPart = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TestDatabase _database = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("toy-night-").FullName;
    private readonly int _workMs;
    private readonly int _leaseMs;
    private Process? _parent;

    private ToyNightProcess(int workMs, int leaseMs) => (_workMs, _leaseMs) = (workMs, leaseMs);

    public string Outbox => Path.Combine(_folder, "outbox");

    public string Marks => Path.Combine(_folder, "marks");

    public static async Task<ToyNightProcess> CreateAsync(int workMs = 10, int leaseMs = 1000)
    {
        var night = new ToyNightProcess(workMs, leaseMs);
        await night._database.InitializeAsync();
        Directory.CreateDirectory(night.Outbox);
        Directory.CreateDirectory(night.Marks);
        await using var connection = await night._database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(ToyNight.Tables);
        return night;
    }

    public void Start(string? fault = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "toyhost"));
        foreach (var argument in new[]
        {
            "night", _database.ConnectionString, Outbox, Text(Items), Text(ItemsPerPart), Text(_workMs), Text(_leaseMs),
            nameof(GuardsOff.None),
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["MYNUMBER_FAULT"] = fault;
        start.Environment["MYNUMBER_FAULT_MARK"] = Marks;
        _parent = Process.Start(start)!;
    }

    /// <summary>Waits for the parent's end; its exit status, or 137 where it was killed.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _parent!.WaitForExitAsync(patience.Token);
        return _parent.ExitCode;
    }

    /// <summary>Process numbers of the living workers.</summary>
    public IReadOnlyList<int> Workers() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(pid => ParentOf(pid) == _parent!.Id)];

    /// <summary>kill -9 of the parent and all workers, before any of them can act on the death of another.</summary>
    public async Task KillAllAsync()
    {
        var workers = Workers();
        foreach (var pid in workers.Prepend(_parent!.Id))
        {
            _ = Kill(pid, SignalStop);
        }

        foreach (var pid in workers.Prepend(_parent!.Id))
        {
            KillNow(pid);
        }

        await _parent.WaitForExitAsync();
    }

    public static void KillNow(int pid) => _ = Kill(pid, 9);

    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    public Task<string> DigestAsync() => ToyNight.DigestAsync(_database.DataSource, Outbox);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_parent is { HasExited: false })
        {
            await KillAllAsync();
        }

        _parent?.Dispose();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
