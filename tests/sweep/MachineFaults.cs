using System.Diagnostics;

namespace MyNumber.Tests.Sweep;

/// <summary>What can happen to the disk and to the clock.</summary>
internal static class MachineFaults
{
    private const string FillerName = ".filler";
    private const int NoRoom = 3;
    private static readonly int[] AnyStep = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    private static readonly string[] Folders = ["outbox", "archive", "inbox", "store", "keys"];
    private static readonly TimeSpan LetGoMax = TimeSpan.FromSeconds(5);
    private static readonly string[] Jumps = ["+1d", "-3d", "+40m", "-40m", "+400d"];
    private static readonly TimeSpan FullMax = TimeSpan.FromSeconds(120);

    public static IEnumerable<FaultKind> Kinds =>
    [
        new("disk full", _ => AnyStep, FillAsync) { NeedsRoot = true },
        new("a folder of the home read-only", _ => AnyStep, ProtectAsync) { NeedsRoot = true },
        new("slow disk", _ => AnyStep, SlowAsync),
        new("the clock jumps", _ => AnyStep, JumpAsync) { NeedsClock = true },
    ];

    // Real: the home's disk takes no byte more. `night` must say so by exit status 3, and go on once there is room.
    private static async Task<bool> FillAsync(SweptNight night, Random dice)
    {
        using var hold = await night.HoldStartsAsync();
        var filler = Path.Combine(night.Stage.Home, FillerName);
        try
        {
            await Processes.RunAsync(new ProcessStartInfo("dd", ["if=/dev/zero", $"of={filler}", "bs=64k"]));
            if (night.Host == 0)
            {
                return false; // Another fault has just ended it: nobody meets the full disk.
            }

            var status = await night.HostEndAsync(FullMax);
            if (status is not (null or 0 or NoRoom or 137))
            {
                throw new BrokenPromiseException($"With a full disk `night` ended with exit status {status}, not {NoRoom}.");
            }

            return status == NoRoom && await night.AskAsync<bool>("SELECT EXISTS (SELECT FROM alert WHERE code = 'disk-full')");
        }
        finally
        {
            File.Delete(filler);
        }
    }

    private static async Task<bool> ProtectAsync(SweptNight night, Random dice)
    {
        var folder = Path.Combine(night.Stage.Home, Folders[dice.Next(Folders.Length)]);
        await Processes.RunOkAsync("mount", "--bind", folder, folder);
        try
        {
            await Processes.RunOkAsync("mount", "-o", "remount,bind,ro", folder);
            // Hit once a part, or the host at its start, was refused.
            return await night.UntilAsync(
                async () => night.Host == 0 || await night.AskAsync<bool>(
                    "SELECT EXISTS (SELECT FROM part WHERE state = 'ready' AND transient_errors > 0 AND error_class IS NOT NULL)"),
                TimeSpan.FromSeconds(8));
        }
        finally
        {
            await Processes.RunOkAsync("umount", "-l", folder);
        }
    }

    // Every write that must reach the disk takes long, in the workers and in PostgreSQL, for some seconds.
    private static async Task<bool> SlowAsync(SweptNight night, Random dice)
    {
        var pids = night.Workers().Concat(
            await night.AskAsync<int[]>("SELECT array_agg(pid) FROM pg_stat_activity WHERE application_name LIKE 'mynumber%' OR backend_type = 'walwriter'") ?? []);
        var trace = Path.Combine(night.Stage.Root, "strace");
        var start = new ProcessStartInfo("strace",
        [
            "-f", "-q", "-o", trace, "-e", "trace=fsync,fdatasync,rename,unlink,pwrite64",
            "-e", "inject=fsync,fdatasync:delay_enter=300ms", "-e", "inject=rename,unlink,pwrite64:delay_enter=30ms",
            .. pids.SelectMany(pid => new[] { "-p", $"{pid}" }),
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true };
        using var strace = Process.Start(start)!;
        await Task.WhenAny(Task.Delay(dice.Next(3000, 6000)), strace.WaitForExitAsync());
        Processes.Interrupt(strace.Id);
        await Task.WhenAny(Task.Delay(LetGoMax), strace.WaitForExitAsync());
        if (!strace.HasExited)
        {
            // It may wait for ever for a thread that was killed meanwhile, and holds all others: its end lets them go.
            Processes.Kill(strace.Id);
            await strace.WaitForExitAsync();
        }

        return File.Exists(trace) && (await File.ReadAllTextAsync(trace)).Contains("(DELAYED)", StringComparison.Ordinal);
    }

    private static async Task<bool> JumpAsync(SweptNight night, Random dice)
    {
        await File.WriteAllTextAsync(night.Stage.ClockFile, Jumps[dice.Next(Jumps.Length)]);
        return night.Host > 0;
    }
}
