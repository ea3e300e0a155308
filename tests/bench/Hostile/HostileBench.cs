using System.Diagnostics;
using System.Globalization;
using MyNumber.Batch.Reading;

namespace MyNumber.Tests.Bench;

/// <summary>
/// `bench hostile`: mutated and lying files of every type, read in processes of their own, some hundred each. Prints what
/// became of them; a death, a throw, an unstable reason or a page over its bounds makes it exit with 1.
/// </summary>
internal static class HostileBench
{
    private const int FilesPerProcess = 250;

    // A page's own bound, and what follows it before somebody looks at the clock again; of processor time.
    private const double SecondsMax = PageLimits.SecondsMax * 1.5;

    /// <summary>What a page may take beside what its process had already, MB.</summary>
    private const long MegabytesMax = 1_000;

    private const int SilenceSecondsMax = 600;

    public static async Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var count = Arguments.Number(arguments, "--count", 10_000);
        var seed = Arguments.Number(arguments, "--seed", 1);
        var tally = new HostileTally(SecondsMax, MegabytesMax);
        var cores = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, count).Where(number => number % FilesPerProcess == 0), cores,
            async (begin, ended) =>
        {
            var end = Math.Min(count, begin + FilesPerProcess);
            for (var from = begin; from < end;)
            {
                from = await BatchAsync(seed, from, end, tally, ended);
            }
        });

        tally.Print(seed);
        Environment.ExitCode = tally.IsClean ? 0 : 1;
    }

    // The number from which the next process goes on: behind the file that this one died on, or at the batch's end.
    private static async Task<int> BatchAsync(int seed, int from, int to, HostileTally tally, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { HostileReader.Verb, Text(seed), Text(from), Text(to) })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var (number, kind, ended) = (from, "", false);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellation).AsTask()
                .WaitAsync(TimeSpan.FromSeconds(SilenceSecondsMax), cancellation) is { } line)
            {
                var cells = line.Split('\t');
                switch (cells[0])
                {
                    case "file":
                        (number, kind) = (int.Parse(cells[1], CultureInfo.InvariantCulture), "not made yet");
                        break;
                    case "kind":
                        kind = cells[2];
                        tally.File(kind);
                        break;
                    case "page":
                        tally.Page(
                            number, kind, cells[1], cells[2], double.Parse(cells[3], CultureInfo.InvariantCulture),
                            long.Parse(cells[4], CultureInfo.InvariantCulture));
                        break;
                    default:
                        ended = true;
                        break;
                }
            }
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync(cancellation);
        if (!ended)
        {
            tally.Death(number, kind, process.ExitCode);
            return number + 1;
        }

        return to;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
