using OpenCvSharp;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>Signatures and free lines: whether somebody wrote there, not what (R10, R11).</summary>
internal static class InkZone
{
    /// <summary>From this much ink on somebody wrote, mm²: two plain characters by ball-pen.</summary>
    public const double WrittenMm2 = 3.0;

    /// <summary>Up to this it is dust and show-through; between the two a person looks.</summary>
    public const double BlankMm2 = 0.8;

    private const double SpeckMm2 = 0.12;

    // A name ends before this share of the field's width; what stands behind it is something else.
    private const double NameShareMax = 0.76;

    /// <summary>What was written into the zone, as a mask.</summary>
    public static Mat Written(CanonicalPage page, EmptyPage empty, FormItem item)
    {
        var ink = InkCleaning.Difference(page, empty, CanonicalPage.Px(item.Box, -0.4));
        InkCleaning.DropSpecks(ink, SpeckMm2);
        return ink;
    }

    /// <summary>
    /// R22. The applicant's field holds more than a signature: ink at its far end, where a reason for an unusual
    /// photograph stands. Too often said is a keyer's glance; too rarely, an applicant's reason unread.
    /// </summary>
    public static bool HoldsMoreThanAName(Mat written)
    {
        var from = (int)(written.Width * NameShareMax);
        using var end = new Mat(written, new Rect(from, 0, written.Width - from, written.Height));
        return InkCleaning.AreaMm2(end) >= WrittenMm2;
    }

    /// <summary>Whether somebody wrote.</summary>
    public static FieldReading Read(Mat written)
    {
        var area = InkCleaning.AreaMm2(written);
        if (area <= BlankMm2)
        {
            return new FieldReading(null, 1000 - (int)(100 * area / BlankMm2), FieldState.Blank);
        }

        return area >= WrittenMm2
            ? new FieldReading(null, (int)Math.Min(1000, 700 + (area * 20)), FieldState.Read)
            : new FieldReading(null, 500, FieldState.Doubtful);
    }
}
