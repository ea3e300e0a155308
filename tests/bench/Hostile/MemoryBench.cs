using System.Globalization;
using MyNumber.Batch.Reading;
using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Hostile;
using MyNumber.Fixtures.Scanning;

namespace MyNumber.Tests.Bench;

/// <summary>
/// `bench memory`: one reader, many pages of every type and damage level one after the other, and what the process has
/// in memory on the way. Flat after the first tenth, or a worker must be replaced now and then.
/// </summary>
internal static class MemoryBench
{
    private const int Steps = 10;

    public static Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var pages = Arguments.Number(arguments, "--pages", 20_000);
        using var reader = new PageReader();
        var forms = new BlankForms();
        var artist = new SheetArtist(forms, WrittenDigits.LoadEverybody(Writers.Unseen));
        byte[][] files =
        [
            .. SoundFiles.Make().Select(file => file.Bytes),
            .. DamageLevel.All.SelectMany(level => Enumerable.Range(0, 2).Select(n => LabelledSheet.Draw(artist, forms, level, 1, n).File)),
        ];
        Console.WriteLine("| pages read | resident, MB | managed, MB |");
        Console.WriteLine("|---|---|---|");
        for (var page = 0; page <= pages && !cancellation.IsCancellationRequested; page++)
        {
            if (page % Math.Max(1, pages / Steps) == 0)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {page} | {ProcessMemory.Of("VmRSS")} | {GC.GetTotalMemory(true) / (1 << 20)} |"));
            }

            reader.Read(files[page % files.Length], 1, cancellation);
        }

        return Task.CompletedTask;
    }
}
