using System.Text;
using MyNumber.Batch.Reading;
using MyNumber.Fixtures;
using MyNumber.Fixtures.Filling;
using MyNumber.Tests.Integration.OfTemplates;
using OpenCvSharp;
using SkiaSharp;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>R21 on real bytes: every file here was written by an encoder, or is one that was cut or patched.</summary>
public sealed class OnlinePhotoTests
{
    private const string Damaged = "photo-damaged";

    [Theory]
    [InlineData(480, 600, null)]
    [InlineData(479, 600, "photo-pixels")]      // One pixel short.
    [InlineData(600, 479, "photo-pixels")]
    [InlineData(6000, 480, null)]
    [InlineData(480, 6001, "photo-pixels")]
    public void R21_pixels_decide(int width, int height, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], OnlinePhoto.Inspect(Noise(width, height)).Findings);

    [Theory]
    [InlineData(20_479, "photo-bytes")]    // One byte below 20 KB.
    [InlineData(20_480, null)]
    [InlineData(7_340_032, null)]
    [InlineData(7_340_033, "photo-bytes")] // One above 7 MB.
    public void R21_bytes_decide(int length, string? expected)
    {
        using var plain = new Mat(600, 480, MatType.CV_8UC1, new Scalar(200));
        Assert.Equal(expected is null ? [] : [expected], OnlinePhoto.Inspect(WithComments(plain.ImEncode(".jpg"), length)).Findings);
    }

    [Fact]
    public void R21_progressive_and_gray_and_colour_are_accepted()
    {
        Assert.Empty(OnlinePhoto.Inspect(Noise(700, 900)).Findings);
        var progressive = Portrait(0, new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1));
        Assert.True(progressive.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC2]) > 0, "This encoder wrote no progressive frame.");
        var inspected = OnlinePhoto.Inspect(progressive);
        Assert.Empty(inspected.Findings);
        Assert.Equal((true, true, true), (inspected.Photo.Present, inspected.Photo.Face, inspected.Photo.HeadInside));
        Assert.Empty(OnlinePhoto.Inspect(Ghostscript("jpeggray")).Findings);
        Assert.Empty(OnlinePhoto.Inspect(Ghostscript("jpeg")).Findings);
    }

    [Fact]
    public void R21_CMYK_is_refused_and_not_looked_at()
    {
        var inspected = OnlinePhoto.Inspect(Ghostscript("jpegcmyk"));
        Assert.Equal(["photo-colour"], inspected.Findings);
        Assert.False(inspected.Photo.Present);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 180)]
    [InlineData(6, 90)]
    [InlineData(8, 270)]
    public void R21_the_turn_that_a_phone_stores_beside_the_picture_is_honoured(byte orientation, int turned)
    {
        var file = Portrait(turned);
        if (turned is 90 or 270)
        {
            Assert.False(OnlinePhoto.Inspect(file).Photo.Face); // Lying on its side.
        }

        var upright = OnlinePhoto.Inspect(WithExif(file, 0x0112, 3, 1, [orientation, 0, 0, 0], []));
        Assert.Empty(upright.Findings);
        Assert.Equal((true, true), (upright.Photo.Face, upright.Photo.HeadInside));
        Assert.True(upright.HeightPx > upright.WidthPx);
    }

    [Fact]
    public void R21_a_file_that_ends_early_is_damaged()
    {
        var whole = Noise(1200, 1500);
        foreach (var length in new[] { whole.Length - 2, whole.Length * 2 / 3, whole.Length / 10, 21_000 })
        {
            Assert.Contains(Damaged, OnlinePhoto.Inspect(whole[..length]).Findings);
        }

        // A thumbnail inside that is whole does not make the picture whole.
        var thumbnail = WithExif(whole, 0x0131, 2, 4, "cam\0"u8.ToArray(), Noise(160, 120));
        Assert.Empty(OnlinePhoto.Inspect(thumbnail).Findings);
        Assert.Contains(Damaged, OnlinePhoto.Inspect(thumbnail[..(thumbnail.Length / 2)]).Findings);
    }

    [Fact]
    public void R21_dimensions_that_no_machine_should_decode_are_not_decoded()
    {
        var file = Noise(600, 800);
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        // 65,500 × 65,500 pixels in 400 KB.
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) = (0xFF, 0xDC, 0xFF, 0xDC);
        var inspected = OnlinePhoto.Inspect(file);
        Assert.Equal(["photo-pixels"], inspected.Findings);
        Assert.False(inspected.Photo.Present);
        Assert.Equal((65_500, 65_500), (inspected.WidthPx, inspected.HeightPx));
    }

    [Fact]
    public void R21_what_is_no_jpeg_is_none_under_any_name()
    {
        var heic = new byte[40_000];
        Encoding.ASCII.GetBytes("ftypheic").CopyTo(heic, 4);
        Assert.Equal(["photo-not-jpeg"], OnlinePhoto.Inspect(heic).Findings);
        using var picture = new Mat(900, 700, MatType.CV_8UC3);
        Cv2.Randu(picture, new Scalar(0), new Scalar(255));
        Assert.Equal(["photo-not-jpeg"], OnlinePhoto.Inspect(picture.ImEncode(".png")).Findings);
        // All that is wrong at once (R52).
        Assert.Equal(["photo-bytes", "photo-not-jpeg"], OnlinePhoto.Inspect([]).Findings);
        Assert.Equal(["photo-bytes", "photo-damaged"], OnlinePhoto.Inspect([0xFF, 0xD8, 0xFF, 0xD9]).Findings);
    }

    [Fact]
    public void R21_editing_software_is_a_remark()
    {
        var inspected = OnlinePhoto.Inspect(WithSoftware(Noise(600, 800), "Adobe Photoshop 25.0"));
        Assert.Equal([OnlinePhotoInspection.Edited], inspected.Findings);
        Assert.True(inspected.IsAccepted);
        Assert.Empty(OnlinePhoto.Inspect(WithSoftware(Noise(600, 800), "iOS 19.1")).Findings);
    }

    [Theory]
    [InlineData(".png", 413, 531)]
    [InlineData(".tif", 413, 531)] // 35 mm × 45 mm at 300 dpi: far smaller than any page.
    [InlineData(".jpg", 413, 531)]
    [InlineData(".png", 827, 1063)]
    public void R23_a_loose_photograph_gets_the_checks_that_fit_it_in_any_format(string format, int width, int height)
    {
        using var picture = Cv2.ImDecode(Portrait(0), ImreadModes.Color);
        using var scan = new Mat();
        Cv2.Resize(picture, scan, new Size(width, height), interpolation: InterpolationFlags.Area);
        var photo = LoosePhoto.Read(scan.ImEncode(format), 1).Reading!.Photo!;
        Assert.Equal((true, true, true, true), (photo.Present, photo.Face, photo.HeadInside, photo.PlainBackground));
        Assert.Equal(width, photo.WidthPx);
    }

    [Fact]
    public void R23_the_resolution_of_its_scan_says_how_large_it_is()
    {
        var file = Noise(413, 531);
        var jfif = file.AsSpan().IndexOf("JFIF\0"u8);
        (file[jfif + 7], file[jfif + 8], file[jfif + 9], file[jfif + 10], file[jfif + 11]) = (1, 1, 44, 1, 44); // 300 dpi.
        var photo = LoosePhoto.Read(file, 1).Reading!.Photo!;
        Assert.Equal((35.0, 45.0), (photo.WidthMm, photo.HeightMm));
        (file[jfif + 8], file[jfif + 9]) = (0, 72); // What a file says that knows none.
        Assert.Null(LoosePhoto.Read(file, 1).Reading!.Photo!.WidthMm);
        Assert.Equal("not-an-image", LoosePhoto.Read([1, 2, 3], 1).Unreadable);
    }

    [Fact]
    public void R23_read_shows_what_is_too_small_for_a_page_as_a_photograph()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("mynumber-photo-").FullName, "loose.jpg");
        try
        {
            File.WriteAllBytes(file, Noise(413, 531));
            using var output = new StringWriter();
            Assert.Equal(0, ReadCommand.Run([file], null, null, output, TextWriter.Null, CancellationToken.None));
            Assert.Contains("\"form\":null", output.ToString(), StringComparison.Ordinal);
            Assert.Contains("\"photo\":{\"present\":true", output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    private static byte[] Noise(int width, int height, params ImageEncodingParam[] options)
    {
        using var picture = new Mat(height, width, MatType.CV_8UC1);
        var (random, pixels) = (new Random(width + height), new byte[width * height]);
        random.NextBytes(pixels);
        pixels.CopyTo(picture.AsSpan<byte>());
        Cv2.GaussianBlur(picture, picture, new Size(3, 3), 0);
        return picture.ImEncode(".jpg", options);
    }

    private static byte[] Portrait(int turnedLeft, params ImageEncodingParam[] options)
    {
        using var face = Faces.Portrait(700, new Dice(11, "face", 3));
        using var encoded = face.Encode(SKEncodedImageFormat.Png, 100);
        using var upright = Cv2.ImDecode(encoded.ToArray(), ImreadModes.Color);
        using var turned = new Mat();
        switch (turnedLeft)
        {
            case 90: Cv2.Rotate(upright, turned, RotateFlags.Rotate90Counterclockwise); break;
            case 180: Cv2.Rotate(upright, turned, RotateFlags.Rotate180); break;
            case 270: Cv2.Rotate(upright, turned, RotateFlags.Rotate90Clockwise); break;
            default: upright.CopyTo(turned); break;
        }

        return turned.ImEncode(".jpg", options);
    }

    /// <summary>A picture of 600 × 800 pixels in the colours of that device, as a program of a print shop writes it.</summary>
    private static byte[] Ghostscript(string device)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("mynumber-photo-").FullName, "photo.jpg");
        try
        {
            // Enough small squares of any colour to fill 20 KB.
            const string squares = "1 1 40 { /x exch def 1 1 60 { /y exch def rand 256 mod 255 div rand 256 mod 255 div "
                + "rand 256 mod 255 div setrgbcolor x 1 sub 15 mul y 1 sub 14 mul 15 14 rectfill } for } for showpage";
            var (exit, _, errors) = Tool.Run(
                "gs", "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", $"-sDEVICE={device}", "-r72", "-g600x800", "-dJPEGQ=95",
                $"-sOutputFile={file}", "-c", squares);
            Assert.True(exit == 0, errors);
            return File.ReadAllBytes(file);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    // Comment segments after the first marker, until the file has that length.
    private static byte[] WithComments(byte[] jpeg, int length)
    {
        var comments = new List<byte>();
        while (length - jpeg.Length - comments.Count is > 0 and var missing)
        {
            // A segment takes 4 bytes at least, so the last but one leaves room for it.
            var size = missing <= 65_000 ? missing : Math.Min(65_000, missing - 4);
            comments.AddRange([0xFF, 0xFE, .. Length(size - 2), .. new byte[size - 4]]);
        }

        return [.. jpeg[..2], .. comments, .. jpeg[2..]];
    }

    private static byte[] WithSoftware(byte[] jpeg, string software)
    {
        var text = Encoding.ASCII.GetBytes(software + "\0");
        return WithExif(jpeg, 0x0131, 2, text.Length, [26, 0, 0, 0], text);
    }

    // EXIF with one entry; what it points to lies behind the directory.
    private static byte[] WithExif(byte[] jpeg, int tag, int type, int count, byte[] value, byte[] behind)
    {
        byte[] tiff =
        [
            .. "II*\0"u8, 8, 0, 0, 0, 1, 0, .. Length(tag).Reverse(), (byte)type, 0, (byte)count, 0, 0, 0, .. value, 0, 0, 0, 0,
            .. behind,
        ];
        byte[] body = [.. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], 0xFF, 0xE1, .. Length(body.Length + 2), .. body, .. jpeg[2..]];
    }

    private static byte[] Length(int number) => [(byte)(number >> 8), (byte)(number & 0xFF)];
}
