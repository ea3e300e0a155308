using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>What is wrong with a scan as a whole.</summary>
internal static class PageDamage
{
    private static readonly double[] UsualDpi = [200, 240, 300, 400, 600];

    // Share of a column that is dark on a streak: print never fills a column of a form so far.
    private const double StreakShare = 0.8;

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
    public static int Streaks(Mat gray)
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
        var (count, margin, inside) = (0, columns.Length / 50, false);
        for (var x = margin; x < columns.Length - margin; x++)
        {
            var streak = columns[x] > StreakShare * rows.Height;
            count += streak && !inside ? 1 : 0;
            inside = streak;
        }

        return count;
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
