using OpenCvSharp;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>The photograph on a form (R20): is there one, where, how large, how turned; then what it shows.</summary>
internal static class PhotoZone
{
    private enum Sensitivity
    {
        /// <summary>Dark enough to be no stain: is there a photograph?</summary>
        Sure,

        /// <summary>Anything darker than the paper around: where does it end?</summary>
        Fine,
    }

    // A photograph may be glued beside its frame by this much.
    private const double AroundMm = 5;

    // Share of the frame that differs from the empty form, below which there is no photograph, and above which one.
    private const double CoveredMin = 0.06;

    // On a bitonal scan an outline of this size, mm, is the photograph itself.
    private const double WholeWidthMm = 33;
    private const double WholeHeightMm = 43;

    /// <summary>What was found, and the photograph's outline in canonical pixels (null where there is none).</summary>
    public static (PhotoReading Reading, RotatedRect? Outline) Read(
        CanonicalPage page, EmptyPage empty, FormItem item, FaceFinder faces, double sourcePxPerMm)
    {
        var absent = new PhotoReading(false, null, null, null, null, null, null, null, null, null);
        var zone = page.Inside(CanonicalPage.Px(item.Box, AroundMm));
        using var view = page.View(zone);
        using var sure = Covered(page, empty, zone, view, Sensitivity.Sure);
        using var plain = WithoutLines(view, empty, zone);
        using var covered = page.Bitonal ? sure.Clone() : Covered(page, empty, zone, plain, Sensitivity.Fine);
        var frame = CanonicalPage.Px(item.Box);
        using var rest = WithoutPrint(sure, empty, zone);
        using var inside = new Mat(rest, new Rect(frame.X - zone.X, frame.Y - zone.Y, frame.Width, frame.Height));
        if (Cv2.CountNonZero(inside) < CoveredMin * frame.Width * frame.Height || Outline(covered) is not { } outline)
        {
            return (absent, null);
        }

        if (!page.Bitonal)
        {
            outline = PhotoEdges.Refine(plain, outline);
        }

        var placed = new RotatedRect(new Point2f(outline.Center.X + zone.X, outline.Center.Y + zone.Y), outline.Size, outline.Angle);
        var (width, height, tilt) = Measures(placed);
        var reading = absent with
        {
            Present = true,
            WidthMm = Math.Round(width / CanonicalPage.PxPerMm, 1),
            HeightMm = Math.Round(height / CanonicalPage.PxPerMm, 1),
            WidthPx = (int)Math.Round(width / CanonicalPage.PxPerMm * sourcePxPerMm),
            TiltDeg = Math.Round(tilt, 1),
        };
        if (page.Bitonal)
        {
            // One bit shows a light background as paper: only a full outline is the photograph's, a smaller one its subject's.
            var whole = reading.WidthMm >= WholeWidthMm && reading.HeightMm >= WholeHeightMm;
            return (whole ? reading : reading with { WidthMm = null, HeightMm = null, WidthPx = null, TiltDeg = null }, placed);
        }

        using var photo = Straighten(view, outline);
        return (PictureChecks.Inspect(photo, reading, faces), placed);
    }

    /// <summary>An outline in pixels of <see cref="CanonicalPage.Fine"/>.</summary>
    public static RotatedRect Fine(RotatedRect outline)
    {
        const float step = (float)CanonicalPage.FinePxPerMm / CanonicalPage.PxPerMm;
        return new(
            new Point2f(outline.Center.X * step, outline.Center.Y * step),
            new Size2f(outline.Size.Width * step, outline.Size.Height * step), outline.Angle);
    }

    /// <summary>Cuts the photograph out and turns it upright.</summary>
    public static Mat Straighten(Mat zone, RotatedRect outline)
    {
        var (width, height, tilt) = Measures(outline);
        using var turn = Cv2.GetRotationMatrix2D(outline.Center, tilt, 1);
        turn.At<double>(0, 2) += (width / 2) - outline.Center.X;
        turn.At<double>(1, 2) += (height / 2) - outline.Center.Y;
        var photo = new Mat();
        Cv2.WarpAffine(zone, photo, turn, new Size((int)width, (int)height), InterpolationFlags.Linear, BorderTypes.Replicate);
        return photo;
    }

    // Everything that is not paper: darker than it by more than a scanner's noise. On bitonal scans dots, joined.
    private static Mat Covered(CanonicalPage page, EmptyPage empty, Rect zone, Mat view, Sensitivity sensitivity)
    {
        if (page.Bitonal)
        {
            var dots = InkCleaning.Difference(page, empty, zone, view);
            using var wide = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(9, 9));
            Cv2.MorphologyEx(dots, dots, MorphTypes.Close, wide);
            return dots;
        }

        using var smooth = new Mat();
        Cv2.GaussianBlur(view, smooth, new Size(7, 7), 0);
        var covered = new Mat();
        var level = sensitivity == Sensitivity.Sure
            ? page.Paper - Math.Max(14, 0.09 * (page.Paper - page.Ink))
            : PaperAround(smooth);
        Cv2.Threshold(smooth, covered, level, 255, ThresholdTypes.BinaryInv);
        return covered;
    }

    // A light background is hardly darker than paper: the paper around the field, and how it varies, set the level.
    private static double PaperAround(Mat smooth)
    {
        var pixels = smooth.AsSpan<byte>();
        var (width, height) = (smooth.Width, smooth.Height);
        const int ring = 3 * CanonicalPage.PxPerMm, step = 2;
        var grays = new List<byte>();
        for (var y = 0; y < height; y += step)
        {
            for (var x = 0; x < width; x += step)
            {
                if (x < ring || y < ring || x >= width - ring || y >= height - ring)
                {
                    grays.Add(pixels[(y * width) + x]);
                }
            }
        }

        grays.Sort();
        var (middle, low) = (grays[grays.Count / 2], grays[grays.Count / 10]);
        // Text or a line in the ring must not hide the photograph: no more than a fold of the paper is allowed for.
        return middle - Math.Clamp(2.0 * (middle - low), 5, 20);
    }

    // Without the form's own lines and words, which a photograph covers and an empty field shows.
    private static Mat WithoutPrint(Mat covered, EmptyPage empty, Rect zone)
    {
        using var print = new Mat(empty.Ink, zone);
        using var grown = new Mat();
        using var near = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(9, 9));
        Cv2.Dilate(print, grown, near);
        var rest = covered.Clone();
        rest.SetTo(Scalar.Black, grown);
        return rest;
    }

    // The form's frame must not be taken for an edge of the photograph: thin dark lines are filled where they are printed.
    private static Mat WithoutLines(Mat view, EmptyPage empty, Rect zone)
    {
        using var wide = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(11, 11));
        using var near = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(5, 5));
        // Noise would be filled to its brightest; a light blur first keeps the paper's gray.
        using var smooth = new Mat();
        Cv2.Blur(view, smooth, new Size(3, 3));
        using var filled = new Mat();
        Cv2.MorphologyEx(smooth, filled, MorphTypes.Close, wide);
        using var print = new Mat(empty.Grown, zone);
        using var around = new Mat();
        Cv2.Dilate(print, around, near);
        var plain = view.Clone();
        filled.CopyTo(plain, around);
        return plain;
    }

    private static RotatedRect? Outline(Mat covered)
    {
        // Opening takes the frame's line away where no photograph lies on it; the photograph's own edge stays whole.
        using var open = new Mat();
        using var joint = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(7, 7));
        Cv2.MorphologyEx(covered, open, MorphTypes.Close, joint);
        using var kernel = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(17, 17));
        Cv2.MorphologyEx(open, open, MorphTypes.Open, kernel);
        Cv2.FindContours(open, out var contours, out _, RetrievalModes.External, ContourApproximationModes.ApproxSimple);
        var points = contours.Where(contour => Cv2.ContourArea(contour) > 27 * 27).SelectMany(contour => contour).ToArray();
        return points.Length < 4 ? null : Cv2.MinAreaRect(points);
    }

    // OpenCV names the sides of a turned rectangle as it likes; here the tilt lies within ±45 degrees.
    internal static (double Width, double Height, double Tilt) Measures(RotatedRect outline)
    {
        var (width, height, tilt) = ((double)outline.Size.Width, (double)outline.Size.Height, (double)outline.Angle);
        while (tilt > 45)
        {
            (width, height, tilt) = (height, width, tilt - 90);
        }

        while (tilt < -45)
        {
            (width, height, tilt) = (height, width, tilt + 90);
        }

        return (width, height, tilt);
    }
}
