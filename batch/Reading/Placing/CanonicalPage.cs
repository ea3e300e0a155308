using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// A page as every zone reader sees it: upright, flat, 12 pixels a millimetre (305 dpi) whatever it was scanned with,
/// so that a box of the form definition is a rectangle of the picture.
/// </summary>
internal sealed class CanonicalPage : IDisposable
{
    /// <summary>Pixels a millimetre.</summary>
    public const int PxPerMm = 12;

    private CanonicalPage(Mat gray, bool bitonal, double paper, double ink) =>
        (Gray, Bitonal, Paper, Ink) = (gray, bitonal, paper, ink);

    /// <summary>Gray, 8 bits, black 0.</summary>
    public Mat Gray { get; }

    /// <summary>One bit a pixel as scanned.</summary>
    public bool Bitonal { get; }

    /// <summary>Gray of the paper.</summary>
    public double Paper { get; }

    /// <summary>Gray of print: of the registration marks.</summary>
    public double Ink { get; }

    /// <summary>Flattens a page.</summary>
    /// <param name="source">The scan.</param>
    /// <param name="toImage">From canonical pixels to pixels of the scan.</param>
    /// <param name="page">The form's page.</param>
    public static CanonicalPage Flatten(PageImage source, Mat toImage, FormPage page)
    {
        var flat = Warp(source.Gray, toImage, page);
        using var mark = new Mat(flat, Px(page.Find("registration_1")!.Box, -1));
        using var other = new Mat(flat, Px(page.Find("registration_4")!.Box, -1));
        var ink = Math.Min(Cv2.Mean(mark).Val0, Cv2.Mean(other).Val0);
        return new CanonicalPage(flat, source.Bitonal, Bright(flat), ink);
    }

    /// <summary>The same for any picture of the scan (its colours).</summary>
    public static Mat Warp(Mat picture, Mat toImage, FormPage page)
    {
        var size = new Size((int)(page.WidthMm * PxPerMm), (int)(page.HeightMm * PxPerMm));
        var flat = new Mat();
        Cv2.WarpPerspective(picture, flat, toImage, size,
            InterpolationFlags.Linear | InterpolationFlags.WarpInverseMap, BorderTypes.Replicate);
        return flat;
    }

    /// <summary>The box in pixels, grown by <paramref name="growMm"/> on all sides (negative: shrunk), inside the page.</summary>
    public static Rect Px(Box box, double growMm = 0)
    {
        var left = Math.Max(0, (int)Math.Round((box.XMm - growMm) * PxPerMm));
        var top = Math.Max(0, (int)Math.Round((box.YMm - growMm) * PxPerMm));
        var right = (int)Math.Round((box.RightMm + growMm) * PxPerMm);
        var bottom = (int)Math.Round((box.BottomMm + growMm) * PxPerMm);
        return new Rect(left, top, Math.Max(1, right - left), Math.Max(1, bottom - top));
    }

    /// <summary>Ink of a zone as a mask of 255; paper is judged in the zone itself, as light is not even on a scan.</summary>
    public Mat InkMask(Rect zone)
    {
        using var view = new Mat(Gray, Inside(zone));
        var mask = new Mat();
        // Two fifths of the way from paper to print: a ball-pen is lighter than print, show-through lighter still.
        var paper = Bitonal ? 255 : Math.Max(Bright(view), Ink + 40);
        var level = Bitonal ? 128 : paper - (0.4 * (paper - Ink));
        Cv2.Threshold(view, mask, level, 255, ThresholdTypes.BinaryInv);
        return mask;
    }

    /// <summary>A copy of a zone.</summary>
    public Mat Cut(Rect zone)
    {
        using var view = new Mat(Gray, Inside(zone));
        return view.Clone();
    }

    /// <summary>The part of a zone that lies on the page.</summary>
    public Rect Inside(Rect zone) => zone.Intersect(new Rect(0, 0, Gray.Width, Gray.Height));

    /// <inheritdoc/>
    public void Dispose() => Gray.Dispose();

    // The gray that three quarters of the pixels do not exceed: paper, on anything but a photograph.
    private static double Bright(Mat view)
    {
        using var small = new Mat();
        Cv2.Resize(view, small, new Size(Math.Clamp(view.Width / 4, 1, 400), Math.Clamp(view.Height / 4, 1, 500)), 0, 0, InterpolationFlags.Nearest);
        var values = small.AsSpan<byte>().ToArray();
        Array.Sort(values);
        return values[(int)(values.Length * 0.75)];
    }
}
