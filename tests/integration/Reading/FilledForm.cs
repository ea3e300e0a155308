using System.Buffers.Binary;
using System.IO.Compression;
using BitMiracle.LibTiff.Classic;
using MyNumber.Batch.Reading;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>
/// A printed form, filled in with real handwritten digits of writers that the network never saw, as a scan at 300 dpi.
/// </summary>
internal static class FilledForm
{
    public const string ApplicationId = "00213456789012345678907";

    private const double PxPerMm = 300 / 25.4;
    private static readonly Lazy<(byte[] Images, byte[] Labels)> Digits = new(LoadDigits);

    /// <summary>Prints page <paramref name="page"/> of a form; the caller disposes of it.</summary>
    public static Mat Print(string kind, int page = 1)
    {
        using var pdf = new MemoryStream();
        PieceDocuments.Render([new PieceData
        {
            Document = kind,
            Name = "試験　太郎",
            NameKana = "シケン　タロウ",
            BirthDate = new(1985, 1, 23),
            Sex = "M",
            Address = "東京都千代田区霞が関　二丁目1番2号",
            ApplicationId = ApplicationId,
            IssuedOn = new(2026, 11, 1),
            MunicipalityName = "千代田区",
        }], pdf);
        using var image = PdfPages.Decode(pdf.ToArray(), page, Colour.Drop).Image
            ?? throw new InvalidOperationException("The printed form cannot be rendered.");
        // Around the trimmed page lies the printer's bleed; a scanner never sees it.
        var (width, height) = ((int)(210 * PxPerMm), (int)(297 * PxPerMm));
        using var trimmed = new Mat(image.Gray, new Rect((image.Gray.Width - width) / 2, (image.Gray.Height - height) / 2, width, height));
        return trimmed.Clone();
    }

    /// <summary>A front with date, phone, signature, one mark and a photograph.</summary>
    public static Mat Fill(string date = "8 11 20", string phone = "09012345678")
    {
        var scan = Print("application-form");
        var form = FormDefinitions.ApplicationForm.Pages[0];
        var parts = date.Split(' ');
        Write(scan, form.Find("application_date_era")!, "5");
        Write(scan, form.Find("application_date_year")!, parts[0]);
        Write(scan, form.Find("application_date_month")!, parts[1]);
        Write(scan, form.Find("application_date_day")!, parts[2]);
        Write(scan, form.Find("phone")!, phone);
        Sign(scan, form.Find("applicant_name")!.Box);
        Cv2.Rectangle(scan, Px(form.Find("braille")!.Box), new Scalar(40), -1);
        Photograph(scan, Px(form.Find("photo")!.Box), 190);
        return scan;
    }

    /// <summary>A photograph glued askew: turned around its middle, and shifted.</summary>
    /// <param name="scan">A printed form; what is on its photo field is covered.</param>
    /// <param name="shiftMm">To the right and down.</param>
    /// <param name="background">Gray of the photograph's background.</param>
    public static void Glue(Mat scan, double degrees, double shiftMm, int background)
    {
        var zone = Px(FormDefinitions.ApplicationForm.Pages[0].Find("photo")!.Box);
        using var photo = new Mat(zone.Size, MatType.CV_8UC1);
        Photograph(photo, new Rect(new Point(0, 0), zone.Size), background);
        using var turn = Cv2.GetRotationMatrix2D(new Point2f(zone.Width / 2f, zone.Height / 2f), degrees, 1);
        turn.At<double>(0, 2) += zone.X + (shiftMm * PxPerMm);
        turn.At<double>(1, 2) += zone.Y + (shiftMm * PxPerMm);
        Cv2.WarpAffine(photo, scan, turn, scan.Size(), InterpolationFlags.Linear, BorderTypes.Transparent);
    }

    /// <summary>Writes digits into cells from the left.</summary>
    public static void Write(Mat scan, FormItem item, string digits, int writer = 0)
    {
        for (var i = 0; i < digits.Length; i++)
        {
            using var digit = Digit(digits[i] - '0', writer + i);
            var cell = Px(item.Cells[i]);
            var side = (int)(5.4 * PxPerMm);
            using var large = new Mat();
            Cv2.Resize(digit, large, new Size(side, side), 0, 0, InterpolationFlags.Cubic);
            using var mask = new Mat();
            Cv2.Threshold(large, mask, 110, 255, ThresholdTypes.Binary);
            using var view = new Mat(scan, new Rect(cell.X + ((cell.Width - side) / 2), cell.Y + ((cell.Height - side) / 2), side, side));
            view.SetTo(new Scalar(50), mask);
        }
    }

    /// <summary>Two lines through a printed field (R05).</summary>
    public static void Strike(Mat scan, string item)
    {
        var box = Px(FormDefinitions.ApplicationForm.Pages[0].Find(item)!.Box);
        foreach (var offset in new[] { -5, 7 })
        {
            var y = box.Y + (box.Height / 2) + offset;
            Cv2.Line(scan, new Point(box.X + 10, y), new Point(box.X + 500, y + 6), new Scalar(60), 5);
        }
    }

    public static byte[] Png(Mat scan) => scan.ImEncode(".png");

    /// <summary>One bit a pixel, Group 4, as an office scanner writes it.</summary>
    public static byte[] TiffG4(Mat scan)
    {
        using var stream = new MemoryStream();
        using (var tiff = Tiff.ClientOpen("scan", "w", stream, new TiffStream()))
        {
            tiff.SetField(TiffTag.IMAGEWIDTH, scan.Width);
            tiff.SetField(TiffTag.IMAGELENGTH, scan.Height);
            tiff.SetField(TiffTag.BITSPERSAMPLE, 1);
            tiff.SetField(TiffTag.SAMPLESPERPIXEL, 1);
            tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISWHITE);
            tiff.SetField(TiffTag.COMPRESSION, Compression.CCITTFAX4);
            tiff.SetField(TiffTag.ROWSPERSTRIP, scan.Height);
            tiff.SetField(TiffTag.XRESOLUTION, 300.0);
            tiff.SetField(TiffTag.YRESOLUTION, 300.0);
            tiff.SetField(TiffTag.RESOLUTIONUNIT, ResUnit.INCH);
            var (width, height) = (scan.Width, scan.Height);
            var line = new byte[(width + 7) / 8];
            for (var y = 0; y < height; y++)
            {
                Array.Clear(line);
                var row = scan.AsSpan<byte>().Slice(y * width, width);
                for (var x = 0; x < row.Length; x++)
                {
                    line[x >> 3] |= (byte)(row[x] < 128 ? 0x80 >> (x & 7) : 0);
                }

                tiff.WriteScanline(line, y);
            }

            tiff.WriteDirectory();
            return stream.ToArray();
        }
    }

    /// <summary>Turned by degrees around the middle, on a larger bed.</summary>
    public static Mat Turn(Mat scan, double degrees, double scale = 1)
    {
        var size = new Size(scan.Width + 160, scan.Height + 160);
        using var turn = Cv2.GetRotationMatrix2D(new Point2f(scan.Width / 2f, scan.Height / 2f), degrees, scale);
        turn.At<double>(0, 2) += 80;
        turn.At<double>(1, 2) += 80;
        var turned = new Mat();
        Cv2.WarpAffine(scan, turned, turn, size, InterpolationFlags.Linear, BorderTypes.Constant, new Scalar(250));
        return turned;
    }

    /// <summary>Gray noise of a cheap scanner, from a seed.</summary>
    public static void Noise(Mat scan, int seed)
    {
        var random = new Random(seed);
        var pixels = scan.AsSpan<byte>();
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)Math.Clamp((pixels[i] * 0.86) + 18 + random.Next(-18, 19), 0, 255);
        }
    }

    public static Rect Px(Box box) => new(
        (int)(box.XMm * PxPerMm), (int)(box.YMm * PxPerMm), (int)(box.WidthMm * PxPerMm), (int)(box.HeightMm * PxPerMm));

    private static void Sign(Mat scan, Box box)
    {
        var zone = Px(box);
        for (var i = 0; i < 8; i++)
        {
            var x = zone.X + 40 + (i * 60);
            Cv2.Line(scan, new Point(x, zone.Y + 40), new Point(x + 45, zone.Y + 120), new Scalar(60), 5);
            Cv2.Line(scan, new Point(x + 40, zone.Y + 45), new Point(x, zone.Y + 130), new Scalar(60), 5);
        }
    }

    private static void Photograph(Mat scan, Rect zone, int background)
    {
        Cv2.Rectangle(scan, zone, new Scalar(background), -1);
        var middle = new Point(zone.X + (zone.Width / 2), zone.Y + (zone.Height * 45 / 100));
        Cv2.Ellipse(scan, middle, new Size(zone.Width / 4, zone.Height / 4), 0, 0, 360, new Scalar(130), -1);
        Cv2.Rectangle(scan, new Rect(zone.X + 60, zone.Bottom - 120, zone.Width - 120, 118), new Scalar(50), -1);
    }

    private static Mat Digit(int digit, int nth)
    {
        var (images, labels) = Digits.Value;
        // The last 10,000 digits were never opened for training (fixtures/handwriting/README.md).
        var at = Enumerable.Range(50_000, 10_000).Where(i => labels[i] == digit).Skip(nth * 7).First();
        return Mat.FromPixelData(28, 28, MatType.CV_8UC1, images[(at * 784)..((at + 1) * 784)]).Clone();
    }

    private static (byte[] Images, byte[] Labels) LoadDigits()
    {
        var folder = Path.Combine(Root(), "fixtures", "handwriting");
        return (Idx(Path.Combine(folder, "digits-train-images.idx3-ubyte.gz")),
            Idx(Path.Combine(folder, "digits-train-labels.idx1-ubyte.gz")));
    }

    private static byte[] Idx(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        var all = bytes.ToArray();
        var dimensions = BinaryPrimitives.ReadInt32BigEndian(all) & 0xFF;
        return all[(4 + (4 * dimensions))..];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MyNumber.Batch.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the project.");
        }

        return folder.FullName;
    }
}
