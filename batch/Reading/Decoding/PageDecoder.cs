using System.Buffers.Binary;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Bytes of a scan to a page (FORMATS.md, In). The bytes decide what a file is, not its name; its size is looked at
/// before anything is decoded, so that a bomb costs nothing.
/// </summary>
internal static class PageDecoder
{
    private enum Kind
    {
        Unknown,
        Tiff,
        Pdf,
        Png,
        Jpeg,
    }

    /// <summary>Pages of the file; 1 for what cannot be counted, whose page 1 then is unreadable.</summary>
    public static int PageCount(byte[] file) => KindOf(file) switch
    {
        Kind.Tiff => TiffPage.Count(file),
        Kind.Pdf => PdfPages.Count(file),
        _ => 1,
    };

    /// <summary>Decodes one page, from 1.</summary>
    public static Decoded Decode(byte[] file, int page, Colour colour)
    {
        // A loose photograph may be decoded before any reader of pages was made.
        NativeLibraries.Load();
        if (file.Length > PageLimits.FileBytesMax)
        {
            return "too-large";
        }

        var kind = KindOf(file);
        if (kind is Kind.Png or Kind.Jpeg && page != 1)
        {
            return "no-such-page";
        }

        return kind switch
        {
            Kind.Tiff => TiffPage.Decode(file, page, colour),
            Kind.Pdf => PdfPages.Decode(file, page, colour),
            Kind.Png => Png(file, colour),
            Kind.Jpeg => Jpeg(file, colour),
            _ => file.Length == 0 ? "empty" : "not-an-image",
        };
    }

    /// <summary>A picture by OpenCV's own decoders; its size was checked before.</summary>
    public static Decoded Picture(byte[] file, bool bitonal, double? dpi, Colour colour)
    {
        // EXIF may say that the picture is turned; registration finds out by itself, and crops must agree with it.
        var mode = colour == Colour.Keep ? ImreadModes.Color : ImreadModes.Grayscale;
        var picture = Cv2.ImDecode(file, mode | ImreadModes.IgnoreOrientation);
        if (picture.Empty())
        {
            picture.Dispose();
            return "damaged";
        }

        if (colour == Colour.Drop)
        {
            return new PageImage(picture, bitonal, dpi);
        }

        var gray = new Mat();
        Cv2.CvtColor(picture, gray, ColorConversionCodes.BGR2GRAY);
        return new PageImage(gray, bitonal, dpi, picture);
    }

    private static Kind KindOf(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8))
        {
            return Kind.Tiff;
        }

        // PDF readers accept some bytes before the header, and so do we.
        if (file[..Math.Min(file.Length, 1024)].IndexOf("%PDF-"u8) >= 0)
        {
            return Kind.Pdf;
        }

        return file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? Kind.Png
            : file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? Kind.Jpeg
            : Kind.Unknown;
    }

    private static Decoded Png(byte[] file, Colour colour)
    {
        if (file.Length < 33 || !file.AsSpan(12, 4).SequenceEqual("IHDR"u8))
        {
            return "damaged";
        }

        var (width, height) = (Big32(file, 16), Big32(file, 20));
        if (PageLimits.Refuse(width, height) is { } refused)
        {
            return refused;
        }

        var (complete, dpi) = PngChunks(file);
        return complete ? Picture(file, file[24] == 1, dpi, colour) : "truncated";
    }

    // Walks the chunks up to IEND; a file that ends before it was cut off.
    private static (bool Complete, double? Dpi) PngChunks(byte[] file)
    {
        double? dpi = null;
        var at = 8L;
        while (at + 12 <= file.Length)
        {
            var length = Big32(file, (int)at);
            var type = file.AsSpan((int)at + 4, 4);
            if (type.SequenceEqual("IEND"u8))
            {
                return (true, dpi);
            }

            if (type.SequenceEqual("pHYs"u8) && length == 9 && at + 17 <= file.Length && file[at + 16] == 1)
            {
                dpi = Big32(file, (int)at + 8) * 0.0254;
            }

            at += length + 12;
        }

        return (false, dpi);
    }

    private static Decoded Jpeg(byte[] file, Colour colour)
    {
        var facts = JpegFacts.Of(file);
        if (facts.Width == 0)
        {
            return facts.Complete ? "damaged" : "truncated";
        }

        return PageLimits.Refuse(facts.Width, facts.Height) is { } refused ? refused
            : !facts.Complete ? "truncated"
            : Picture(file, false, facts.Dpi, colour);
    }

    private static long Big32(byte[] file, int at) => BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at, 4));
}
