using System.Buffers.Binary;

namespace MyNumber.Batch.Reading;

/// <summary>What a JPEG says of itself, read from its segments without decoding it.</summary>
/// <param name="Width">Pixels; 0 where no frame was found.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Components">1 gray, 3 colour, 4 CMYK or YCCK.</param>
/// <param name="Progressive">Sent in several passes.</param>
/// <param name="Complete">The end-of-image marker is there.</param>
/// <param name="Dpi">From JFIF.</param>
/// <param name="Software">EXIF's Software, or Photoshop's segment: a program wrote this file.</param>
public sealed record JpegFacts(
    int Width, int Height, int Components, bool Progressive, bool Complete, double? Dpi, string? Software)
{
    /// <summary>Reads the segments; never throws on damaged bytes.</summary>
    public static JpegFacts Of(ReadOnlySpan<byte> file)
    {
        var facts = new JpegFacts(0, 0, 0, false, false, null, null);
        if (!file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
        {
            return facts;
        }

        // Scanners pad the end; the marker must be the last thing that is not padding, or what follows the last scan.
        facts = facts with { Complete = file.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) > 2 };
        var at = 2;
        while (at + 4 <= file.Length && file[at] == 0xFF)
        {
            var marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (marker == 0xDA || length < 2 || at + 2 + length > file.Length)
            {
                // What follows the first scan belongs to the picture. An end marker inside a thumbnail does not count.
                return facts with { Complete = file[at..].LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) >= 0 };
            }

            facts = Segment(facts, marker, file.Slice(at + 4, length - 2));
            at += 2 + length;
        }

        return facts;
    }

    private static JpegFacts Segment(JpegFacts facts, byte marker, ReadOnlySpan<byte> body)
    {
        // Frames are C0 to CF, but for the Huffman, arithmetic and extension segments that share the range.
        if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && body.Length >= 6)
        {
            return facts with
            {
                Height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]),
                Width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]),
                Components = body[5],
                Progressive = marker is 0xC2 or 0xC6 or 0xCA or 0xCE,
            };
        }

        if (marker == 0xE0 && body.Length >= 12 && body.StartsWith("JFIF\0"u8))
        {
            var density = BinaryPrimitives.ReadUInt16BigEndian(body[8..]);
            return facts with { Dpi = body[7] switch { 1 => density, 2 => density * 2.54, _ => null } };
        }

        if (marker == 0xE1 && body.StartsWith("Exif\0\0"u8))
        {
            return facts with { Software = facts.Software ?? ExifSoftware(body[6..]) };
        }

        return marker == 0xED && body.StartsWith("Photoshop"u8) ? facts with { Software = facts.Software ?? "Photoshop" } : facts;
    }

    // EXIF is a small TIFF; tag 0x0131 of its first directory is the program that wrote the file.
    private static string? ExifSoftware(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
        {
            return null;
        }

        var little = tiff[0] == (byte)'I';
        var directory = TiffDirectories.Long(tiff, 4, little);
        if (directory + 2 > tiff.Length)
        {
            return null;
        }

        var entries = TiffDirectories.Short(tiff, (int)directory, little);
        for (var i = 0; i < entries; i++)
        {
            var entry = directory + 2 + (i * 12);
            if (entry + 12 > tiff.Length)
            {
                return null;
            }

            if (TiffDirectories.Short(tiff, (int)entry, little) == 0x0131)
            {
                var length = TiffDirectories.Long(tiff, (int)entry + 4, little);
                var value = length <= 4 ? entry + 8 : TiffDirectories.Long(tiff, (int)entry + 8, little);
                return value + length <= tiff.Length && length is > 0 and < 1024
                    ? System.Text.Encoding.Latin1.GetString(tiff.Slice((int)value, (int)length)).TrimEnd('\0', ' ')
                    : null;
            }
        }

        return null;
    }
}
