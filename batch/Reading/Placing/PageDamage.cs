using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>A dark line from top to bottom of a scan.</summary>
/// <param name="From">Its first column, pixels.</param>
/// <param name="To">The column behind its last.</param>
/// <param name="Whole">Dark in nearly every row; else it comes and goes.</param>
internal readonly record struct Streak(int From, int To, bool Whole)
{
    // What is wider cannot be bridged: a stroke would vanish in it.
    private const int MendPxMax = 6;

    /// <summary>Narrow enough to be taken out where digits and boxes are read.</summary>
    public bool IsMended => To - From <= MendPxMax;
}

/// <summary>What is wrong with a scan as a whole.</summary>
internal static class PageDamage
{
    private static readonly double[] UsualDpi = [200, 240, 300, 400, 600];

    // Share of a column that is dark on a streak: print never fills a column of a form so far.
    private const double StreakShare = 0.8;

    // A faint one comes and goes, above all on a scan of one bit a pixel. A long frame may look like it; taken out where
    // digits are read, it does no harm there.
    private const double FaintShare = 0.35;

    private const int StreakRows = 300;

    // A blank page has less dark than this share of it.
    private const double BlankShare = 0.002;

    /// <summary>Measured size over printed size, by the stated resolution, else by the nearest usual one.</summary>
    public static double Scale(double pxPerMm, double? dpi)
    {
        var measured = pxPerMm * 25.4;
        return measured / (dpi ?? UsualDpi.MinBy(usual => Math.Abs(Math.Log(measured / usual))));
    }

    /// <summary>Vertical streaks of a dirty scanner glass, as scanned; the page's edges are left out.</summary>
    public static IReadOnlyList<Streak> Streaks(Mat gray)
    {
        // A streak runs through every row, so a few hundred rows tell it.
        var step = Math.Max(1, gray.Height / StreakRows);
        using var rows = Mat.FromPixelData(gray.Height / step, gray.Width, MatType.CV_8UC1, gray.Data, gray.Step() * step);
        using var background = new Mat();
        Cv2.Blur(rows, background, new Size((gray.Width / 30) | 1, 1));
        using var dark = new Mat();
        Cv2.Subtract(background, rows, dark);
        Cv2.Threshold(dark, dark, 25, 1, ThresholdTypes.Binary);
        using var sums = new Mat();
        Cv2.Reduce(dark, sums, ReduceDimension.Row, ReduceTypes.Sum, MatType.CV_32S);
        var columns = sums.AsSpan<int>();
        var (streaks, margin, from, whole) = (new List<Streak>(), columns.Length / 50, -1, false);
        for (var x = margin; x < columns.Length - margin; x++)
        {
            if (columns[x] > FaintShare * rows.Height)
            {
                from = from < 0 ? x : from;
                whole |= columns[x] > StreakShare * rows.Height;
            }
            else if (from >= 0)
            {
                streaks.Add(new Streak(from, x, whole));
                (from, whole) = (-1, false);
            }
        }

        return streaks;
    }

    /// <summary>
    /// Takes streaks out of a part of a scan: between the pixels at their sides, and never darker than it was, so that
    /// strokes that cross a streak go on.
    /// </summary>
    /// <param name="part">Of the scan; it is changed.</param>
    /// <param name="left">Its first column in the scan.</param>
    public static void Mend(Mat part, int left, IReadOnlyList<Streak> streaks)
    {
        var width = part.Width;
        var pixels = part.AsSpan<byte>();
        foreach (var streak in streaks.Where(streak => streak.IsMended))
        {
            // Its soft edge is one pixel wide.
            var (from, to) = (streak.From - 1 - left, streak.To - left);
            if (from < 1 || to >= width - 1)
            {
                continue;
            }

            for (var row = 0; row < pixels.Length; row += width)
            {
                var (before, after) = (pixels[row + from - 1], pixels[row + to + 1]);
                for (var x = from; x <= to; x++)
                {
                    var between = before + ((after - before) * (x - from + 1) / (to - from + 2));
                    pixels[row + x] = (byte)Math.Max(pixels[row + x], between);
                }
            }
        }
    }

    /// <summary>Nothing on it but the noise of the scanner.</summary>
    public static bool IsBlank(Mat gray)
    {
        using var small = new Mat();
        Cv2.Resize(gray, small, new Size(620, 877), 0, 0, InterpolationFlags.Area);
        using var inner = new Mat(small, new Rect(31, 44, 558, 789));
        using var background = new Mat();
        Cv2.Blur(inner, background, new Size(61, 61));
        using var dark = new Mat();
        Cv2.Subtract(background, inner, dark);
        Cv2.Threshold(dark, dark, 40, 255, ThresholdTypes.Binary);
        return Cv2.CountNonZero(dark) < BlankShare * inner.Width * inner.Height;
    }
}
