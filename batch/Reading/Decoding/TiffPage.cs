using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>Pages of a TIFF by LibTiff.NET, which is managed code: a damaged file throws, it never crashes.</summary>
internal static class TiffPage
{
    // Eight pixels for each byte of bits, in the order in which they lie in memory.
    private static readonly ulong[] LightBits = [.. Enumerable.Range(0, 256).Select(bits => Eight(bits))];
    private static readonly ulong[] DarkBits = [.. LightBits.Select(eight => ~eight)];

    /// <summary>Directories of the file; 1 where it cannot be told.</summary>
    public static int Count(byte[] file)
    {
        var pages = 1;
        try
        {
            using var tiff = Open(file, new Complaints());
            while (tiff is not null && pages < PageLimits.PagesMax && tiff.ReadDirectory())
            {
                pages++;
            }
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            // The pages before the damage are there.
        }

        return pages;
    }

    /// <summary>Decodes one page.</summary>
    public static Decoded Decode(byte[] file, int page, Colour colour)
    {
        try
        {
            return DecodeSound(file, page, colour);
        }
        catch (Exception damage) when (IsDamage(damage))
        {
            return "damaged";
        }
    }

    /// <summary>
    /// LibTiff.NET leaves the checking of damaged data to the runtime: it throws what an index, a cast, a number, a sum or an
    /// array of a told size throws. Anything else is a fault of ours.
    /// </summary>
    public static bool IsDamage(Exception thrown) => thrown is IndexOutOfRangeException or ArgumentException or OverflowException
        or NullReferenceException or InvalidOperationException or IOException or NotSupportedException
        or DivideByZeroException or InvalidCastException or FormatException or OutOfMemoryException;

    /// <summary>Opens the file for whoever wants its bytes, not its picture; null where it is damaged.</summary>
    /// <exception cref="Exception">Damage, see <see cref="IsDamage"/>.</exception>
    public static Tiff? Open(byte[] file) => Open(file, new Complaints());

    private static Decoded DecodeSound(byte[] file, int page, Colour colour)
    {
        var complaints = new Complaints();
        using var tiff = Open(file, complaints);
        if (tiff is null)
        {
            return "damaged";
        }

        if (page < 1 || page > short.MaxValue || !tiff.SetDirectory((short)(page - 1)))
        {
            return page > 1 && !complaints.Any ? "no-such-page" : "damaged";
        }

        var (width, height) = (Tag(tiff, TiffTag.IMAGEWIDTH, 0), Tag(tiff, TiffTag.IMAGELENGTH, 0));
        if (PageLimits.Refuse(width, height) is { } refused)
        {
            return refused;
        }

        return Pixels(tiff, file.Length, width, height, colour, complaints);
    }

    private static Decoded Pixels(Tiff tiff, int bytes, int width, int height, Colour colour, Complaints complaints)
    {
        var bits = Tag(tiff, TiffTag.BITSPERSAMPLE, 1);
        var samples = Tag(tiff, TiffTag.SAMPLESPERPIXEL, 1);
        var light = Tag(tiff, TiffTag.PHOTOMETRIC, (int)Photometric.MINISWHITE) == (int)Photometric.MINISBLACK;
        var dpi = Dpi(tiff);
        if (bits == 1 && samples == 1 && !tiff.IsTiled())
        {
            return OneBit(tiff, width, height, light, dpi, complaints);
        }

        var luminance = Tag(tiff, TiffTag.PHOTOMETRIC, 0) == (int)Photometric.YCBCR;
        if (bits == 8 && ((samples == 1 && light) || (samples == 3 && luminance)) && !tiff.IsTiled()
            && WholeJpeg(tiff, bytes, width, height) is { } jpeg)
        {
            return PageDecoder.Picture(jpeg, false, dpi, samples == 3 ? colour : Colour.Drop);
        }

        if (bits == 8 && samples == 1 && light && !tiff.IsTiled())
        {
            return Gray(tiff, width, height, dpi, complaints);
        }

        return Raster(tiff, width, height, bits == 1 && samples == 1, dpi, colour, complaints);
    }

    private static ulong Eight(int bits) => Enumerable.Range(0, 8)
        .Aggregate(0UL, (eight, place) => eight | ((bits & (0x80 >> place)) != 0 ? 0xFFUL << (8 * place) : 0));

    // A JPEG as a whole in one strip, as scanners write it, goes to the quick decoder of JPEG files.
    private static byte[]? WholeJpeg(Tiff tiff, int bytes, int width, int height)
    {
        if (Tag(tiff, TiffTag.COMPRESSION, 1) != (int)Compression.JPEG || tiff.NumberOfStrips() != 1
            || tiff.GetField(TiffTag.JPEGTABLES) is not null || tiff.RawStripSize(0) is var size && (size < 4 || size > bytes))
        {
            return null;
        }

        var jpeg = new byte[size];
        return tiff.ReadRawStrip(0, jpeg, 0, jpeg.Length) == jpeg.Length
            && JpegFacts.Of(jpeg) is { Complete: true } facts && facts.Width == width && facts.Height == height ? jpeg : null;
    }

    private static Decoded OneBit(Tiff tiff, int width, int height, bool light, double? dpi, Complaints complaints)
    {
        var line = new byte[tiff.ScanlineSize()];
        var page = new Mat(height, width, MatType.CV_8UC1);
        var pixels = page.AsSpan<byte>();
        var grays = light ? LightBits : DarkBits;
        for (var y = 0; y < height; y++)
        {
            if (!tiff.ReadScanline(line, y) || complaints.Cut)
            {
                page.Dispose();
                return "truncated";
            }

            var row = pixels.Slice(y * width, width);
            var eights = MemoryMarshal.Cast<byte, ulong>(row[..(width & ~7)]);
            for (var i = 0; i < eights.Length; i++)
            {
                eights[i] = grays[line[i]];
            }

            for (var x = width & ~7; x < width; x++)
            {
                row[x] = unchecked((byte)(grays[line[x >> 3]] >> (8 * (x & 7))));
            }
        }

        return new PageImage(page, true, dpi);
    }

    private static Decoded Gray(Tiff tiff, int width, int height, double? dpi, Complaints complaints)
    {
        var line = new byte[tiff.ScanlineSize()];
        var page = new Mat(height, width, MatType.CV_8UC1);
        var pixels = page.AsSpan<byte>();
        for (var y = 0; y < height; y++)
        {
            if (!tiff.ReadScanline(line, y) || complaints.Cut)
            {
                page.Dispose();
                return "truncated";
            }

            line.AsSpan(0, width).CopyTo(pixels.Slice(y * width, width));
        }

        return new PageImage(page, false, dpi);
    }

    // Colour, palettes, tiles and inverted gray: LibTiff makes red, green, blue of all of them.
    private static Decoded Raster(
        Tiff tiff, int width, int height, bool bitonal, double? dpi, Colour colour, Complaints complaints)
    {
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, Orientation.TOPLEFT, true) || complaints.Cut)
        {
            return complaints.Cut ? "truncated" : "damaged";
        }

        using var abgr = Mat.FromPixelData(height, width, MatType.CV_8UC4, raster);
        var gray = new Mat();
        Cv2.CvtColor(abgr, gray, ColorConversionCodes.RGBA2GRAY);
        if (colour == Colour.Drop || Tag(tiff, TiffTag.SAMPLESPERPIXEL, 1) < 3)
        {
            return new PageImage(gray, bitonal, dpi);
        }

        var bgr = new Mat();
        Cv2.CvtColor(abgr, bgr, ColorConversionCodes.RGBA2BGR);
        return new PageImage(gray, bitonal, dpi, bgr);
    }

    private static double? Dpi(Tiff tiff)
    {
        if (tiff.GetField(TiffTag.XRESOLUTION) is not [var resolution, ..])
        {
            return null;
        }

        var unit = Tag(tiff, TiffTag.RESOLUTIONUNIT, (int)ResUnit.INCH);
        return resolution.ToDouble() * (unit == (int)ResUnit.CENTIMETER ? 2.54 : 1);
    }

    private static int Tag(Tiff tiff, TiffTag tag, int otherwise) =>
        tiff.GetField(tag) is [var value, ..] ? value.ToInt() : otherwise;

    private static Tiff? Open(byte[] file, Complaints complaints)
    {
        Listener.Current = complaints;
        return TiffDirectories.Lie(file) ? null
            : Tiff.ClientOpen("scan", "r", new MemoryStream(file, writable: false), new TiffStream());
    }

    // What LibTiff said of the file that this thread reads.
    private sealed class Complaints
    {
        public bool Any { get; private set; }

        /// <summary>Data ended before the page did.</summary>
        public bool Cut { get; private set; }

        public void Note(string format, bool error)
        {
            Any |= error;
            Cut |= error || format.Contains("Premature EOF", StringComparison.OrdinalIgnoreCase);
        }
    }

    // LibTiff has one handler for the process. It keeps what is said away from standard error (it may quote a file).
    private sealed class Listener : TiffErrorHandler
    {
        [ThreadStatic]
        private static Complaints? _current;

        static Listener() => Tiff.SetErrorHandler(new Listener());

        public static Complaints? Current
        {
            get => _current;
            set => _current = value;
        }

        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args) => Current?.Note(format, true);

        public override void ErrorHandlerExt(
            Tiff tif, object clientData, string method, string format, params object[] args) => Current?.Note(format, true);

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args) => Current?.Note(format, false);

        public override void WarningHandlerExt(
            Tiff tif, object clientData, string method, string format, params object[] args) => Current?.Note(format, false);
    }
}
