using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>Takes away what is not handwriting: the form's own print, specks, what reaches in from outside.</summary>
internal static class InkCleaning
{
    // How far print may lie from where registration puts it, pixels: a third of a millimetre.
    private const int ShiftPx = 5;

    /// <summary>Square millimetres of a mask's ink.</summary>
    public static double AreaMm2(Mat ink) =>
        Cv2.CountNonZero(ink) / (double)(CanonicalPage.PxPerMm * CanonicalPage.PxPerMm);

    /// <summary>
    /// The ink of a zone that the empty form does not have: the empty form is moved to where it fits best within a third
    /// of a millimetre, grown a little, and taken away.
    /// </summary>
    public static Mat Difference(CanonicalPage page, Mat emptyInk, Rect zone)
    {
        zone = page.Inside(zone);
        var ink = page.InkMask(zone);
        using var empty = new Mat(emptyInk, zone);
        if (Cv2.CountNonZero(empty) == 0)
        {
            return ink;
        }

        var (dx, dy) = Shift(ink, emptyInk, zone);
        var from = new Rect(zone.X - dx, zone.Y - dy, zone.Width, zone.Height);
        var inside = from.Intersect(new Rect(0, 0, emptyInk.Width, emptyInk.Height));
        if (inside.Size != zone.Size)
        {
            inside = zone;
        }

        using var moved = new Mat(emptyInk, inside);
        using var grown = new Mat();
        using var kernel = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(5, 5));
        Cv2.Dilate(moved, grown, kernel);
        ink.SetTo(Scalar.Black, grown);
        return ink;
    }

    /// <summary>Removes pieces of ink below that area.</summary>
    public static void DropSpecks(Mat ink, double areaMm2) =>
        Keep(ink, (_, area) => area >= areaMm2 * CanonicalPage.PxPerMm * CanonicalPage.PxPerMm);

    /// <summary>Keeps the pieces of ink that pass, by their box and area in pixels.</summary>
    public static void Keep(Mat ink, Func<Rect, int, bool> keep)
    {
        using var labels = new Mat();
        using var stats = new Mat();
        using var centres = new Mat();
        var count = Cv2.ConnectedComponentsWithStats(ink, labels, stats, centres);
        var kept = new bool[count];
        var all = true;
        for (var i = 1; i < count; i++)
        {
            var box = new Rect(stats.At<int>(i, 0), stats.At<int>(i, 1), stats.At<int>(i, 2), stats.At<int>(i, 3));
            kept[i] = keep(box, stats.At<int>(i, 4));
            all &= kept[i];
        }

        if (all)
        {
            return;
        }

        var pixels = ink.AsSpan<byte>();
        var label = labels.AsSpan<int>();
        for (var i = 0; i < pixels.Length; i++)
        {
            if (pixels[i] != 0 && !kept[label[i]])
            {
                pixels[i] = 0;
            }
        }
    }

    // Where the empty form's print covers most of the zone's ink.
    private static (int X, int Y) Shift(Mat ink, Mat emptyInk, Rect zone)
    {
        var inner = new Rect(ShiftPx, ShiftPx, zone.Width - (2 * ShiftPx), zone.Height - (2 * ShiftPx));
        if (inner.Width < 20 || inner.Height < 20)
        {
            return (0, 0);
        }

        using var template = new Mat(emptyInk, new Rect(zone.X + inner.X, zone.Y + inner.Y, inner.Width, inner.Height));
        if (Cv2.CountNonZero(template) < 20)
        {
            return (0, 0);
        }

        using var score = new Mat();
        Cv2.MatchTemplate(ink, template, score, TemplateMatchModes.CCorr);
        // The middle wins a tie, so that an empty or filled zone does not wander.
        var best = (Score: score.At<float>(ShiftPx, ShiftPx) * 1.001f, X: 0, Y: 0);
        for (var y = 0; y <= 2 * ShiftPx; y++)
        {
            for (var x = 0; x <= 2 * ShiftPx; x++)
            {
                if (score.At<float>(y, x) > best.Score)
                {
                    best = (score.At<float>(y, x), x - ShiftPx, y - ShiftPx);
                }
            }
        }

        return (best.X, best.Y);
    }
}
