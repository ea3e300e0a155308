using OpenCvSharp;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>The photograph on a form (R20): is there one, where, how large, how turned; then what it shows.</summary>
internal static class PhotoZone
{
    // A photograph may be glued beside its frame by this much.
    private const double AroundMm = 5;

    // Share of the frame that differs from the empty form, below which there is no photograph, and above which one.
    private const double CoveredMin = 0.06;

    // On a bitonal scan an outline of this size, mm, is the photograph itself.
    private const double WholeWidthMm = 33;
    private const double WholeHeightMm = 43;

    /// <summary>What was found, and the photograph's outline in canonical pixels (null where there is none).</summary>
    public static (PhotoReading Reading, RotatedRect? Outline) Read(
        CanonicalPage page, Mat emptyInk, FormItem item, FaceFinder faces, double sourcePxPerMm)
    {
        var absent = new PhotoReading(false, null, null, null, null, null, null, null, null, null);
        var zone = page.Inside(CanonicalPage.Px(item.Box, AroundMm));
        using var covered = Covered(page, emptyInk, zone);
        var frame = CanonicalPage.Px(item.Box);
        using var inside = new Mat(covered, new Rect(frame.X - zone.X, frame.Y - zone.Y, frame.Width, frame.Height));
        if (Cv2.CountNonZero(inside) < CoveredMin * frame.Width * frame.Height || Outline(covered) is not { } outline)
        {
            return (absent, null);
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

        using var photo = Straighten(page.Gray, placed);
        return (PictureChecks.Inspect(photo, reading, faces), placed);
    }

    /// <summary>Cuts the photograph out and turns it upright.</summary>
    public static Mat Straighten(Mat flat, RotatedRect outline)
    {
        var (width, height, tilt) = Measures(outline);
        using var turn = Cv2.GetRotationMatrix2D(outline.Center, tilt, 1);
        turn.At<double>(0, 2) += (width / 2) - outline.Center.X;
        turn.At<double>(1, 2) += (height / 2) - outline.Center.Y;
        var photo = new Mat();
        Cv2.WarpAffine(flat, photo, turn, new Size((int)width, (int)height), InterpolationFlags.Linear, BorderTypes.Replicate);
        return photo;
    }

    // Everything that is not paper: darker than it by more than a scanner's noise. On bitonal scans dots, joined.
    private static Mat Covered(CanonicalPage page, Mat emptyInk, Rect zone)
    {
        if (page.Bitonal)
        {
            var dots = InkCleaning.Difference(page, emptyInk, zone);
            using var wide = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(13, 13));
            Cv2.MorphologyEx(dots, dots, MorphTypes.Close, wide);
            return dots;
        }

        using var view = new Mat(page.Gray, zone);
        using var smooth = new Mat();
        Cv2.GaussianBlur(view, smooth, new Size(7, 7), 0);
        var covered = new Mat();
        Cv2.Threshold(smooth, covered, page.Paper - Math.Max(14, 0.09 * (page.Paper - page.Ink)), 255, ThresholdTypes.BinaryInv);
        // The form's own lines and words go, then gaps inside the photograph close.
        using var empty = new Mat(emptyInk, zone);
        using var grown = new Mat();
        using var near = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(13, 13));
        Cv2.Dilate(empty, grown, near);
        using var rest = covered.Clone();
        rest.SetTo(Scalar.Black, grown);
        using var joined = new Mat();
        using var large = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(19, 19));
        Cv2.MorphologyEx(rest, joined, MorphTypes.Close, large);
        // A photograph's own edge lies on the frame that was taken away: it grows back where there is something.
        Cv2.Dilate(joined, joined, large);
        Cv2.BitwiseAnd(joined, covered, covered);
        Cv2.MorphologyEx(covered, covered, MorphTypes.Close, near);
        return covered;
    }

    private static RotatedRect? Outline(Mat covered)
    {
        using var open = new Mat();
        using var kernel = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(25, 25));
        Cv2.MorphologyEx(covered, open, MorphTypes.Open, kernel);
        Cv2.FindContours(open, out var contours, out _, RetrievalModes.External, ContourApproximationModes.ApproxSimple);
        var points = contours.Where(contour => Cv2.ContourArea(contour) > 40 * 40).SelectMany(contour => contour).ToArray();
        return points.Length < 4 ? null : Cv2.MinAreaRect(points);
    }

    // OpenCV names the sides of a turned rectangle as it likes; here the tilt lies within ±45 degrees.
    private static (double Width, double Height, double Tilt) Measures(RotatedRect outline)
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
