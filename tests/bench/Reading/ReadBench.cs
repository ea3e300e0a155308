using System.Diagnostics;
using System.Globalization;
using MyNumber.Batch.Reading;
using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Scanning;

namespace MyNumber.Tests.Bench;

/// <summary>
/// `bench read`: synthetic sheets that no training saw, drawn here, damaged in five fixed levels, read, compared with
/// what was written. Digits come from the writers of fixtures/handwriting that training never opens.
/// </summary>
internal static class ReadBench
{
    private const int SheetsIfNotSaid = 300;

    // tesseract takes seconds a page: a few pages tell its speed.
    private const int WholePages = 4;

    public static Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var sheets = Arguments.Number(arguments, "--sheets", SheetsIfNotSaid);
        var seed = Arguments.Number(arguments, "--seed", 1);
        var hand = Enum.Parse<Hand>(Arguments.Text(arguments, "--hand", nameof(Hand.Careful)));
        NativeLibraries.Load();
        var forms = new BlankForms();
        var artist = new SheetArtist(forms, WrittenDigits.LoadEverybody(Writers.Unseen), hand);
        var (tallies, speed) = (new ReadTallies(), new ReadSpeed());
        var perLevel = Math.Max(1, sheets / DamageLevel.All.Count);
        var began = Stopwatch.GetTimestamp();
        // A reader belongs to a thread, and a thread reads its own sheets.
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(thread => new Thread(() =>
        {
            using var reader = new PageReader();
            var cells = new Dictionary<string, CellsReading>(StringComparer.Ordinal);
            reader.CellsRead = (item, read) => cells[item.Name] = read;
            for (var i = thread; i < perLevel * DamageLevel.All.Count
                && !cancellation.IsCancellationRequested; i += Environment.ProcessorCount)
            {
                var level = DamageLevel.All[i % DamageLevel.All.Count];
                var start = CpuClock.Seconds();
                var sheet = LabelledSheet.Draw(artist, forms, level, seed, i / DamageLevel.All.Count);
                var drawn = CpuClock.Seconds();
                cells.Clear();
                var outcome = reader.Read(sheet.File, 1, cancellation);
                speed.Add(level.Name, sheet.Storing, CpuClock.Seconds() - drawn, drawn - start);
                tallies.Add(level.Name, sheet, outcome.Reading, cells);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        var machine = speed.Count / Stopwatch.GetElapsedTime(began).TotalSeconds;

        Console.WriteLine("| level | field | written | read | wrong | wrong, 95 % bound | doubtful |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var row in tallies.Rows(DamageLevel.All.Select(level => level.Name)))
        {
            Console.WriteLine(row);
        }

        Console.WriteLine();
        Console.WriteLine($"| marks (floors {MarkZone.EmptyMax} and {MarkZone.FilledMin}) | largest score of an empty box | smallest of a filled one |");
        Console.WriteLine("|---|---|---|");
        foreach (var row in tallies.MarkRows(DamageLevel.All.Select(level => level.Name)))
        {
            Console.WriteLine(row);
        }

        Console.WriteLine();
        Console.WriteLine("| fronts of sheets | processor time each | each second of a core |");
        Console.WriteLine("|---|---|---|");
        foreach (var row in speed.Rows())
        {
            Console.WriteLine(row);
        }

        var printed = new PrintedTally();
        Console.WriteLine(ReadSpeed.Row(
            "with all printed text (office)", WithPrintedText(artist, forms, seed, perLevel, printed, cancellation)));
        Console.WriteLine(ReadSpeed.Row("tesseract on the whole page (office)", WholePage(artist, forms, seed)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| this machine, drawing and reading, other work beside it | | {machine:0.0} |"));
        Console.WriteLine();
        Console.WriteLine("| printed text (office) | read | exactly | its own: same | its own: told another | another's: different | another's: told the same |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var row in printed.Rows())
        {
            Console.WriteLine(row);
        }

        return Task.CompletedTask;
    }

    private static List<double> WithPrintedText(
        SheetArtist artist, BlankForms forms, int seed, int sheets, PrintedTally printed, CancellationToken cancellation)
    {
        using var reader = new PageReader(new ReadOptions(PrintedText.All));
        var times = new List<double>();
        for (var i = 0; i < sheets && !cancellation.IsCancellationRequested; i++)
        {
            var sheet = LabelledSheet.Draw(artist, forms, DamageLevel.Office, seed, i);
            var start = CpuClock.Seconds();
            var outcome = reader.Read(sheet.File, 1, cancellation);
            times.Add(CpuClock.Seconds() - start);
            printed.Add(sheet, outcome.Reading);
        }

        return times;
    }

    private static List<double> WholePage(SheetArtist artist, BlankForms forms, int seed)
    {
        using var tesseract = Tesseract.Create(TextLayout.Page)
            ?? throw new InvalidOperationException("libtesseract5 or its Japanese data are not installed.");
        var times = new List<double>();
        for (var i = 0; i < WholePages; i++)
        {
            var sheet = LabelledSheet.Draw(artist, forms, DamageLevel.Office, seed, i);
            using var image = PageDecoder.Decode(sheet.File, 1, Colour.Drop).Image!;
            var start = CpuClock.Seconds();
            tesseract.Text(image.Gray);
            times.Add(CpuClock.Seconds() - start);
        }

        return times;
    }
}
