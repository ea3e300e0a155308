using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace MyNumber.Tests.Sweep;

/// <summary>What must not happen did: the night needs a person, or a promise of the engine was not kept.</summary>
internal sealed class BrokenPromiseException(string sentence) : Exception(sentence);

/// <summary>
/// One real night while faults strike it: `mynumber night` with its worker processes, before it what two people approve by day.
/// Whenever the host ends before its work is done, the same command is given again, as an operator or a timer would.
/// </summary>
internal sealed class SweptNight : IAsyncDisposable
{
    /// <summary>The lease of these nights; a process that stands still for longer is evicted.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private const int StartsMax = 40;
    private const int LookMs = 50;
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
    private static readonly TimeSpan NightMax = TimeSpan.FromMinutes(12);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(90);

    private readonly bool _clockJumps;
    private readonly SemaphoreSlim _mayStart = new(1);
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentQueue<string> _said = new();
    private readonly Task _keeper;
    private Process? _host;

    private SweptNight(Stage stage, World world, bool clockJumps)
    {
        (Stage, World, _clockJumps) = (stage, world, clockJumps);
        _keeper = KeepAsync();
    }

    public Stage Stage { get; }

    public World World { get; }

    /// <summary>Set once the night is complete, or cannot become so.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Everything that the processes wrote, and when they ended.</summary>
    public IEnumerable<string> Said => _said;

    /// <summary>Writes a line between those of the processes.</summary>
    public void Say(string? line)
    {
        if (line is not null)
        {
            _said.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {line}");
        }
    }

    /// <summary>The host's process number; 0 where it does not run.</summary>
    public int Host => _host is { HasExited: false } host ? host.Id : 0;

    public static SweptNight Start(Stage stage, World world, bool clockJumps) => new(stage, world, clockJumps);

    /// <summary>Process numbers of all workers of this home, also of hosts that are dead.</summary>
    public IReadOnlyList<int> Workers() => Processes.With("work", Stage.Home);

    /// <summary>Asks the home's database; what is not there yet is the default.</summary>
    public Task<T?> AskAsync<T>(string sql, params object[] parameters) =>
        Stage.Cluster.ScalarAsync<T>(Stage.Database, sql, parameters);

    /// <summary>
    /// Waits until a step (from 1; 0 is before the night) has begun and a share of its parts is done, however long that
    /// takes tonight.
    /// </summary>
    /// <returns>False where the night ended before.</returns>
    public Task<bool> ReachesAsync(int step, double share) => step == 0 ? Task.FromResult(true) : UntilAsync(() => AskAsync<bool>(
        """
        SELECT EXISTS (
          SELECT FROM step JOIN run ON run.id = run_id LEFT JOIN part ON part.step_id = step.id AND part.state = 'done'
          WHERE kind = 'night' AND business_date = $1 AND ordinal >= $2 AND step.state <> 'waiting'
          GROUP BY ordinal HAVING ordinal > $2 OR count(part.id) >= $3)
        """,
        World.Date, step, (long)(World.StepParts[step - 1] * share)));

    /// <summary>Waits for something to become true.</summary>
    /// <returns>False where the night, or the patience, ended before.</returns>
    public async Task<bool> UntilAsync(Func<Task<bool>> holds, TimeSpan? patience = null)
    {
        var watch = Stopwatch.StartNew();
        while (!Over.IsCancellationRequested && (patience is null || watch.Elapsed < patience))
        {
            if (await holds())
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }

    /// <summary>A worker that holds a part now, chosen by the dice; 0 where none comes.</summary>
    public async Task<int> BusyWorkerAsync(Random dice)
    {
        int[] busy = [];
        await UntilAsync(
            async () => (busy = await AskAsync<int[]>(
                "SELECT array_agg(DISTINCT pid) FROM part JOIN worker ON worker.id = worker_id WHERE part.state = 'leased' AND worker.state = 'alive'")
                ?? []).Length > 0,
            TimeSpan.FromSeconds(10));
        return busy.Length == 0 ? 0 : busy[dice.Next(busy.Length)];
    }

    /// <summary>No host is started from now on until this is disposed: there is something to repair first.</summary>
    public async Task<IDisposable> HoldStartsAsync()
    {
        await _mayStart.WaitAsync();
        return new Release(_mayStart);
    }

    /// <summary>Waits for the host's end.</summary>
    /// <returns>Its exit status; null where it did not end in time.</returns>
    public async Task<int?> HostEndAsync(TimeSpan patience)
    {
        var host = _host!;
        await UntilAsync(() => Task.FromResult(host.HasExited), patience);
        return host.HasExited ? host.ExitCode : null;
    }

    /// <summary>Waits until the night is complete and every process of it has ended.</summary>
    /// <exception cref="BrokenPromiseException">It needs a person, or does not end.</exception>
    public async Task CompleteAsync()
    {
        await _keeper;
        var watch = Stopwatch.StartNew();
        while (Workers().Count > 0)
        {
            if (watch.Elapsed > EndMax)
            {
                throw new BrokenPromiseException($"{Workers().Count} workers outlive their night.");
            }

            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        // Stopped first: none of them may act on the death of another.
        var all = Workers().Prepend(Host).Where(pid => pid > 0).ToList();
        all.ForEach(Processes.Stop);
        all.ForEach(Processes.Kill);
        try
        {
            await _keeper;
        }
        catch (BrokenPromiseException)
        {
            // Told already by whoever waited for the night.
        }

        _host?.Dispose();
        _mayStart.Dispose();
        _over.Dispose();
    }

    private async Task KeepAsync()
    {
        var watch = Stopwatch.StartNew();
        try
        {
            foreach (var list in World.Lists)
            {
                await RepeatAsync(World.Approving(list), () => IsApprovedAsync(list), watch);
            }

            await RepeatAsync(World.Command, IsCompleteAsync, watch);
        }
        catch (OperationCanceledException) when (Over.IsCancellationRequested)
        {
            // Disposed in the middle: somebody else said why.
        }
        finally
        {
            await _over.CancelAsync();
        }
    }

    private async Task RepeatAsync(string[] command, Func<Task<bool>> isDone, Stopwatch watch)
    {
        for (var starts = 0; !await isDone(); starts++)
        {
            if (starts == StartsMax)
            {
                throw new BrokenPromiseException($"Started {StartsMax} times, `{command[0]}` is not done.");
            }

            await _mayStart.WaitAsync(Over);
            _mayStart.Release();
            StartHost(command);
            // Not WaitForExitAsync: that waits for the pipes too, which the workers of a killed host still hold.
            while (!_host!.HasExited)
            {
                if (watch.Elapsed > NightMax)
                {
                    throw new BrokenPromiseException($"The night is not complete after {NightMax.TotalMinutes} minutes.");
                }

                await Task.Delay(LookMs, Over);
            }

            Judge(_host.ExitCode);
        }
    }

    private void StartHost(string[] command)
    {
        var start = Stage.Command(command);
        // A process group of its own, so that all of a host can be killed at one stroke.
        start.ArgumentList.Insert(0, start.FileName);
        start.FileName = "setsid";
        start.RedirectStandardError = start.RedirectStandardOutput = true;
        start.Environment["MYNUMBER_FAULT"] = Stage.Points;
        start.Environment["MYNUMBER_LEASE_MS"] = Lease.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
        if (Stage.GuardsOff is { } off)
        {
            start.Environment["MYNUMBER_GUARDS_OFF"] = off;
        }

        if (_clockJumps)
        {
            // The wall clock alone: the monotonic one of a real machine does not jump.
            start.Environment["LD_PRELOAD"] = FakeTime;
            start.Environment["FAKETIME_TIMESTAMP_FILE"] = Stage.ClockFile;
            start.Environment["FAKETIME_NO_CACHE"] = "1";
            start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            // Without this libfaketime ends every wait for a monotonic time at once.
            start.Environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        }

        _host = Processes.StartWith(start, Stage.InputOf(command));
        _host.OutputDataReceived += (_, line) => Say(line.Data);
        _host.ErrorDataReceived += (_, line) => Say(line.Data);
        _host.BeginOutputReadLine();
        _host.BeginErrorReadLine();
    }

    // 0 done, 3 no database or no room, 137 killed: the same command again. All else asks for a person.
    private void Judge(int status)
    {
        Say($"-- host ended with {status}");
        if (status is not (0 or 3 or 137))
        {
            throw new BrokenPromiseException($"The host ended with exit status {status}.");
        }
    }

    // Approved is approved, wherever the file is: the night that follows puts it in place.
    private async Task<bool> IsApprovedAsync(string list) => await AskAsync<string>(
        "SELECT state FROM disposal_list WHERE list_id = $1", list) == "approved";

    private async Task<bool> IsCompleteAsync() => await AskAsync<string>(
        "SELECT state FROM run WHERE kind = 'night' AND business_date = $1", World.Date) == "complete";

    private sealed class Release(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
