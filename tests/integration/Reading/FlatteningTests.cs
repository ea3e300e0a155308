using MyNumber.Batch.Reading;
using OpenCvSharp;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>Zones are taken out of a scan as OpenCV would, to what rounding of coordinates leaves.</summary>
public sealed class FlatteningTests
{
    // Of a smooth picture, gray levels: OpenCV's coordinates are rounded to 1/32 of a pixel.
    private const double DifferenceMax = 2;

    private static readonly Size Zone = new(300, 90);

    static FlatteningTests() => NativeLibraries.Load();

    [Theory]
    [InlineData(1.47, 0.01, 60, -0.01, 1.47, 80, 0, 0)]
    [InlineData(0.9, -0.4, 150, 0.4, 0.9, 40, 0, 0)]
    [InlineData(-1.2, 0, 500, 0, -1.2, 350, 0, 0)]
    [InlineData(1.5, 0, 20, 0, 1.5, 20, 6e-6, 9e-6)]
    [InlineData(1.5, 0, -100, 0, 1.5, -60, 0, 0)]
    [InlineData(1.5, 0, 400, 0, 1.5, 380, 0, 0)]
    [InlineData(1, 0, 9000, 0, 1, -9000, 0, 0)]
    public void A_zone_is_sampled_as_OpenCV_samples_it(
        double a, double b, double c, double d, double e, double f, double g, double h)
    {
        using var scan = Smooth(MatType.CV_8UC1);
        Compare(scan, [a, b, c, d, e, f, g, h, 1]);
    }

    [Fact]
    public void Colours_are_sampled_like_grays()
    {
        using var scan = Smooth(MatType.CV_8UC3);
        Compare(scan, [1.3, 0.05, 40, -0.05, 1.3, 60, 1e-6, 0, 1]);
    }

    private static void Compare(Mat scan, double[] fit)
    {
        using var toScan = new Mat(3, 3, MatType.CV_64FC1);
        toScan.SetArray(fit);
        using var expected = new Mat();
        Cv2.WarpPerspective(
            scan, expected, toScan, Zone, InterpolationFlags.Linear | InterpolationFlags.WarpInverseMap, BorderTypes.Replicate);
        using var sampled = Flattening.Sample(scan, toScan, Zone);
        Assert.Equal(expected.Type(), sampled.Type());
        Assert.True(Cv2.Norm(expected, sampled, NormTypes.INF) <= DifferenceMax);
        Assert.True(Cv2.Mean(expected).Val0 > 0);
    }

    private static Mat Smooth(MatType type)
    {
        using var noise = new Mat(440, 600, type);
        Cv2.Randu(noise, Scalar.All(0), Scalar.All(255));
        var smooth = new Mat();
        Cv2.GaussianBlur(noise, smooth, new Size(0, 0), 6);
        Cv2.Normalize(smooth, smooth, 0, 255, NormTypes.MinMax);
        return smooth;
    }
}
