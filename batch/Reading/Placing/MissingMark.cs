using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Where a registration mark would be that is torn or folded off. Three marks say nothing of perspective, so a page laid by
/// them is loose at the fourth; the form's own print near that corner says how far.
/// </summary>
internal static class MissingMark
{
    // The part of the page that is looked at, from the corner inwards, mm; it leaves out the mark itself.
    private const double WidthMm = 90;
    private const double HeightMm = 60;
    private const double MarginMm = 16;

    // How far the print may lie beside its place, mm.
    private const double StrayMm = 3;

    // Of print and scan, so that print a pixel beside its place still looks alike.
    private const double BlurPx = 1.5;

    // Less alike than this, and it is not the print that was found.
    private const double LikenessMin = 0.3;

    // Likeness that a pixel's distance must be worth.
    private const double DistanceCost = 0.002;

    /// <summary>The corner in pixels of the scan; null where the print around is not found.</summary>
    /// <param name="placement">The page as it is laid by three marks; its form is known.</param>
    /// <param name="missing">Which corner: 0 top left, 1 top right, 2 bottom left, 3 bottom right.</param>
    public static Point2d? Find(Mat gray, PagePlacement placement, int missing)
    {
        var empty = EmptyForms.Page(placement.Mark!);
        var (near, opposite) = (PagePlacer.Canonical(PagePlacer.MarksMm[missing]), PagePlacer.Canonical(PagePlacer.MarksMm[3 - missing]));
        var zone = Zone(empty.Ink.Size(), missing);
        using var print = Print(empty, zone);
        using var move = PagePlacer.Move(new Point2d(zone.X, zone.Y));
        using Mat toImage = placement.ToImage * move;
        using var view = Flattening.Sample(gray, toImage, zone.Size);
        Cv2.BitwiseNot(view, view);
        Cv2.GaussianBlur(view, view, new Size(0, 0), BlurPx);
        const int stray = (int)(StrayMm * CanonicalPage.PxPerMm);
        using var inner = new Mat(print, new Rect(stray, stray, zone.Width - (2 * stray), zone.Height - (2 * stray)));
        var ink = Cv2.Moments(inner, binaryImage: false);
        if (ink.M00 == 0)
        {
            return null;
        }

        using var likeness = new Mat();
        Cv2.MatchTemplate(view, inner, likeness, TemplateMatchModes.CCoeffNormed);
        if (Best(likeness) is not { } at)
        {
            return null;
        }

        // What a corner strays by, its surroundings stray by in proportion to both distances from the far sides.
        var (x, y) = (zone.X + stray + (ink.M10 / ink.M00), zone.Y + stray + (ink.M01 / ink.M00));
        var share = (x - opposite.X) / (near.X - opposite.X) * ((y - opposite.Y) / (near.Y - opposite.Y));
        return PagePlacer.Project(placement.ToImage, new Point2d(near.X + ((at.X - stray) / share), near.Y + ((at.Y - stray) / share)));
    }

    // Where it is most alike; of places that are nearly as much so (along a rule, anywhere on it), the nearest to the middle.
    private static Point? Best(Mat likeness)
    {
        var (best, most) = ((Point?)null, 0.0);
        var middle = new Point(likeness.Width / 2, likeness.Height / 2);
        var values = likeness.AsSpan<float>();
        for (var i = 0; i < values.Length; i++)
        {
            var at = new Point(i % likeness.Width, i / likeness.Width);
            var value = values[i] - (DistanceCost * at.DistanceTo(middle));
            if (values[i] >= LikenessMin && value > most)
            {
                (best, most) = (at, value);
            }
        }

        return best;
    }

    private static Rect Zone(Size page, int corner)
    {
        const int px = CanonicalPage.PxPerMm;
        var (width, height, margin) = ((int)(WidthMm * px), (int)(HeightMm * px), (int)(MarginMm * px));
        return new Rect(
            corner % 2 == 0 ? margin : page.Width - margin - width, corner < 2 ? margin / 2
                : page.Height - (margin / 2) - height, width, height);
    }

    // Dark is high in it.
    private static Mat Print(EmptyPage empty, Rect zone)
    {
        using var ink = new Mat(empty.Ink, zone);
        var print = new Mat();
        Cv2.GaussianBlur(ink, print, new Size(0, 0), BlurPx);
        return print;
    }
}
