using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>A long, thin, nearly level line of ink.</summary>
/// <param name="Box">Where it lies in the mask.</param>
/// <param name="Gaps">Share of its length where there is no ink.</param>
internal readonly record struct StrikeLine(Rect Box, double Gaps);

/// <summary>Lines drawn through text by hand (R05): long, thin, nearly level; longer than any stroke of a character.</summary>
internal static class StrikeLines
{
    /// <summary>Such lines in a mask of ink.</summary>
    /// <param name="ink">255 is ink.</param>
    /// <param name="minLengthMm">Shorter ones are strokes of characters.</param>
    public static List<StrikeLine> Find(Mat ink, double minLengthMm)
    {
        var length = (int)(minLengthMm * CanonicalPage.PxPerMm);
        if (ink.Width <= length)
        {
            return [];
        }

        // Growing by a pixel to all sides lets a slightly slanted or shaky line count as one.
        using var grown = new Mat();
        using var tall = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(3, 3));
        Cv2.Dilate(ink, grown, tall);
        using var lines = new Mat();
        using var wide = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(length, 1));
        Cv2.MorphologyEx(grown, lines, MorphTypes.Open, wide);
        if (Cv2.CountNonZero(lines) == 0)
        {
            return [];
        }

        using var labels = new Mat();
        using var stats = new Mat();
        using var centres = new Mat();
        var count = Cv2.ConnectedComponentsWithStats(lines, labels, stats, centres);
        var found = new List<StrikeLine>();
        for (var i = 1; i < count; i++)
        {
            var box = new Rect(
                stats.At<int>(i, (int)ConnectedComponentsTypes.Left), stats.At<int>(i, (int)ConnectedComponentsTypes.Top),
                stats.At<int>(i, (int)ConnectedComponentsTypes.Width), stats.At<int>(i, (int)ConnectedComponentsTypes.Height));
            // A block of ink (a stamp, a blot) is no line.
            if (box.Height <= CanonicalPage.PxPerMm * 3)
            {
                found.Add(new StrikeLine(box, Gaps(ink, box)));
            }
        }

        return found;
    }

    // The pixel by which it grew at both ends is no gap.
    private static double Gaps(Mat ink, Rect box)
    {
        using var line = new Mat(ink, box);
        using var columns = new Mat();
        Cv2.Reduce(line, columns, ReduceDimension.Row, ReduceTypes.Max, -1);
        return (box.Width - Cv2.CountNonZero(columns) - 2.0) / box.Width;
    }
}
