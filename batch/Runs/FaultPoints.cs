using System.Globalization;
using System.Runtime.InteropServices;

namespace MyNumber.Batch.Runs;

/// <summary>
/// Named places where a test may kill or pause the process (ENGINE.md, rule 13). Inert unless the environment names one:
/// <c>MYNUMBER_FAULT=point:action:count</c> (several by comma; action `kill` or `pause`; fires at the count-th hit of the
/// process), and <c>MYNUMBER_FAULT_MARK=FOLDER</c>, in which each point leaves a file so that it fires once for all
/// processes and a test can see that it did. Refused in production by the host.
/// </summary>
public static partial class FaultPoints
{
    /// <summary>A part was claimed, nothing else was done.</summary>
    public const string Claimed = "claimed";

    /// <summary>Compute has ended, no transaction is open.</summary>
    public const string Computed = "computed";

    /// <summary>A file lies staged.</summary>
    public const string Staged = "staged";

    /// <summary>A transaction is open, the fence is next.</summary>
    public const string BeforeFence = "before-fence";

    /// <summary>The fence has let the part through.</summary>
    public const string AfterFence = "after-fence";

    /// <summary>All is written, the commit is next.</summary>
    public const string BeforeCommit = "before-commit";

    /// <summary>The commit is done.</summary>
    public const string Committed = "committed";

    /// <summary>One file of a drop is in place, the next is not.</summary>
    public const string BetweenRenames = "between-renames";

    /// <summary>All files of a drop are in place but the marker.</summary>
    public const string BeforeReady = "before-ready";

    /// <summary>The marker is in place, the drop is not marked published.</summary>
    public const string AfterReady = "after-ready";

    /// <summary>A key slot was written or overwritten, the commit that says so is not done.</summary>
    public const string KeySlotWritten = "key-slot-written";

    /// <summary>What was taken has been moved to the archive.</summary>
    public const string ArchiveMoved = "archive-moved";

    /// <summary>Every point that the engine itself passes.</summary>
    public static IReadOnlyList<string> OfTheEngine { get; } =
        [Claimed, Computed, Staged, BeforeFence, AfterFence, BeforeCommit, Committed, BetweenRenames, BeforeReady, AfterReady];

    private const int SignalKill = 9;
    private const int SignalStop = 19;

    private static readonly Dictionary<string, Fault> Armed = Parse(Environment.GetEnvironmentVariable("MYNUMBER_FAULT"));
    private static readonly string? MarkFolder = Environment.GetEnvironmentVariable("MYNUMBER_FAULT_MARK");

    /// <summary>Whether any point is armed.</summary>
    public static bool AnyArmed => Armed.Count > 0;

    /// <summary>Passes a point; does nothing unless the environment armed it.</summary>
    public static void Hit(string point)
    {
        if (Armed.Count == 0 || !Armed.TryGetValue(point, out var fault) || Interlocked.Decrement(ref fault.HitsLeft) != 0)
        {
            return;
        }

        if (!Mark(point))
        {
            return;
        }

        if (Kill(Environment.ProcessId, fault.Signal) != 0)
        {
            throw new InvalidOperationException($"Fault point {point} could not send its signal.");
        }

        // The signal may reach another thread first: this one must not slip past the point meanwhile.
        Thread.Sleep(TimeSpan.FromMilliseconds(50));
    }

    private static bool Mark(string point)
    {
        if (MarkFolder is null)
        {
            return true;
        }

        try
        {
            using var mark = new FileStream(Path.Combine(MarkFolder, point), FileMode.CreateNew);
            return true;
        }
        catch (IOException) when (File.Exists(Path.Combine(MarkFolder, point)))
        {
            return false;
        }
    }

    private static Dictionary<string, Fault> Parse(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(fault => fault.Split(':'))
        .ToDictionary(
            fault => fault[0],
            fault => new Fault
            {
                Signal = fault[1] switch
                {
                    "kill" => SignalKill,
                    "pause" => SignalStop,
                    _ => throw new ArgumentException("MYNUMBER_FAULT: the action is kill or pause."),
                },
                HitsLeft = fault.Length > 2 ? int.Parse(fault[2], CultureInfo.InvariantCulture) : 1,
            });

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private sealed class Fault
    {
        public int HitsLeft;

        public required int Signal { get; init; }
    }
}
