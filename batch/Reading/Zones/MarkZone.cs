using OpenCvSharp;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>A box to fill in: <see cref="Read"/> scores, <see cref="Decide"/> decides (R13, R14).</summary>
internal static class MarkZone
{
    /// <summary>
    /// From this share of ink on the box is filled, per mille: half way between one hesitant stroke (about 400) and the
    /// palest box that `bench read` filled in (807).
    /// </summary>
    public const int FilledMin = 600;

    /// <summary>Up to this share it is empty; between the two a person looks.</summary>
    public const int EmptyMax = 70;

    /// <summary>Less of the printed frame than this shows, and something lies on the box, or it cannot be seen: a person looks.</summary>
    public const double FrameShareMin = 0.25;

    // The frame and what touches it stay outside.
    private const double InsetMm = 0.45;

    // Enough of the paper around for its gray to be told where somebody filled in more than the box.
    private const double AroundMm = 3;

    // A pen that slips stays within this; ink beyond it is a stain, or the lines that strike the mark out (R05).
    private const double SlipMm = 1.5;

    private const double BeyondShareMax = 0.025;

    /// <summary>Reads the box: an empty one must show its frame, a filled one ends near it.</summary>
    public static MarkReading Read(CanonicalPage page, EmptyPage empty, FormItem item)
    {
        var around = page.Inside(CanonicalPage.Px(item.Box, AroundMm));
        using var clean = page.WithoutStreaks(around);
        using var ink = InkCleaning.Difference(page, empty, around, clean);
        InkCleaning.DropSpecks(ink, 0.05);
        var (inside, _) = Inked(ink, around, CanonicalPage.Px(item.Box, -InsetMm));
        var mark = Decide((int)(1000 * inside));
        var doubtful = mark.Filled switch
        {
            true => Inked(ink, around, CanonicalPage.Px(item.Box, SlipMm)).Outside > BeyondShareMax,
            false => InkCleaning.PrintShown(page, empty, CanonicalPage.Px(item.Box, 1)) < FrameShareMin,
            null => false,
        };
        return doubtful ? mark with { Filled = null } : mark;
    }

    // Shares of ink inside a part of the zone and outside it.
    private static (double Inside, double Outside) Inked(Mat ink, Rect zone, Rect part)
    {
        using var view = new Mat(ink, new Rect(part.X - zone.X, part.Y - zone.Y, part.Width, part.Height));
        var (inside, all) = (Cv2.CountNonZero(view), Cv2.CountNonZero(ink));
        var (area, rest) = (part.Width * part.Height, (zone.Width * zone.Height) - (part.Width * part.Height));
        return (inside / (double)area, (all - inside) / (double)rest);
    }

    /// <summary>What a score means.</summary>
    public static MarkReading Decide(int score) =>
        new(score >= FilledMin ? true : score <= EmptyMax ? false : null, score);
}
