using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>Lines drawn through text by hand (R05): long, thin, nearly level; longer than any stroke of a character.</summary>
internal static class StrikeLines
{
    /// <summary>How many such lines lie one below the other in a mask of ink.</summary>
    /// <param name="ink">255 is ink.</param>
    /// <param name="minLengthMm">Shorter ones are strokes of characters.</param>
    public static int Count(Mat ink, double minLengthMm)
    {
        var length = (int)(minLengthMm * CanonicalPage.PxPerMm);
        if (ink.Width <= length)
        {
            return 0;
        }

        // Growing by a pixel up and down lets a slightly slanted or shaky line count as one.
        using var grown = new Mat();
        using var tall = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(3, 3));
        Cv2.Dilate(ink, grown, tall);
        using var lines = new Mat();
        using var wide = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(length, 1));
        Cv2.MorphologyEx(grown, lines, MorphTypes.Open, wide);
        if (Cv2.CountNonZero(lines) == 0)
        {
            return 0;
        }

        using var labels = new Mat();
        using var stats = new Mat();
        using var centres = new Mat();
        var count = Cv2.ConnectedComponentsWithStats(lines, labels, stats, centres);
        var found = 0;
        for (var i = 1; i < count; i++)
        {
            // A block of ink (a stamp, a blot) is no line.
            var height = stats.At<int>(i, (int)ConnectedComponentsTypes.Height);
            found += height <= CanonicalPage.PxPerMm * 3 ? 1 : 0;
        }

        return found;
    }
}
