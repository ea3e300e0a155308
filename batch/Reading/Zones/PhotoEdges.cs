using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Finds the four edges of a glued photograph to a fraction of a pixel, where an outline of everything darker than paper is
/// only near: each edge is crossed at two places, half way from the gray of the paper to the darkest at the edge.
/// </summary>
internal static class PhotoEdges
{
    // An outline may lie off by so much.
    private const int ReachPx = 2 * CanonicalPage.PxPerMm;

    // From here inwards an edge's profile belongs to the picture, whatever it shows.
    private const int InsidePx = 3 * CanonicalPage.PxPerMm / 2;

    // Paper and photograph that differ by less show no edge.
    private const double ContrastMin = 5;

    // Where an edge is crossed, as shares of its length: away from the corners, which may be round.
    private const double NearShare = 0.15;
    private const double SpanShare = 0.25;

    /// <summary>The outline, corrected; an edge that does not show stays where it was.</summary>
    /// <param name="zone">The flattened zone, gray, without the form's own print.</param>
    /// <param name="outline">About where the photograph lies in it.</param>
    public static RotatedRect Refine(Mat zone, RotatedRect outline)
    {
        var (width, height, tilt) = PhotoZone.Measures(outline);
        var grown = new RotatedRect(outline.Center, new Size2f(width + (2 * ReachPx), height + (2 * ReachPx)), (float)tilt);
        using var patch = PhotoZone.Straighten(zone, grown);
        using var across = patch.Transpose();
        var (left, right) = Edges(patch);
        var (top, bottom) = Edges(across);
        // How far the second crossing lies from the first tells how much the outline is turned too little or too much.
        var (spanX, spanY) = ((1 - (2 * NearShare) - SpanShare) * width, (1 - (2 * NearShare) - SpanShare) * height);
        double[] turns = [(left.First - left.Second) / spanY, (right.First - right.Second) / spanY,
            (top.Second - top.First) / spanX, (bottom.Second - bottom.First) / spanX];
        Array.Sort(turns);
        var turn = (turns[1] + turns[2]) / 2;
        var (x, y) = ((left.Middle + right.Middle - patch.Width) / 2, (top.Middle + bottom.Middle - patch.Height) / 2);
        var (cos, sin) = (Math.Cos(tilt * Math.PI / 180), Math.Sin(tilt * Math.PI / 180));
        return new RotatedRect(
            new Point2f((float)(outline.Center.X + (cos * x) - (sin * y)), (float)(outline.Center.Y + (sin * x) + (cos * y))),
            new Size2f((right.Middle - left.Middle) * Math.Cos(turn), (bottom.Middle - top.Middle) * Math.Cos(turn)),
            (float)(tilt + (turn * 180 / Math.PI)));
    }

    /// <summary>Where an edge was crossed, pixels from the patch's left.</summary>
    private readonly record struct Edge(double First, double Second)
    {
        public double Middle => (First + Second) / 2;
    }

    // The left and the right edge of a patch that shows the outline with ReachPx around it.
    private static (Edge Left, Edge Right) Edges(Mat patch)
    {
        var length = patch.Height - (2 * ReachPx);
        var from = ReachPx + (int)(NearShare * length);
        var second = patch.Height - from - (int)(SpanShare * length);
        var (one, two) = (Profile(patch, from, (int)(SpanShare * length)), Profile(patch, second, (int)(SpanShare * length)));
        var left = new Edge(Crossing(one), Crossing(two));
        Array.Reverse(one);
        Array.Reverse(two);
        return (left, new Edge(patch.Width - Crossing(one), patch.Width - Crossing(two)));
    }

    // Mean gray of each column over some rows.
    private static float[] Profile(Mat patch, int from, int rows)
    {
        using var band = new Mat(patch, new Rect(0, from, patch.Width, Math.Max(1, rows)));
        using var means = new Mat();
        Cv2.Reduce(band, means, ReduceDimension.Row, ReduceTypes.Avg, MatType.CV_32F);
        means.GetArray(out float[] profile);
        return profile;
    }

    // The first place, from paper inwards, where the profile has gone half the way to the darkest near the edge.
    private static double Crossing(float[] profile)
    {
        var end = Math.Min(profile.Length, ReachPx + InsidePx);
        // Paper is what lies farthest out; the edge may be as near as half of the reach.
        var paper = Middle(profile[..(ReachPx / 2)]);
        var level = paper - ((paper - profile[..end].Min()) / 2);
        if (paper - level < ContrastMin / 2)
        {
            return ReachPx;
        }

        for (var i = 1; i < end; i++)
        {
            if (profile[i] <= level)
            {
                // Pixels are measured at their middle.
                var (before, here) = (profile[i - 1], profile[i]);
                return i - 0.5 + (before > here ? (before - level) / (before - here) : 0);
            }
        }

        return ReachPx;
    }

    private static float Middle(float[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
