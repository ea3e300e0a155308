using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>Takes away what is not handwriting: the form's own print, specks, what reaches in from outside.</summary>
internal static class InkCleaning
{
    // How far print may lie from where registration puts it, pixels: more than a third of a millimetre.
    private const int ShiftPx = 3;

    /// <summary>Square millimetres of a mask's ink.</summary>
    public static double AreaMm2(Mat ink) =>
        Cv2.CountNonZero(ink) / (double)(CanonicalPage.PxPerMm * CanonicalPage.PxPerMm);

    /// <summary>
    /// The ink of a zone that the empty form does not have: the empty form is moved to where it fits best within a third
    /// of a millimetre, grown a little, and taken away.
    /// </summary>
    public static Mat Difference(CanonicalPage page, EmptyPage empty, Rect zone)
    {
        using var view = page.View(zone);
        return Difference(page, empty, zone, view);
    }

    /// <summary>The same of a zone that is flattened already.</summary>
    public static Mat Difference(CanonicalPage page, EmptyPage empty, Rect zone, Mat view)
    {
        zone = page.Inside(zone);
        var ink = page.InkMask(view);
        var (dx, dy) = Shift(ink, empty, zone);
        var moved = new Rect(zone.X - dx, zone.Y - dy, zone.Width, zone.Height);
        if (moved != page.Inside(moved))
        {
            moved = zone;
        }

        using var grown = new Mat(empty.Grown, moved);
        ink.SetTo(Scalar.Black, grown);
        return ink;
    }

    /// <summary>Removes pieces of ink below that area.</summary>
    public static void DropSpecks(Mat ink, double areaMm2) =>
        Keep(ink, (_, area) => area >= areaMm2 * CanonicalPage.PxPerMm * CanonicalPage.PxPerMm);

    /// <summary>Keeps the pieces of ink that pass, by their box and area in pixels.</summary>
    public static void Keep(Mat ink, Func<Rect, int, bool> keep)
    {
        // Most of a zone is paper, and looking for pieces is slow.
        var inked = Cv2.BoundingRect(ink);
        if (inked.Width == 0)
        {
            return;
        }

        using var part = new Mat(ink, inked);
        using var labels = new Mat();
        using var stats = new Mat();
        using var centres = new Mat();
        var count = Cv2.ConnectedComponentsWithStats(part, labels, stats, centres);
        var kept = new bool[count];
        var all = true;
        for (var i = 1; i < count; i++)
        {
            var corner = new Point(inked.X + stats.At<int>(i, 0), inked.Y + stats.At<int>(i, 1));
            kept[i] = keep(new Rect(corner, new Size(stats.At<int>(i, 2), stats.At<int>(i, 3))), stats.At<int>(i, 4));
            all &= kept[i];
        }

        if (all)
        {
            return;
        }

        var pixels = ink.AsSpan<byte>();
        var label = labels.AsSpan<int>();
        for (var y = 0; y < inked.Height; y++)
        {
            var row = pixels.Slice(((inked.Y + y) * ink.Width) + inked.X, inked.Width);
            for (var x = 0; x < row.Length; x++)
            {
                if (row[x] != 0 && !kept[label[(y * inked.Width) + x]])
                {
                    row[x] = 0;
                }
            }
        }
    }

    /// <summary>
    /// How much of the form's print shows in a zone, 0 to 1; 1 where hardly any is printed. A slip that lies on the form
    /// covers both, what was printed and what was written: such a zone is not empty.
    /// </summary>
    public static double PrintShown(CanonicalPage page, EmptyPage empty, Rect zone)
    {
        zone = page.Inside(zone);
        using var view = page.View(zone);
        using var ink = page.InkMask(view);
        var inner = Inner(zone);
        if (inner.Width < 20 || inner.Height < 20 || empty.Print(inner) is not { Length: >= 20 } print)
        {
            return 1;
        }

        var (dx, dy) = Shift(ink, empty, zone);
        return Covered(ink, print, dx, dy) / (double)print.Length;
    }

    private static Rect Inner(Rect zone) =>
        new(zone.X + ShiftPx, zone.Y + ShiftPx, zone.Width - (2 * ShiftPx), zone.Height - (2 * ShiftPx));

    // Where the empty form's print covers most of the zone's ink: every second pixel first, then around the best.
    private static (int X, int Y) Shift(Mat ink, EmptyPage empty, Rect zone)
    {
        var inner = Inner(zone);
        if (inner.Width < 20 || inner.Height < 20 || empty.Print(inner) is not { Length: >= 20 } print)
        {
            return (0, 0);
        }

        // The middle wins unless another place is better by a hundredth, so that an empty or filled zone does not wander.
        var best = (X: 0, Y: 0, Covered: Covered(ink, print, 0, 0) + (print.Length / 100));
        for (var y = 1 - ShiftPx; y < ShiftPx; y += 2)
        {
            for (var x = 1 - ShiftPx; x < ShiftPx; x += 2)
            {
                best = Better(best, x, y);
            }
        }

        var (middleX, middleY) = (best.X, best.Y);
        for (var y = middleY - 1; y <= middleY + 1; y++)
        {
            for (var x = middleX - 1; x <= middleX + 1; x++)
            {
                best = Better(best, x, y);
            }
        }

        return (best.X, best.Y);

        (int X, int Y, int Covered) Better((int X, int Y, int Covered) than, int x, int y) =>
            Covered(ink, print, x, y) is var covered && covered > than.Covered ? (x, y, covered) : than;
    }

    // How many of the print's points are inked if it lies moved by that much.
    private static int Covered(Mat ink, Point[] print, int dx, int dy)
    {
        var (width, covered) = (ink.Width, 0);
        var pixels = ink.AsSpan<byte>();
        var corner = ((ShiftPx + dy) * width) + ShiftPx + dx;
        unchecked
        {
            foreach (var point in print)
            {
                covered += pixels[corner + (point.Y * width) + point.X] & 1;
            }
        }

        return covered;
    }
}
