using System.Text;
using MyNumber.Batch.Reading;
using OpenCvSharp;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>R21 on real bytes.</summary>
public sealed class OnlinePhotoTests
{
    [Theory]
    [InlineData(480, 600, null)]
    [InlineData(479, 600, "photo-pixels")]      // One pixel short.
    [InlineData(480, 6001, "photo-pixels")]
    public void Pixels_decide(int width, int height, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], OnlinePhoto.Inspect(Jpeg(width, height)).Findings);

    [Fact]
    public void Progressive_and_gray_are_accepted() =>
        Assert.Empty(OnlinePhoto.Inspect(Jpeg(700, 900, new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1))).Findings);

    [Fact]
    public void A_small_file_is_refused()
    {
        using var plain = new Mat(600, 480, MatType.CV_8UC1, new Scalar(200));
        Assert.Equal(["photo-bytes"], OnlinePhoto.Inspect(plain.ImEncode(".jpg")).Findings);
    }

    [Fact]
    public void A_file_that_ends_early_is_damaged()
    {
        var whole = Jpeg(1200, 1500);
        Assert.Contains("photo-damaged", OnlinePhoto.Inspect(whole[..(whole.Length * 2 / 3)]).Findings);
    }

    [Fact]
    public void Heic_under_the_name_of_jpeg_is_none()
    {
        var heic = new byte[40_000];
        Encoding.ASCII.GetBytes("ftypheic").CopyTo(heic, 4);
        Assert.Equal(["photo-not-jpeg"], OnlinePhoto.Inspect(heic).Findings);
    }

    [Fact]
    public void Four_colours_are_refused()
    {
        // The frame's component count is what makes a JPEG CMYK.
        var file = Jpeg(600, 800);
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        file[frame + 9] = 4;
        Assert.Contains("photo-colour", OnlinePhoto.Inspect(file).Findings);
    }

    [Fact]
    public void Editing_software_is_a_remark()
    {
        var inspected = OnlinePhoto.Inspect(WithSoftware(Jpeg(600, 800), "Adobe Photoshop 25.0"));
        Assert.Equal([OnlinePhotoInspection.Edited], inspected.Findings);
        Assert.True(inspected.IsAccepted);
        Assert.Empty(OnlinePhoto.Inspect(WithSoftware(Jpeg(600, 800), "iOS 19.1")).Findings);
    }

    private static byte[] Jpeg(int width, int height, params ImageEncodingParam[] options)
    {
        NativeLibraries.Load();
        using var picture = new Mat(height, width, MatType.CV_8UC1);
        var (random, pixels) = (new Random(width + height), new byte[width * height]);
        random.NextBytes(pixels);
        pixels.CopyTo(picture.AsSpan<byte>());
        Cv2.GaussianBlur(picture, picture, new Size(3, 3), 0);
        return picture.ImEncode(".jpg", options);
    }

    private static byte[] WithSoftware(byte[] jpeg, string software)
    {
        var text = Encoding.ASCII.GetBytes(software + "\0");
        byte[] tiff = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x31, 0x01, 2, 0, (byte)text.Length, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0, .. text];
        byte[] body = [.. "Exif\0\0"u8, .. tiff];
        var length = body.Length + 2;
        return [.. jpeg[..2], 0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. body, .. jpeg[2..]];
    }
}
