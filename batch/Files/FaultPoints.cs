using System.Runtime.InteropServices;

namespace MyNumber.Batch.Files;

/// <summary>
/// Named places where a test may kill or pause the process (ENGINE.md, rule 13). Inert unless <c>MYNUMBER_FAULT</c> names a
/// folder. A file in it named as a point and holding `kill` or `pause` arms that point: the first process to pass takes
/// the file by renaming it to `POINT.PID`. So it fires once for all processes, and a test sees that it did and in whom.
/// Refused in production by the host.
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

    /// <summary>Two people have approved, the commit is done, and what they decided is not in place.</summary>
    public const string ApprovalCommitted = "approval-committed";

    /// <summary>Every point.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Claimed, Computed, Staged, BeforeFence, AfterFence, BeforeCommit, Committed, BetweenRenames, BeforeReady, AfterReady,
        KeySlotWritten, ArchiveMoved, ApprovalCommitted,
    ];

    private const int SignalKill = 9;
    private const int SignalStop = 19;

    private static readonly string? Folder = Environment.GetEnvironmentVariable("MYNUMBER_FAULT") is { Length: > 0 } folder
        ? folder
        : null;

    /// <summary>Whether points can be armed at all.</summary>
    public static bool AnyArmed => Folder is not null;

    /// <summary>Passes a point; does nothing unless a test armed it.</summary>
    public static void Hit(string point)
    {
        if (Folder is null || !TryTake(Path.Combine(Folder, point), out var action))
        {
            return;
        }

        var signal = action switch
        {
            "kill" => SignalKill,
            "pause" => SignalStop,
            _ => throw new InvalidOperationException($"Fault point {point}: the action is kill or pause."),
        };
        if (Kill(Environment.ProcessId, signal) != 0)
        {
            throw new InvalidOperationException($"Fault point {point} could not send its signal.");
        }

        // The signal may reach another thread first: this one must not slip past the point meanwhile.
        Thread.Sleep(TimeSpan.FromMilliseconds(50));
    }

    private static bool TryTake(string armed, out string action)
    {
        action = "";
        if (!File.Exists(armed))
        {
            return false;
        }

        var taken = $"{armed}.{Environment.ProcessId}";
        try
        {
            File.Move(armed, taken);
        }
        catch (FileNotFoundException)
        {
            return false; // Another process was faster.
        }

        action = File.ReadAllText(taken).Trim();
        return true;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
