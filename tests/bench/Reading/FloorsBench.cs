using System.Collections.Concurrent;
using System.Globalization;
using MyNumber.Batch.Reading;
using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Scanning;
using OpenCvSharp;

namespace MyNumber.Tests.Bench;

/// <summary>
/// `bench floors`: chooses the floors of DigitFloors.cs for a wanted rate of wrong digits. Digits of writers that the
/// network did not learn from are written on whole pages by a careful and by any hand, damaged, read; a floor is the least
/// confidence above which, at all levels but the worst together, the measured rate of wrong digits is within the wanted
/// one. Its 95 % bound stands beside it; it is not the measure, as some labels of the digits are wrong themselves.
/// </summary>
internal static class FloorsBench
{
    // Which rate of wrong digits among the taken ones a field may have, one in so many: Models/digits.md says why.
    private static readonly (string Field, int OneIn)[] Wanted =
    [
        (nameof(DigitFloors.Date), 750), (nameof(DigitFloors.Number), 750), (nameof(DigitFloors.Phone), 750),
    ];

    // Finer steps would follow single digits.
    private static readonly int[] Floors = [.. Enumerable.Range(0, 50).Select(step => 500 + (10 * step))];

    // What a person who wants another rate looks at.
    private static readonly int[] Curve = [500, 700, 800, 850, 900, 920, 940, 950, 960, 970, 980, 985, 990, 995];

    private static readonly Hand[] Hands = [Hand.Careful, Hand.Any];

    /// <summary>Of a cell that has something in it or should have.</summary>
    private sealed record Case(DamageLevel Level, Hand Hand, int Confidence, bool Right, bool Digit)
    {
        /// <summary>What was wrongly read: the picture, what was written and what was said.</summary>
        public (float[] Picture, string Said)? Wrong { get; init; }
    }

    public static Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var cases = Cases(Arguments.Number(arguments, "--sheets", 100), Arguments.Number(arguments, "--seed", 1), cancellation);
        var chosen = cases.Where(one => one.Level != DamageLevel.Worst).ToList();
        var floors = Wanted.Select(wanted => Floors.FirstOrDefault(floor => Rate(chosen, floor) <= 1.0 / wanted.OneIn, 999)).ToList();
        List<string> lines = ["| digit of | wrong at most | floor | taken | wrong of these | 95 % bound |", "|---|---|---|---|---|---|"];
        lines.AddRange(Wanted.Zip(floors, (wanted, floor) => string.Create(
            CultureInfo.InvariantCulture, $"| {wanted.Field} | 1 in {wanted.OneIn:N0} | {floor} | {Row(chosen, floor)} |")));

        lines.AddRange(["", "| level, hand | digits | taken at the floor of dates | wrong of these | 95 % bound |",
            "|---|---|---|---|---|"]);
        lines.AddRange(
            from level in DamageLevel.All
            from hand in Hands
            let some = cases.Where(one => one.Level == level && one.Hand == hand).ToList()
            select string.Create(CultureInfo.InvariantCulture, $"| {level.Name}, {hand} | {some.Count:N0} | {Row(some, floors[0])} |"));
        lines.AddRange(["", "| floor, all but worst | taken | wrong of these | 95 % bound |", "|---|---|---|---|"]);
        lines.AddRange(Curve.Select(floor => $"| {floor} | {Row(chosen, floor)} |"));
        lines.AddRange(["", "| confidence, per mille | digits | said right | right |", "|---|---|---|---|"]);
        lines.AddRange(Reliability([.. chosen.Where(one => one.Digit)]));
        foreach (var line in lines)
        {
            Console.WriteLine(line);
        }

        if (Arguments.Text(arguments, "--pictures", "") is { Length: > 0 } pictures)
        {
            Picture([.. chosen.Where(one => one.Digit && !one.Right && one.Confidence >= floors[0])], pictures);
        }

        if (Arguments.Text(arguments, "--out", "") is { Length: > 0 } file)
        {
            File.WriteAllLines(file, lines);
        }

        return Task.CompletedTask;
    }

    private static List<Case> Cases(int sheets, int seed, CancellationToken cancellation)
    {
        var cases = new ConcurrentBag<Case>();
        var digits = WrittenDigits.LoadEverybody(Writers.Choosing);
        foreach (var hand in Hands)
        {
            DigitSheets.Read(digits, hand, DamageLevel.All, sheets, seed, cell =>
            {
                // Empty and seen so: no digit, nothing to count. Written and not seen is wrong at any floor.
                if (cell.Written is not null || cell.Guess is not null)
                {
                    var digit = cell.Guess is null || cell.Guess.Value.Digit is not null;
                    var right = digit && cell.Guess?.Digit == cell.Written;
                    cases.Add(new Case(cell.Level, hand, cell.Guess?.Confidence ?? 1000, right, digit)
                    {
                        Wrong = !right && cell.Picture is { } picture
                            ? (picture, $"{cell.Written?.ToString(CultureInfo.InvariantCulture) ?? "-"} {cell.Guess?.Digit} {cell.Guess?.Confidence}")
                            : null,
                    });
                }
            },
            cancellation);
        }

        return [.. cases];
    }

    // Whoever doubts the rate looks at them: many are labelled wrongly in MNIST, or no person could read them either.
    private static void Picture(List<Case> wrong, string file)
    {
        const int side = 112, row = 12;
        using var sheet = new Mat((((wrong.Count - 1) / row) + 1) * (side + 20), row * side, MatType.CV_8UC1, Scalar.White);
        foreach (var (i, one) in wrong.OrderByDescending(one => one.Confidence).Index())
        {
            if (one.Wrong is not var (picture, said))
            {
                continue;
            }

            var (x, y) = (i % row * side, i / row * (side + 20));
            using var cell = Mat.FromPixelData(DigitCell.Side, DigitCell.Side, MatType.CV_32FC1, picture);
            using var ink = new Mat();
            cell.ConvertTo(ink, MatType.CV_8UC1, -255, 255);
            using var place = new Mat(sheet, new Rect(x, y, side - 4, side - 4));
            Cv2.Resize(ink, place, place.Size(), interpolation: InterpolationFlags.Nearest);
            Cv2.PutText(sheet, said, new Point(x, y + side + 10), HersheyFonts.HersheyPlain, 1, Scalar.Black);
        }

        Cv2.ImWrite(file, sheet);
    }

    private static (long Taken, long Wrong) Count(List<Case> cases, int floor)
    {
        var taken = cases.Where(one => one.Digit && one.Confidence >= floor).ToList();
        return (taken.Count, taken.Count(one => !one.Right));
    }

    private static double Rate(List<Case> cases, int floor) =>
        Count(cases, floor) is ( > 0, _) and var (taken, wrong) ? (double)wrong / taken : 1;

    private static string Row(List<Case> cases, int floor)
    {
        var (taken, wrong) = Count(cases, floor);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{100.0 * taken / Math.Max(1, cases.Count):0.00} % | {wrong:N0} of {taken:N0} | {Tally.Rate(Tally.UpperBound(wrong, taken))}");
    }

    // Calibrated is what is right as often as it says.
    private static IEnumerable<string> Reliability(List<Case> cases)
    {
        int[] edges = [0, 500, 700, 800, 900, 950, 980, 990, 995, 1001];
        return from at in Enumerable.Range(0, edges.Length - 1)
               let some = cases.Where(one => one.Confidence >= edges[at] && one.Confidence < edges[at + 1]).ToList()
               where some.Count > 0
               select string.Create(
                   CultureInfo.InvariantCulture,
                   $"| {edges[at]} to {edges[at + 1] - 1} | {some.Count:N0} | {some.Average(one => one.Confidence) / 10:0.0} % | {100.0 * some.Count(one => one.Right) / some.Count:0.0} % |");
    }
}
