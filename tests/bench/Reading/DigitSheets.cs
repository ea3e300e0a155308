using MyNumber.Batch.Reading;
using MyNumber.Fixtures;
using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Scanning;
using MyNumber.Templates.Forms;

namespace MyNumber.Tests.Bench;

/// <summary>A cell as the reader saw it, with what was written there.</summary>
/// <param name="Level">Of damage.</param>
/// <param name="Item">Its row.</param>
/// <param name="Written">0 to 9; null where nothing was written.</param>
/// <param name="Guess">What was read; null where nothing was seen.</param>
/// <param name="Picture">What the network saw.</param>
internal sealed record LabelledCell(DamageLevel Level, FormItem Item, int? Written, DigitGuess? Guess, float[]? Picture);

/// <summary>
/// Sheets with nothing but digits, in every cell of the handwritten form: the shortest way to many labelled cells that
/// went through paper, damage, scanner and the reader's own preparation.
/// </summary>
internal static class DigitSheets
{
    private const string Kind = "handwritten-application-form";

    /// <summary>Draws and reads sheets of each level on all cores; <paramref name="each"/> is called on many threads.</summary>
    public static void Read(
        WrittenDigits digits, Hand hand, IReadOnlyList<DamageLevel> levels, int sheets, int seed, Action<LabelledCell> each,
        CancellationToken cancellation, string alphabet = "0123456789")
    {
        NativeLibraries.Load();
        var forms = new BlankForms();
        var artist = new SheetArtist(forms, digits, hand);
        var rows = FormDefinitions.Get(Kind).Pages[0].Items.Where(item => item.Type == FormItemType.Cells).ToList();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(thread => new Thread(() =>
        {
            using var reader = new PageReader();
            for (var i = thread; i < sheets * levels.Count && !cancellation.IsCancellationRequested; i += Environment.ProcessorCount)
            {
                var level = levels[i % levels.Count];
                var dice = new Dice(seed, $"digit-sheet-{level.Name}-{hand}", i / levels.Count);
                var written = rows.ToDictionary(row => row.Name, row => Text(Length(row, dice), alphabet, dice), StringComparer.Ordinal);
                reader.CellsRead = (item, read) =>
                {
                    for (var cell = 0; cell < item.Cells.Count; cell++)
                    {
                        var text = written[item.Name];
                        each(new LabelledCell(level, item, cell < text.Length ? text[cell] - '0' : null,
                            read.Cells[cell], read.Pictures[cell]));
                    }
                };
                reader.Read(File(artist, forms, written, level, dice), 1, cancellation);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    // One row in four ends early, so that empty cells beside written ones are seen too.
    private static int Length(FormItem row, Dice dice) => dice.Chance(75) ? row.Cells.Count : dice.Below(row.Cells.Count + 1);

    private static string Text(int length, string alphabet, Dice dice) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => alphabet[dice.Below(alphabet.Length)]));

    private static byte[] File(
        SheetArtist artist, BlankForms forms, Dictionary<string, string> written, DamageLevel level, Dice dice)
    {
        using var paper = artist.Digits(Kind, written, dice);
        using var scan = DamagedScan.Take(paper, forms.Page(FormDefinitions.Get(Kind), 2), level, dice);
        return dice.Chance(50) ? scan.G4() : scan.Jpeg(level.JpegQuality);
    }
}
