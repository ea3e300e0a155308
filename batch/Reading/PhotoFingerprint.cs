using System.Buffers.Binary;
using System.Security.Cryptography;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// R24. What two photographs must have in common to be the same one: the bytes of a file that was sent, the pixels of a
/// photograph that was scanned on its own, whatever file its page lies in. Two scans of one print are not the same.
/// </summary>
internal static class PhotoFingerprint
{
    /// <summary>Of a file that was sent online.</summary>
    public static string OfSent(byte[] file) => "bytes:" + Convert.ToHexStringLower(SHA256.HashData(file));

    /// <summary>Of a page of a scan; null where it cannot be decoded.</summary>
    public static string? OfScan(byte[] file, int page)
    {
        if (PageDecoder.Decode(file, page, Colour.Keep).Image is not { } image)
        {
            return null;
        }

        using (image)
        {
            return OfPixels(image.Colour ?? image.Gray);
        }
    }

    private static string OfPixels(Mat picture)
    {
        using var plane = picture.Reshape(1);
        plane.GetArray(out byte[] pixels);
        Span<byte> size = stackalloc byte[12];
        BinaryPrimitives.WriteInt32BigEndian(size, picture.Rows);
        BinaryPrimitives.WriteInt32BigEndian(size[4..], picture.Cols);
        BinaryPrimitives.WriteInt32BigEndian(size[8..], picture.Channels());
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(size);
        hash.AppendData(pixels);
        return "pixels:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
