using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>A dark square that may be a registration mark: its centre and side in pixels of the scan.</summary>
internal readonly record struct Square(Point2d Centre, double SidePx);

/// <summary>What counts as dark on a scan.</summary>
internal enum DarkLevel
{
    /// <summary>One level for the page.</summary>
    OfPage,

    /// <summary>A level of each neighbourhood: where light is uneven, or the scan dark.</summary>
    OfNeighbourhood,
}

/// <summary>
/// Finds dark squares, roughly on a small copy of the page, then each centre in the full one to a fraction of a pixel.
/// </summary>
internal static class MarkSearch
{
    /// <summary>Most squares that are looked at; a page of noise has more, and is none of ours.</summary>
    public const int SquaresMax = 40;

    // The page is halved until its long side has no more pixels than this: a mark then has 14 and more.
    private const int LongSidePx = 1400;

    // Side of a mark as a share of the scan's long side: from a bed of A3 to a form that was cropped.
    private const double SideShareMin = 0.0086;
    private const double SideShareMax = 0.0314;

    // Thinner things are taken away first, so that a streak or a rule through a mark leaves a square.
    private const int ThinPx = 5;

    /// <summary>All candidates, best first.</summary>
    /// <param name="level">What counts as dark.</param>
    public static List<Square> Find(Mat gray, DarkLevel level)
    {
        using var small = Small(gray, out var shrink);
        var squares = new List<(Square Square, double Fill)>();
        using var dark = new Mat();
        if (level == DarkLevel.OfPage)
        {
            Cv2.Threshold(small, dark, 0, 255, ThresholdTypes.BinaryInv | ThresholdTypes.Otsu);
        }
        else
        {
            Cv2.AdaptiveThreshold(small, dark, 255, AdaptiveThresholdTypes.MeanC, ThresholdTypes.BinaryInv, 101, 25);
        }

        Collect(dark, shrink, squares);
        return [.. squares.OrderByDescending(found => found.Fill).Select(found => found.Square).Take(SquaresMax)];
    }

    /// <summary>
    /// The centre of mass of the mark near <paramref name="near"/>; null where what is there is no whole square (cut
    /// corner, streak through it, staple).
    /// </summary>
    public static Point2d? Refine(Mat gray, Point2d near, double sidePx)
    {
        var half = (int)Math.Ceiling(sidePx * 0.95);
        var window = new Rect((int)near.X - half, (int)near.Y - half, 2 * half, 2 * half)
            .Intersect(new Rect(0, 0, gray.Width, gray.Height));
        if (window.Width < sidePx || window.Height < sidePx)
        {
            return null;
        }

        using var view = new Mat(gray, window);
        using var dark = new Mat();
        Cv2.Threshold(view, dark, 0, 255, ThresholdTypes.BinaryInv | ThresholdTypes.Otsu);
        // Opening takes away streaks and lines that touch the square.
        var thick = Math.Max(3, (int)(sidePx / 5)) | 1;
        using var kernel = Cv2.GetStructuringElement(MorphShapes.Ellipse, new Size(thick, thick));
        Cv2.MorphologyEx(dark, dark, MorphTypes.Open, kernel);
        using var labels = new Mat();
        using var stats = new Mat();
        using var centres = new Mat();
        var count = Cv2.ConnectedComponentsWithStats(dark, labels, stats, centres);
        for (var i = 1; i < count; i++)
        {
            var centre = new Point2d(window.X + centres.At<double>(i, 0), window.Y + centres.At<double>(i, 1));
            var area = stats.At<int>(i, (int)ConnectedComponentsTypes.Area);
            var (width, height) = (stats.At<int>(i, (int)ConnectedComponentsTypes.Width),
                stats.At<int>(i, (int)ConnectedComponentsTypes.Height));
            if (Math.Abs(Math.Sqrt(area) - sidePx) < 0.2 * sidePx && Math.Abs(width - height) < 0.25 * sidePx
                && centre.DistanceTo(near) < 0.6 * sidePx)
            {
                return centre;
            }
        }

        return null;
    }

    // Exact halves, which are quick; at most a pixel of the right and lower edge is lost.
    private static Mat Small(Mat gray, out double shrink)
    {
        var (width, height) = (gray.Width, gray.Height);
        shrink = 1;
        var small = new Mat(gray, new Rect(0, 0, width, height));
        while (Math.Max(width, height) > LongSidePx)
        {
            (width, height) = (width / 2, height / 2);
            using var even = new Mat(small, new Rect(0, 0, 2 * width, 2 * height));
            var half = new Mat();
            Cv2.Resize(even, half, new Size(width, height), 0, 0, InterpolationFlags.Area);
            small.Dispose();
            small = half;
            shrink /= 2;
        }

        return small;
    }

    private static void Collect(Mat dark, double shrink, List<(Square Square, double Fill)> squares)
    {
        using var kernel = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(ThinPx, ThinPx));
        Cv2.MorphologyEx(dark, dark, MorphTypes.Open, kernel);
        // By outlines: hardly anything of that size is left, and counting every pixel of the page takes five times as long. All of
        // them: where the scanner's bed is dark, the page and its marks lie inside an outline.
        Cv2.FindContours(dark, out Point[][] outlines, out _, RetrievalModes.List, ContourApproximationModes.ApproxSimple);
        var side = Math.Max(dark.Width, dark.Height);
        foreach (var box in outlines.Select(outline => Cv2.BoundingRect(outline)))
        {
            var (narrow, wide) = (Math.Min(box.Width, box.Height), Math.Max(box.Width, box.Height));
            if (narrow < SideShareMin * side || narrow > SideShareMax * side || wide - narrow > 0.25 * wide)
            {
                continue;
            }

            using var view = new Mat(dark, box);
            var moments = Cv2.Moments(view, binaryImage: true);
            var fill = moments.M00 / (box.Width * box.Height);
            if (fill >= 0.72)
            {
                var centre = new Point2d(
                    (box.X + (moments.M10 / moments.M00) + 0.5) / shrink, (box.Y + (moments.M01 / moments.M00) + 0.5) / shrink);
                squares.Add((new Square(centre, Math.Sqrt(moments.M00) / shrink), fill));
            }
        }
    }
}
