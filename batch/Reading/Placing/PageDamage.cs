using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>What is wrong with a scan as a whole.</summary>
internal static class PageDamage
{
    private static readonly double[] UsualDpi = [200, 240, 300, 400, 600];

    // Share of a column that is dark on a streak: print never fills a column of a form so far.
    private const double StreakShare = 0.8;

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
        using var small = new Mat();
        Cv2.Resize(gray, small, new Size(Math.Min(1240, gray.Width), Math.Min(620, gray.Height)), 0, 0, InterpolationFlags.Area);
        using var background = new Mat();
        Cv2.Blur(small, background, new Size(41, 1));
        using var dark = new Mat();
        Cv2.Subtract(background, small, dark);
        Cv2.Threshold(dark, dark, 25, 1, ThresholdTypes.Binary);
        using var sums = new Mat();
        Cv2.Reduce(dark, sums, ReduceDimension.Row, ReduceTypes.Sum, MatType.CV_32S);
        var columns = sums.AsSpan<int>();
        var (count, margin, inside) = (0, columns.Length / 50, false);
        for (var x = margin; x < columns.Length - margin; x++)
        {
            var streak = columns[x] > StreakShare * small.Height;
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
