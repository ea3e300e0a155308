using System.Diagnostics;
using System.Globalization;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Pdf;

namespace MyNumber.Tests.Bench.Printing;

/// <summary>
/// `bench print`: our writer against ReportLab, SkiaSharp's PDF backend and WeasyPrint on the same pages, each in a process
/// of its own, and what a vendor's RIP says to the files. CPU time counts: the machine may be shared.
/// </summary>
internal static class PrintBench
{
    private const int Pieces = 5_000;
    private const int RipPieces = 400;
    private const int RipPages = 40;
    private const int WeasyPieces = 8;
    private const int FilesBefore = 3;

    public static async Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        if (arguments is [var engine, var product, var count, var path])
        {
            OneEngine(engine, product, int.Parse(count, CultureInfo.InvariantCulture), path);
            return;
        }

        if (arguments is ["million"])
        {
            MillionForms.Run(cancellation);
            return;
        }

        var folder = Directory.CreateTempSubdirectory("mynumber-bench-print-").FullName;
        try
        {
            Console.WriteLine("| what | pieces/s of one core | bytes a piece | peak memory, MB | ours is faster by |");
            Console.WriteLine("|---|---|---|---|---|");
            foreach (var kind in new[] { "forms", "postcards", "mailed-forms" })
            {
                await CompareAsync(kind, folder, cancellation);
            }

            Console.WriteLine();
            Console.WriteLine("| RIP, 600 dpi | an empty page, ms | ours | ReportLab | SkiaSharp | SkiaSharp's file takes | above an empty page |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            await RipAsync(folder, cancellation);
            Console.WriteLine();
            Console.Write(await RunAsync(Environment.ProcessPath!, ["print", "million"], cancellation));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(string kind, string folder, CancellationToken cancellation)
    {
        await RunSelfAsync("record", kind, Pieces, $"{folder}/{kind}.json", cancellation);
        await RunSelfAsync("record", kind, WeasyPieces, $"{folder}/{kind}-few.json", cancellation);
        // Ours before, between and after the others; the middle one counts, so that another load hits all alike.
        List<Measured> own = [await OwnAsync("own", kind, folder, cancellation)];
        var reportLab = await PythonAsync("reportlab", kind, Pieces, folder, cancellation);
        own.Add(await OwnAsync("own", kind, folder, cancellation));
        var skia = await OwnAsync("skia", kind, folder, cancellation);
        own.Add(await OwnAsync("own", kind, folder, cancellation));
        var ours = own.OrderBy(measured => measured.PerSecond).ElementAt(1);
        Row($"{kind}, ours", ours, ours);
        // The peers hold what they shall draw in memory, as we hold the pieces: ReportLab's figure is without that.
        Row($"{kind}, ReportLab", reportLab, ours);
        Row($"{kind}, SkiaSharp", skia, ours);
        Row($"{kind}, WeasyPrint ({WeasyPieces} pieces)", await PythonAsync("weasyprint", kind, WeasyPieces, folder, cancellation), ours);
    }

    private static void Row(string what, Measured measured, Measured ours) => Console.WriteLine(FormattableString.Invariant(
        $"| {what} | {measured.PerSecond:N0} | {measured.BytesEach:N0} | {measured.PeakMb} | {ours.PerSecond / measured.PerSecond:0.0} × |"));

    // RIPs load the fonts of a file whole: the file is of a drop's kind, and pages from its beginning are drawn.
    private static async Task RipAsync(string folder, CancellationToken cancellation)
    {
        await RunSelfAsync("record", "forms", RipPieces, $"{folder}/rip-skia.json", cancellation);
        await RunSelfAsync("own", "forms", RipPieces, $"{folder}/rip-own.pdf", cancellation);
        await RunSelfAsync("skia", "forms", RipPieces, $"{folder}/rip-skia.pdf", cancellation);
        await PythonScriptAsync("reportlab", $"{folder}/rip-skia.json", $"{folder}/rip-reportlab.pdf", cancellation);
        WriteEmptyPages($"{folder}/rip-empty.pdf");
        foreach (var (rip, command) in new[]
        {
            // In bands and without gray edges, as what drives a press does.
            ("mutool", $"mutool draw -q -r 600 -A 0 -B 256 -c gray -F pgm -o /dev/null FILE 1-{RipPages}"),
            ("Ghostscript", $"gs -q -dNOPAUSE -dBATCH -dSAFER -sDEVICE=pbmraw -r600 -dLastPage={RipPages} -sOutputFile=/dev/null FILE"),
        })
        {
            var ms = new List<double>();
            foreach (var engine in new[] { "empty", "own", "reportlab", "skia" })
            {
                ms.Add(1000 * await CpuSecondsAsync(
                    command.Replace("FILE", $"{folder}/rip-{engine}.pdf", StringComparison.Ordinal), cancellation) / RipPages);
            }

            Console.WriteLine(FormattableString.Invariant(
                $"| {rip} | {ms[0]:0.0} | {ms[1]:0.0} | {ms[2]:0.0} | {ms[3]:0.0} | {ms[3] / ms[1]:0.0} × | {(ms[3] - ms[0]) / (ms[1] - ms[0]):0.0} × |"));
        }
    }

    // What a RIP takes to fill and write a bitmap of that size is nobody's merit.
    private static void WriteEmptyPages(string path)
    {
        using var file = File.Create(path);
        using var pdf = new PdfDocument(file, "empty");
        for (var page = 0; page < RipPages; page++)
        {
            pdf.Page(new Page("empty", 210, 297, Page.Nothing, Page.Nothing), []);
        }

        pdf.Finish();
    }

    private static void OneEngine(string engine, string kind, int count, string path)
    {
        if (engine == "record")
        {
            PageRecording.Of(Make(kind, count)).Save(path);
            return;
        }

        if (engine == "own")
        {
            // QR codes are made on the way; the peers get theirs, and every place and width, as given. A worker writes many
            // files: the first ones, in which code is compiled, are not counted.
            var pieces = Make(kind, count);
            for (var file = 0; file < FilesBefore; file++)
            {
                PieceDocuments.Render(pieces, Stream.Null);
            }

            using var output = File.Create(path);
            Report(() => PieceDocuments.Render(pieces, output));
            return;
        }

        var recording = PageRecording.Load(Path.ChangeExtension(path, null) + ".json");
        using var skia = new SkiaPeer();
        skia.Write(recording with { Pages = recording.Pages[..Math.Min(recording.Pages.Count, 1000)] }, path);
        Report(() => skia.Write(recording, path));
    }

    private static void Report(Action work)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        work();
        process.Refresh();
        Console.WriteLine(FormattableString.Invariant(
            $"{(process.TotalProcessorTime - before).TotalSeconds} {process.PeakWorkingSet64 / 1024}"));
    }

    private static PieceData[] Make(string kind, int count) => kind switch
    {
        "forms" => BenchPieces.Forms(count, seed: 1),
        "mailed-forms" => BenchPieces.MailedForms(count, seed: 1),
        _ => BenchPieces.Postcards(count, seed: 1),
    };

    private static async Task<Measured> OwnAsync(string engine, string kind, string folder, CancellationToken cancellation)
    {
        var path = engine == "own" ? $"{folder}/{kind}-own.pdf" : $"{folder}/{kind}.pdf";
        return Measured.Parse(await RunSelfAsync(engine, kind, Pieces, path, cancellation), Pieces, path);
    }

    private static Task<string> RunSelfAsync(string engine, string kind, int count, string path, CancellationToken cancellation) =>
        RunAsync(Environment.ProcessPath!, ["print", engine, kind, count.ToString(CultureInfo.InvariantCulture), path], cancellation);

    private static async Task<Measured> PythonAsync(string engine, string kind, int count, string folder, CancellationToken cancellation)
    {
        var (json, path) = (count == Pieces ? $"{folder}/{kind}.json" : $"{folder}/{kind}-few.json", $"{folder}/{kind}-{engine}.pdf");
        return Measured.Parse(await PythonScriptAsync(engine, json, path, cancellation), count, path);
    }

    private static Task<string> PythonScriptAsync(string engine, string json, string path, CancellationToken cancellation) =>
        RunAsync("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "Printing", $"{engine}_peer.py"), json, path], cancellation);

    private static async Task<double> CpuSecondsAsync(string command, CancellationToken cancellation)
    {
        var times = await RunAsync("bash", ["-c", $"TIMEFORMAT='%U %S'; {{ time {command} >/dev/null 2>&1; }} 2>&1"], cancellation);
        return times.Split(' ', '\n', StringSplitOptions.RemoveEmptyEntries).Sum(time => double.Parse(time, CultureInfo.InvariantCulture));
    }

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? output
            : throw new InvalidOperationException($"{program} {arguments[0]} ended with {process.ExitCode}.");
    }

    /// <summary>What one engine took for all pieces.</summary>
    private sealed record Measured(double PerSecond, double BytesEach, long PeakMb)
    {
        public static Measured Parse(string output, int pieces, string path)
        {
            var numbers = output.Split(' ', '\n', StringSplitOptions.RemoveEmptyEntries);
            return new Measured(
                pieces / double.Parse(numbers[0], CultureInfo.InvariantCulture), new FileInfo(path).Length / (double)pieces,
                long.Parse(numbers[1], CultureInfo.InvariantCulture) / 1024);
        }
    }
}
