using OpenCvSharp;
using ZXing.Common;
using ZXing.QrCode.Internal;

namespace MyNumber.Batch.Reading;

/// <summary>
/// A QR code read where it must stand. Finding a code is what readers fail at when a streak runs through its corners; on a
/// placed page there is nothing to find: the modules are sampled on a grid that is moved until the fixed patterns fit, and
/// the code's own error correction does the rest (ZXing).
/// </summary>
internal static class QrSampling
{
    // Versions 1 to 10 are what our forms can hold (templates/Codes).
    private const int VersionMax = 10;

    // How far the code may lie from its box, and in which steps it is looked for, mm.
    private const double OffMm = 1.5, StepMm = 0.25;

    // Share of the modules of finders and timing patterns that must be as they should be; streaks spoil some.
    private const double AgreementMin = 0.85;

    private const int FinderModules = 7;

    /// <summary>The text of the code; null where there is none that can be read.</summary>
    /// <param name="zone">Gray; the code fills it but for <paramref name="around"/> pixels on each side.</param>
    /// <param name="around">Pixels beside the box of the code.</param>
    /// <param name="pxPerMm">Scale of the zone.</param>
    public static string? Read(Mat zone, double around, double pxPerMm)
    {
        using var smooth = new Mat();
        Cv2.GaussianBlur(zone, smooth, new Size(0, 0), pxPerMm / 8);
        using var scratch = new Mat();
        var middle = Cv2.Threshold(smooth, scratch, 0, 255, ThresholdTypes.Binary | ThresholdTypes.Otsu);
        var side = zone.Width - (2 * around);
        var best = (Agreement: 0.0, Size: 0, X: 0.0, Y: 0.0);
        for (var version = 1; version <= VersionMax; version++)
        {
            var size = 17 + (4 * version);
            for (var y = -OffMm; y <= OffMm; y += StepMm)
            {
                for (var x = -OffMm; x <= OffMm; x += StepMm)
                {
                    var (left, top) = (around + (x * pxPerMm), around + (y * pxPerMm));
                    var agreement = Agreement(smooth, size, left, top, side / size, middle);
                    best = agreement > best.Agreement ? (agreement, size, left, top) : best;
                }
            }
        }

        return best.Agreement < AgreementMin ? null : Decode(smooth, best.Size, best.X, best.Y, side / best.Size, middle);
    }

    private static string? Decode(Mat gray, int size, double left, double top, double module, double middle)
    {
        var modules = new BitMatrix(size);
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                modules[column, row] = IsDark(gray, left + ((column + 0.5) * module), top + ((row + 0.5) * module), middle);
            }
        }

        return new Decoder().decode(modules, null)?.Text;
    }

    private static double Agreement(Mat gray, int size, double left, double top, double module, double middle)
    {
        var (same, all) = (0, 0);
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                if (Fixed(size, row, column) is { } dark)
                {
                    all++;
                    same += IsDark(gray, left + ((column + 0.5) * module), top + ((row + 0.5) * module), middle) == dark ? 1 : 0;
                }
                else if (row > FinderModules && row < size - FinderModules && column > FinderModules)
                {
                    // Between the finders only the timing pattern's column is fixed.
                    break;
                }
            }
        }

        return (double)same / all;
    }

    // ISO/IEC 18004, 6.3: three finders, and every other module dark in row and column 6. Null: it depends on the text.
    private static bool? Fixed(int size, int row, int column)
    {
        var (far, isTop, isLeft) = (size - FinderModules, row < FinderModules, column < FinderModules);
        if ((isTop && (isLeft || column >= far)) || (isLeft && row >= far))
        {
            var (down, right) = (isTop ? row : row - far, isLeft ? column : column - far);
            return Math.Max(Math.Abs(down - 3), Math.Abs(right - 3)) != 2;
        }

        var isTiming = (row == 6 && column > FinderModules && column < far - 1) || (column == 6 && row > FinderModules && row < far - 1);
        return isTiming ? (row + column) % 2 == 0 : null;
    }

    private static bool IsDark(Mat gray, double x, double y, double middle)
    {
        var (column, row) = ((int)x, (int)y);
        return column >= 0 && row >= 0 && column < gray.Width && row < gray.Height && gray.At<byte>(row, column) < middle;
    }
}
