using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Takes a zone out of a scan where a projective fit puts it, linearly between four pixels. OpenCV's warpPerspective does the
/// same with a table of coordinates that it makes first; reading spent a fifth of its time there.
/// </summary>
internal static class Flattening
{
    // So short that between its ends the fit is as good as straight: 0.02 pixels beside it, at 2 % of perspective in a page.
    private const int SegmentPx = 64;

    // Coordinates are fixed-point: 16 bits for the part of a pixel, the upper 8 of which weigh.
    private const int One = 1 << 16;

    private const int Eight = 8;

    // A segment that lies so far outside shows the edge alone, wherever it lies.
    private const double OutsidePx = 2000;

    /// <summary>The zone; beyond the scan's edge its last pixels go on.</summary>
    /// <param name="picture">8 bits a channel.</param>
    /// <param name="toPicture">3 × 3: from pixels of the zone to pixels of the picture.</param>
    /// <param name="size">Of the zone, pixels.</param>
    public static Mat Sample(Mat picture, Mat toPicture, Size size)
    {
        if (picture.Channels() == 1)
        {
            return Plane(picture, toPicture, size);
        }

        var planes = Cv2.Split(picture);
        var flat = planes.Select(plane => Plane(plane, toPicture, size)).ToArray();
        var joined = new Mat();
        Cv2.Merge(flat, joined);
        foreach (var plane in planes.Concat(flat))
        {
            plane.Dispose();
        }

        return joined;
    }

    private static Mat Plane(Mat picture, Mat toPicture, Size size)
    {
        var zone = new Mat(size, MatType.CV_8UC1);
        toPicture.GetArray(out double[] fit);
        var source = picture.AsSpan<byte>();
        var target = zone.AsSpan<byte>();
        for (var y = 0; y < size.Height; y++)
        {
            var row = target.Slice(y * size.Width, size.Width);
            var from = Project(fit, 0, y);
            for (var x = 0; x < row.Length; x += SegmentPx)
            {
                var part = row.Slice(x, Math.Min(SegmentPx, row.Length - x));
                var to = Project(fit, x + part.Length, y);
                Segment(source, picture.Width, picture.Height, part, from, to);
                from = to;
            }
        }

        return zone;
    }

    private static (double X, double Y) Project(double[] fit, double x, double y)
    {
        var w = (fit[6] * x) + (fit[7] * y) + fit[8];
        return (((fit[0] * x) + (fit[1] * y) + fit[2]) / w, ((fit[3] * x) + (fit[4] * y) + fit[5]) / w);
    }

    // Of all that reads a page this runs most; the runtime would begin with slow code and take thousands of zones to notice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Segment(
        ReadOnlySpan<byte> source, int width, int height, Span<byte> target, (double X, double Y) from, (double X, double Y) to)
    {
        var (rightmost, lowest) = (((width - 1) * One) - 1, ((height - 1) * One) - 1);
        var (x, y, endX, endY) = (Fixed(from.X, width), Fixed(from.Y, height), Fixed(to.X, width), Fixed(to.Y, height));
        var (stepX, stepY) = ((endX - x) / target.Length, (endY - y) / target.Length);
        var isInside = Math.Min(x, endX) >= 0 && Math.Max(x, endX) <= rightmost && Math.Min(y, endY) >= 0 && Math.Max(y, endY) <= lowest;
        var i = 0;
        unchecked
        {
            // Eight at once read four bytes for two pixels: not in the last row, where they would end behind the picture.
            if (Avx2.IsSupported && isInside && Math.Max(y, endY) < lowest - One)
            {
                for (; i <= target.Length - Eight; i += Eight)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(target[i..], EightBetween(source, width, x, y, stepX, stepY));
                    x += Eight * stepX;
                    y += Eight * stepY;
                }
            }

            for (; i < target.Length; i++)
            {
                target[i] = isInside
                    ? Between(source, width, x, y) : Between(source, width, Math.Clamp(x, 0, rightmost), Math.Clamp(y, 0, lowest));
                x += stepX;
                y += stepY;
            }
        }
    }

    // Eight times what Between does, on one processor's eight lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ulong EightBetween(ReadOnlySpan<byte> source, int width, int x, int y, int stepX, int stepY)
    {
        fixed (byte* first = source)
        {
            var (xs, ys) = (Vector256.Create(x) + (Vector256<int>.Indices * stepX), Vector256.Create(y) + (Vector256<int>.Indices * stepY));
            var at = ((ys >> 16) * width) + (xs >> 16);
            var (above, below) = (Avx2.GatherVector256((int*)first, at, 1), Avx2.GatherVector256((int*)(first + width), at, 1));
            var low = Vector256.Create(255);
            var (right, down) = ((xs >> 8) & low, (ys >> 8) & low);
            var upper = ((above & low) << 8) + ((((above >> 8) & low) - (above & low)) * right);
            var lower = ((below & low) << 8) + ((((below >> 8) & low) - (below & low)) * right);
            var grays = ((upper << 8) + ((lower - upper) * down) + Vector256.Create(One / 2)) >> 16;
            var words = Vector128.Narrow(grays.GetLower(), grays.GetUpper());
            return Vector128.Narrow(words, words).AsUInt64().ToScalar();
        }
    }

    // The caller has seen to it that all four pixels lie inside: a check for each was half of the time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Between(ReadOnlySpan<byte> source, int width, int x, int y)
    {
        unchecked
        {
            var (right, down) = ((x >> 8) & 255, (y >> 8) & 255);
            ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), ((y >> 16) * width) + (x >> 16));
            ref var below = ref Unsafe.Add(ref first, width);
            int a = first, b = Unsafe.Add(ref first, 1), c = below, d = Unsafe.Add(ref below, 1);
            var upper = (a << 8) + ((b - a) * right);
            var lower = (c << 8) + ((d - c) * right);
            return (byte)(((upper << 8) + ((lower - upper) * down) + (One / 2)) >> 16);
        }
    }

    private static int Fixed(double place, int length) => (int)(Math.Clamp(place, -OutsidePx, length + OutsidePx) * One);
}
