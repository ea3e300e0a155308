using OpenCvSharp;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>A box to fill in: <see cref="Score"/> scores, <see cref="Decide"/> decides (R13, R14).</summary>
internal static class MarkZone
{
    /// <summary>
    /// From this share of ink on the box is filled, per mille: half way between one hesitant stroke (about 400) and the
    /// palest box that `bench read` filled in (814, at its worst level).
    /// </summary>
    public const int FilledMin = 600;

    /// <summary>Up to this share it is empty; between the two a person looks.</summary>
    public const int EmptyMax = 70;

    // The frame and what touches it stay outside.
    private const double InsetMm = 0.45;

    /// <summary>Share of the box's inside that is inked above the empty form, per mille.</summary>
    public static int Score(CanonicalPage page, EmptyPage empty, FormItem item)
    {
        var around = page.Inside(CanonicalPage.Px(item.Box, 1));
        using var ink = InkCleaning.Difference(page, empty, around);
        InkCleaning.DropSpecks(ink, 0.05);
        var inside = CanonicalPage.Px(item.Box, -InsetMm);
        using var view = new Mat(ink, new Rect(inside.X - around.X, inside.Y - around.Y, inside.Width, inside.Height));
        return Cv2.CountNonZero(view) * 1000 / (inside.Width * inside.Height);
    }

    /// <summary>What a score means.</summary>
    public static MarkReading Decide(int score) =>
        new(score >= FilledMin ? true : score <= EmptyMax ? false : null, score);
}
