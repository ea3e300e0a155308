using System.Diagnostics;
using MyNumber.Templates.Documents;

namespace MyNumber.Tests.Bench.Printing;

/// <summary>A million forms, QR codes made on the way, as files of 5,000 on two threads: no sample, all of them.</summary>
internal static class MillionForms
{
    private const int PiecesPerFile = 5_000;
    private const int Files = 200;
    private const int Threads = 2;

    public static void Run(CancellationToken cancellation)
    {
        var inputs = Enumerable.Range(0, Threads).Select(seed => BenchPieces.Forms(PiecesPerFile, seed)).ToArray();
        using var process = Process.GetCurrentProcess();
        var (cpu, began, bytes) = (process.TotalProcessorTime, Stopwatch.GetTimestamp(), 0L);
        Parallel.For(0, Files, new ParallelOptions { MaxDegreeOfParallelism = Threads, CancellationToken = cancellation }, file =>
        {
            // Other numbers in every file; making them up is no part of printing, and quick.
            var digits = file.ToString("D3", System.Globalization.CultureInfo.InvariantCulture);
            var pieces = Array.ConvertAll(
                inputs[file % inputs.Length], piece => piece with { ApplicationId = digits + piece.ApplicationId![3..] });
            var path = Path.Combine(Path.GetTempPath(), $"mynumber-bench-{Environment.ProcessId}-{digits}.pdf");
            using var output = new FileStream(
                path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            PieceDocuments.Render(pieces, output);
            Interlocked.Add(ref bytes, output.Length);
        });
        process.Refresh();
        var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(began).TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds);
        Console.WriteLine("| 1,000,000 forms, 5,000 a file, two threads | measured |");
        Console.WriteLine("|---|---|");
        Console.WriteLine(FormattableString.Invariant($"| seconds of CPU, over two cores | {cpuSeconds / Threads:0} |"));
        Console.WriteLine(FormattableString.Invariant($"| seconds that passed on this machine | {seconds:0} |"));
        Console.WriteLine(FormattableString.Invariant($"| bytes a form | {bytes / ((double)PiecesPerFile * Files):N0} |"));
        Console.WriteLine(FormattableString.Invariant($"| peak memory of the whole process, MB | {process.PeakWorkingSet64 >> 20} |"));
    }
}
