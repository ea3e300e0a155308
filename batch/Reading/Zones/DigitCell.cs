using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// From ink to the picture that the network knows: bilevel ink fitted into 20 × 20, anti-aliased, centre of mass in the
/// middle of 28 × 28. Training/train_digits.py does the same in `fit`; the two change together.
/// </summary>
internal static class DigitCell
{
    /// <summary>Side of the network's picture, pixels.</summary>
    public const int Side = 28;

    private const int FitPx = 20;

    /// <summary>The picture of a mask's ink; null where there is none.</summary>
    public static float[]? Picture(Mat ink)
    {
        var box = Cv2.BoundingRect(ink);
        if (box.Width == 0 || box.Height == 0)
        {
            return null;
        }

        using var cut = new Mat(ink, box);
        var scale = (double)FitPx / Math.Max(box.Width, box.Height);
        var (width, height) = (Math.Max(1, (int)Math.Round(box.Width * scale)), Math.Max(1, (int)Math.Round(box.Height * scale)));
        using var small = new Mat();
        Cv2.Resize(cut, small, new Size(width, height), 0, 0, InterpolationFlags.Area);
        var moments = Cv2.Moments(small);
        var (cx, cy) = (moments.M10 / moments.M00, moments.M01 / moments.M00);
        // The centre of a pixel is half a pixel inside it; 13.5 is the middle of 0 to 27.
        var (dx, dy) = (((Side - 1) / 2.0) - cx, ((Side - 1) / 2.0) - cy);
        using var move = new Mat(2, 3, MatType.CV_64FC1);
        (move.At<double>(0, 0), move.At<double>(0, 1), move.At<double>(0, 2)) = (1, 0, dx);
        (move.At<double>(1, 0), move.At<double>(1, 1), move.At<double>(1, 2)) = (0, 1, dy);
        using var placed = new Mat();
        Cv2.WarpAffine(small, placed, move, new Size(Side, Side));
        var picture = new float[Side * Side];
        var pixels = placed.AsSpan<byte>();
        for (var i = 0; i < picture.Length; i++)
        {
            picture[i] = pixels[i] / 255f;
        }

        return picture;
    }
}
