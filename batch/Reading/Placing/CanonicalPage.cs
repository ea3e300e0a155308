using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// A page as every zone reader sees it: upright, flat, 8 pixels a millimetre (203 dpi) whatever it was scanned with, so
/// that a box of the form definition is a rectangle of the picture. Zones are flattened when they are looked at: three
/// quarters of a page are never needed. Small print, codes and what a person looks at are flattened finer.
/// </summary>
internal sealed class CanonicalPage
{
    /// <summary>Pixels a millimetre.</summary>
    public const int PxPerMm = 8;

    /// <summary>Pixels a millimetre of <see cref="Fine"/>: 305 dpi.</summary>
    public const int FinePxPerMm = 12;

    private readonly Mat _scan;
    private readonly Mat _toScan;
    private readonly IReadOnlyList<Streak> _streaks;

    /// <summary>Lays a page; nothing is flattened yet but its registration marks.</summary>
    /// <param name="source">The scan; it belongs to the caller and must live as long as this.</param>
    /// <param name="toScan">From canonical pixels to pixels of the scan; the same holds for it.</param>
    /// <param name="streaks">Of the scan, where writing is to be read.</param>
    public CanonicalPage(PageImage source, Mat toScan, FormPage page, IReadOnlyList<Streak>? streaks = null)
    {
        (_scan, _toScan, _streaks, Bitonal) = (source.Gray, toScan, streaks ?? [], source.Bitonal);
        Size = new Size((int)(page.WidthMm * PxPerMm), (int)(page.HeightMm * PxPerMm));
        using var mark = View(Px(page.Find("registration_1")!.Box, -1));
        using var other = View(Px(page.Find("registration_4")!.Box, -1));
        Ink = Math.Min(Cv2.Mean(mark).Val0, Cv2.Mean(other).Val0);
        // A pixel every two millimetres tells the gray of the paper.
        using var coarse = Warp(_scan, Matrix(0, 0, 2 * PxPerMm), new Size((int)page.WidthMm / 2, (int)page.HeightMm / 2));
        Paper = Bright(coarse, 1);
    }

    /// <summary>Width and height in canonical pixels.</summary>
    public Size Size { get; }

    /// <summary>The whole page as a zone.</summary>
    public Rect Whole => new(new Point(0, 0), Size);

    /// <summary>One bit a pixel as scanned.</summary>
    public bool Bitonal { get; }

    /// <summary>Gray of the paper.</summary>
    public double Paper { get; }

    /// <summary>Gray of print: of the registration marks.</summary>
    public double Ink { get; }

    /// <summary>The box in pixels, grown by <paramref name="growMm"/> on all sides (negative: shrunk), inside the page.</summary>
    public static Rect Px(Box box, double growMm = 0) => Px(box, growMm, PxPerMm);

    private static Rect Px(Box box, double growMm, int pxPerMm)
    {
        var left = Math.Max(0, (int)Math.Round((box.XMm - growMm) * pxPerMm));
        var top = Math.Max(0, (int)Math.Round((box.YMm - growMm) * pxPerMm));
        var right = (int)Math.Round((box.RightMm + growMm) * pxPerMm);
        var bottom = (int)Math.Round((box.BottomMm + growMm) * pxPerMm);
        return new Rect(left, top, Math.Max(1, right - left), Math.Max(1, bottom - top));
    }

    /// <summary>A zone, flattened: gray, 8 bits, black 0; the caller's to dispose of.</summary>
    public Mat View(Rect zone)
    {
        zone = Inside(zone);
        return Warp(_scan, Matrix(zone.X, zone.Y, 1), zone.Size);
    }

    /// <summary>The same without the streaks of a dirty glass: in an empty cell one of them would be a 1.</summary>
    public Mat WithoutStreaks(Rect zone)
    {
        zone = Inside(zone);
        if (_streaks.Count == 0)
        {
            return View(zone);
        }

        Point2f[] corners = [new(zone.Left, zone.Top), new(zone.Right, zone.Top), new(zone.Left, zone.Bottom),
            new(zone.Right, zone.Bottom)];
        var around = Cv2.BoundingRect(Cv2.PerspectiveTransform(corners, _toScan));
        // As much around it as a streak's neighbours and the interpolation need.
        around.Inflate(12, 2);
        around = around.Intersect(new Rect(0, 0, _scan.Width, _scan.Height));
        if (around.Width < 2 || around.Height < 2)
        {
            return View(zone);
        }

        using var view = new Mat(_scan, around);
        using var part = view.Clone();
        PageDamage.Mend(part, around.X, _streaks);
        return Warp(part, Matrix(zone.X, zone.Y, 1, around.Location), zone.Size);
    }

    /// <summary>A box, grown, with <see cref="FinePxPerMm"/> pixels a millimetre.</summary>
    public Mat Fine(Box box, double growMm) => FineOf(_scan, box, growMm);

    /// <summary>The same of another picture of the scan (its colours).</summary>
    public Mat FineOf(Mat picture, Box box, double growMm)
    {
        var zone = Px(box, growMm, FinePxPerMm);
        const double step = (double)PxPerMm / FinePxPerMm;
        return Warp(picture, Matrix(zone.X * step, zone.Y * step, step), zone.Size);
    }

    /// <summary>Whether a streak runs through the box.</summary>
    public bool IsCrossed(Box box) => IsCrossed(box, _streaks);

    /// <summary>Whether one of these streaks runs through the box.</summary>
    public bool IsCrossed(Box box, IEnumerable<Streak> streaks)
    {
        double[] across = [.. new[] { (box.XMm, box.YMm), (box.RightMm, box.YMm), (box.XMm, box.BottomMm), (box.RightMm, box.BottomMm) }
            .Select(corner => ScanX(corner.Item1 * PxPerMm, corner.Item2 * PxPerMm))];
        var (left, right) = (across.Min(), across.Max());
        return streaks.Any(streak => streak.To > left && streak.From <= right);
    }

    /// <summary>Ink of a flattened zone as a mask of 255; paper is judged in it, as light is not even on a scan.</summary>
    public Mat InkMask(Mat view)
    {
        var mask = new Mat();
        // Two fifths of the way from paper to print: a ball-pen is lighter than print, show-through lighter still.
        var level = Bitonal ? 128 : Level(Math.Max(Bright(view, 3), Ink + 40));
        Cv2.Threshold(view, mask, level, 255, ThresholdTypes.BinaryInv);
        return mask;
    }

    /// <summary>The part of a zone that lies on the page.</summary>
    public Rect Inside(Rect zone) => zone.Intersect(Whole);

    private double Level(double paper) => paper - (0.4 * (paper - Ink));

    private double ScanX(double x, double y) =>
        ((_toScan.At<double>(0, 0) * x) + (_toScan.At<double>(0, 1) * y) + _toScan.At<double>(0, 2))
        / ((_toScan.At<double>(2, 0) * x) + (_toScan.At<double>(2, 1) * y) + _toScan.At<double>(2, 2));

    // From pixels of a zone, each `step` canonical pixels wide, to pixels of the scan, or of the part of it at `corner`.
    private Mat Matrix(double x, double y, double step, Point corner = default)
    {
        var matrix = new Mat(3, 3, MatType.CV_64FC1);
        for (var row = 0; row < 3; row++)
        {
            var (a, b, c) = (Moved(row, 0), Moved(row, 1), Moved(row, 2));
            (matrix.At<double>(row, 0), matrix.At<double>(row, 1)) = (a * step, b * step);
            matrix.At<double>(row, 2) = (a * x) + (b * y) + c;
        }

        return matrix;

        double Moved(int row, int column) => _toScan.At<double>(row, column)
            - (row == 2 ? 0 : (row == 0 ? corner.X : corner.Y) * _toScan.At<double>(2, column));
    }

    private static Mat Warp(Mat picture, Mat matrix, Size size)
    {
        using (matrix)
        {
            return Flattening.Sample(picture, matrix, size);
        }
    }

    // The gray that three quarters of the pixels do not exceed: paper, on anything but a photograph.
    private static double Bright(Mat view, int step)
    {
        Span<int> counts = stackalloc int[256];
        var (width, height, all) = (view.Width, view.Height, 0);
        var pixels = view.AsSpan<byte>();
        for (var y = step / 2; y < height; y += step)
        {
            var row = pixels.Slice(y * width, width);
            for (var x = step / 2; x < row.Length; x += step)
            {
                counts[row[x]]++;
                all++;
            }
        }

        var (level, below) = (0, counts[0]);
        while (level < 255 && below <= all * 3 / 4)
        {
            below += counts[++level];
        }

        return level;
    }
}
