using System.Globalization;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Reading;
using MyNumber.Fixtures.Hostile;

namespace MyNumber.Tests.Bench;

/// <summary>
/// A process that takes hostile files in hand as the night's do: takes a page out of each (intake), reads its pages as a
/// form's, and as a photograph. A line a file before, so that a death names it; a line a page after.
/// </summary>
internal static class HostileReader
{
    public const string Verb = "hostile-reader";

    // Of a file that names thousands of pages, these tell enough.
    private const int PagesMax = 3;

    // Of /proc/self/stat, on every Linux that Debian ships.
    private const double TicksPerSecond = 100;

    public static void Run(string[] args)
    {
        int Number(int at) => int.Parse(args[at], CultureInfo.InvariantCulture);
        var (seed, from, to) = (Number(1), Number(2), Number(3));
        using var reader = new PageReader();
        var sound = SoundFiles.Make();
        for (var number = from; number < to; number++)
        {
            Console.WriteLine($"file\t{number}\t");
            var file = HostileFile.Make(sound, seed, number);
            Console.WriteLine($"kind\t{number}\t{file.Kind}");
            Look("taken apart", () => PageSplit.Take(file.Bytes, 1) is null ? "not-to-be-taken-apart" : "taken");
            var pages = 1;
            Look("counted", () => (pages = reader.PageCount(file.Bytes)) > 0 ? "counted" : "none");
            for (var page = 1; page <= Math.Min(pages, PagesMax); page++)
            {
                Look("form", () => Said(reader.Read(file.Bytes, page, default)));
            }

            Look("photograph", () => Said(LoosePhoto.Read(file.Bytes, 1)));
            Look("photograph sent", () => Said(LoosePhoto.ReadSent(file.Bytes)));
        }

        Console.WriteLine($"end\t{ProcessMemory.Of("VmRSS")}");
    }

    private static string Said(PageOutcome outcome) => outcome.Reading is { } reading
        ? reading.Form is not null ? "read" : reading.Findings.Count > 0 ? reading.Findings[0] : "photograph"
        : PageOutcome.Codes.Contains(outcome.Unreadable!) ? outcome.Unreadable! : $"unstable {outcome.Unreadable}";

    private static void Look(string how, Func<string> look)
    {
        ProcessMemory.ForgetPeak();
        var before = ProcessMemory.Of("VmRSS");
        var began = ProcessTime();
        string said;
        try
        {
            said = look();
        }
#pragma warning disable CA1031 // Whatever is thrown is what this looks for.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            said = $"threw {thrown.GetType().Name} at {Place(thrown)}";
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"page\t{how}\t{said}\t{ProcessTime() - began:0.00}\t{ProcessMemory.Of("VmHWM") - before}"));
    }

    // Of a processor, as the bound is: this process and the tools that it waited for.
    private static double ProcessTime() => File.ReadAllText("/proc/self/stat").Split(' ')[13..17]
        .Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond;

    private static string Place(Exception thrown) =>
        thrown.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("MyNumber.Batch", StringComparison.Ordinal))?.Trim() ?? "";
}

/// <summary>What Linux says of this process's memory, MB.</summary>
internal static class ProcessMemory
{
    /// <summary>`VmRSS` or `VmHWM`.</summary>
    public static long Of(string name) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / 1024;

    /// <summary>The peak counts from now on.</summary>
    public static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");
}
