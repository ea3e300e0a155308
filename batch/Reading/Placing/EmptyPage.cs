using System.Collections.Concurrent;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>A page of a form before anybody wrote on it, in pixels of <see cref="CanonicalPage"/>. All threads share it.</summary>
internal sealed class EmptyPage
{
    // As many points of a zone's print as tell where it lies.
    private const int PointsMax = 800;

    private readonly ConcurrentDictionary<Rect, Point[]> _print = new();

    /// <param name="ink">Its ink, 255; it belongs to this page from now on.</param>
    public EmptyPage(Mat ink)
    {
        Ink = ink;
        using var kernel = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(3, 3));
        Cv2.Dilate(ink, Grown, kernel);
    }

    /// <summary>Ink, 255.</summary>
    public Mat Ink { get; }

    /// <summary>The same, grown by a pixel.</summary>
    public Mat Grown { get; } = new();

    /// <summary>Points of the print in a zone, evenly spread, measured from the zone's corner.</summary>
    public Point[] Print(Rect zone) => _print.GetOrAdd(zone, Points);

    private Point[] Points(Rect zone)
    {
        using var view = new Mat(Ink, zone);
        using var found = new Mat();
        Cv2.FindNonZero(view, found);
        if (found.Empty())
        {
            return [];
        }

        found.GetArray(out Point[] points);
        var step = Math.Max(1.0, points.Length / (double)PointsMax);
        return [.. Enumerable.Range(0, (int)(points.Length / step)).Select(i => points[(int)(i * step)])];
    }
}
