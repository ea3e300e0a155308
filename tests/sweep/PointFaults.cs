using System.Globalization;
using MyNumber.Batch.Files;

namespace MyNumber.Tests.Sweep;

/// <summary>Every named point of the product, with a kill and with a pause that is longer than the lease.</summary>
internal static class PointFaults
{
    private static readonly TimeSpan GivenUpMax = TimeSpan.FromSeconds(20);

    // The last two steps pass every point once more, so that what is armed before them is hit.
    private static readonly int[] AnyStep = [1, 2, 3, 4, 5, 6, 7, 8];

    public static IEnumerable<FaultKind> Kinds =>
        FaultPoints.All.SelectMany(point => new[] { Kind(point, "killed", "kill"), Kind(point, "paused past its lease", "pause") });

    private static FaultKind Kind(string point, string name, string action) =>
        new($"{point}: {name}", world => Steps(point, world), (night, _) => ArmAsync(night, point, action))
        {
            Point = point,
            FromTheBeginning = point is FaultPoints.KeySlotWritten or FaultPoints.ArchiveMoved or FaultPoints.ApprovalCommitted,
        };

    private static IReadOnlyList<int> Steps(string point, string world) => (point, world) switch
    {
        (FaultPoints.KeySlotWritten, "first") => [1],
        (FaultPoints.KeySlotWritten, "third") => [9],
        (FaultPoints.KeySlotWritten, _) => [],
        (FaultPoints.ArchiveMoved, "first") => [1],
        (FaultPoints.ArchiveMoved, "fourth") => [1],
        (FaultPoints.ArchiveMoved, _) => [1, 8],
        // Only where people approve, before the night begins.
        (FaultPoints.ApprovalCommitted, "fourth") => [0],
        (FaultPoints.ApprovalCommitted, _) => [],
        (FaultPoints.Staged or FaultPoints.BetweenRenames or FaultPoints.BeforeReady or FaultPoints.AfterReady,
            "fourth") => [0, 0, .. AnyStep],
        _ => AnyStep,
    };

    private static async Task<bool> ArmAsync(SweptNight night, string point, string action)
    {
        var armed = Path.Combine(night.Stage.Points, point);
        await File.WriteAllTextAsync($"{armed}.new", action);
        File.Move($"{armed}.new", armed);
        var pid = 0;
        await night.UntilAsync(() => Task.FromResult((pid = HitBy(night.Stage.Points, point)) > 0));
        File.Delete(armed);
        // The night may end at the very moment in which its last process passes the point.
        pid = pid > 0 ? pid : HitBy(night.Stage.Points, point);
        if (pid > 0 && action == "pause")
        {
            night.Say($"-- {point}: {pid} stands still");
            await TakenOverAsync(night, pid);
        }

        return pid > 0;
    }

    /// <summary>
    /// Waits until a process that stands still was evicted and nothing waits for it any more; then it may go on, and do
    /// what harm it can.
    /// </summary>
    public static async Task TakenOverAsync(SweptNight night, int pid)
    {
        try
        {
            var givenUp = await night.UntilAsync(
                async () => await night.AskAsync<long>("SELECT count(*) FROM worker WHERE pid = $1 AND state = 'alive'", pid) == 0,
                GivenUpMax);
            var takenOver = await night.UntilAsync(
                async () => await night.AskAsync<long>(
                    """
                    SELECT count(*) FROM part JOIN worker ON worker.id = worker_id
                    WHERE pid = $1 AND worker.state = 'dead' AND part.state = 'leased'
                    """,
                    pid) == 0,
                GivenUpMax);
            if (!night.Over.IsCancellationRequested && !(givenUp && takenOver))
            {
                throw new BrokenPromiseException(
                    $"A process that stood still was {(givenUp ? "given up, but its part was not taken over" : "not given up")}.");
            }
        }
        finally
        {
            Processes.Continue(pid);
        }
    }

    private static int HitBy(string folder, string point) =>
        Directory.EnumerateFiles(folder)
            .Where(path => Path.GetFileNameWithoutExtension(path) == point && Path.HasExtension(path))
            .Select(path => Path.GetExtension(path)[1..])
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .FirstOrDefault(pid => pid > 0);
}
