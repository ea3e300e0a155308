using MyNumber.Fixtures;
using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Scanning;
using MyNumber.Batch.Reading;
using SkiaSharp;

namespace MyNumber.Tests.Bench;

/// <summary>
/// `bench shapes`: digits as Japanese hands write them, drawn here with curves of their own, which no training saw, on
/// whole pages at all levels but the worst.
/// </summary>
internal static class ShapesBench
{
    private const int Variants = 200;
    private const float Side = WrittenDigits.Side;

    // Strokes of cubic curves in the middle 20 of 28 pixels: start, then two controls and an end each; shares of 20.
    private static readonly (string Name, int Digit, double[][] Strokes)[] Shapes =
    [
        ("1, one stroke", 1, [[.52, 0, .5, .3, .5, .7, .49, 1]]),
        ("1 with a flag", 1, [[.3, .28, .4, .2, .5, .1, .54, 0, .54, .3, .53, .7, .53, 1]]),
        ("7, two strokes' corner", 7, [[.14, .05, .4, .04, .7, .04, .86, .06, .7, .35, .5, .7, .42, 1]]),
        ("7 with a hook", 7, [[.16, .3, .15, .2, .16, .1, .17, .03, .4, .03, .7, .03, .85, .04, .7, .3, .56, .6, .52, 1]]),
        ("7, crossed", 7, [[.14, .05, .4, .03, .7, .03, .86, .05, .7, .4, .5, .7, .44, 1], [.3, .54, .45, .52, .6, .51, .78, .5]]),
        ("4, open", 4, [[.3, 0, .28, .25, .24, .45, .18, .62, .4, .62, .65, .6, .86, .58], [.66, .22, .64, .5, .62, .75, .6, 1]]),
        ("4, closed", 4, [[.62, 0, .45, .25, .25, .5, .12, .68, .4, .68, .7, .67, .9, .66], [.62, 0, .62, .3, .61, .7, .6, 1]]),
        ("0", 0, [[.52, 0, .2, 0, .16, .98, .5, 1, .86, 1, .88, .02, .5, 0]]),
        ("0 with a slash", 0, [[.52, 0, .2, 0, .16, .98, .5, 1, .86, 1, .88, .02, .5, 0], [.86, .06, .65, .35, .35, .65, .14, .95]]),
        ("9 with a straight tail", 9, [[.76, .1, .5, -.06, .2, .05, .22, .28, .24, .5, .6, .52, .75, .2, .76, .4, .75, .7, .74, 1]]),
        ("9 with a curved tail", 9, [[.78, .14, .55, -.08, .18, .02, .2, .3, .22, .52, .62, .5, .76, .16, .8, .5, .72, .98, .3, .98]]),
        ("6, round", 6, [[.66, 0, .3, .2, .16, .55, .22, .8, .3, 1.06, .82, 1.04, .8, .72, .78, .46, .34, .46, .22, .76]]),
        ("5, hat apart", 5, [[.3, .06, .28, .2, .26, .3, .24, .42, .5, .32, .82, .42, .78, .7, .74, 1.02, .34, 1.02, .2,
            .9], [.32, .06, .5, .06, .65, .05, .8, .03]]),
        ("2 without a loop", 2, [[.18, .2, .3, -.06, .8, -.04, .78, .26, .74, .5, .4, .75, .16, .98, .4, .96, .65, .96, .86, .97]]),
    ];

    public static Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var sheets = Arguments.Number(arguments, "--sheets", 2);
        var levels = DamageLevel.All.Where(level => level != DamageLevel.Worst).ToList();
        Console.WriteLine("| level | field | written | read | wrong | wrong, 95 % bound | doubtful |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var (name, digit, strokes) in Shapes)
        {
            var tally = new Tally();
            DigitSheets.Read(Drawn(name, digit, strokes), Hand.Careful, levels, sheets, 1, cell =>
            {
                if (cell.Written is not null)
                {
                    tally.Add(cell.Guess is { } guess
                        && (guess.Digit is null || guess.Confidence < DigitFloors.Of(cell.Item.Field)) ? Verdict.Doubtful
                        : cell.Guess?.Digit == cell.Written ? Verdict.Read : Verdict.Wrong);
                }
            },
            cancellation, $"{digit}");
            Console.WriteLine(tally.Row("all but worst", name));
        }

        return Task.CompletedTask;
    }

    private static WrittenDigits Drawn(string name, int digit, double[][] strokes)
    {
        var images = Enumerable.Range(0, Variants).SelectMany(i => Draw(strokes, new Dice(1, "shape-" + name, i))).ToArray();
        int[] all = [.. Enumerable.Range(0, Variants)];
        return new WrittenDigits(images, [.. Enumerable.Repeat((byte)digit, Variants)], all, all);
    }

    private static byte[] Draw(double[][] strokes, Dice dice)
    {
        using var bitmap = new SKBitmap(new SKImageInfo((int)Side, (int)Side, SKColorType.Alpha8, SKAlphaType.Premul));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Transparent);
        canvas.RotateDegrees((float)dice.Between(-7.0, 7.0), Side / 2, Side / 2);
        using var pen = new SKPaint
        {
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = (float)dice.Between(1.3, 2.8),
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
        };
        var (wide, slant) = (dice.Between(0.55, 0.8), dice.Between(-0.15, 0.1));
        foreach (var stroke in strokes)
        {
            var points = stroke.Chunk(2).Select(at =>
            {
                var (x, y) = (at[0] + (dice.Normal() * 0.025), at[1] + (dice.Normal() * 0.025));
                return new SKPoint((float)(14 + (20 * wide * (x - 0.5 - (slant * (y - 0.5))))), (float)(4 + (20 * y)));
            }).ToList();
            using var path = new SKPathBuilder();
            path.MoveTo(points[0]);
            for (var i = 1; i + 2 < points.Count; i += 3)
            {
                path.CubicTo(points[i], points[i + 1], points[i + 2]);
            }

            using var drawn = path.Detach();
            canvas.DrawPath(drawn, pen);
        }

        return bitmap.GetPixelSpan().ToArray();
    }
}
