using System.Buffers.Binary;

namespace MyNumber.Batch.Reading;

/// <summary>
/// The directories of a TIFF, walked before LibTiff.NET sees them: it takes a field's told length at its word, and asks for
/// two gigabytes of memory where a damaged file tells so. (TIFF 6.0, section 2.)
/// </summary>
internal static class TiffDirectories
{
    private const int EntryBytes = 12;

    // Bytes of a value of each type, from 1 (BYTE) to 13 (IFD); types that nobody knows are ignored by LibTiff, too.
    private static readonly int[] TypeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

    /// <summary>Whether some field says that it is longer than the whole file, or directories lie over each other.</summary>
    public static bool Lie(ReadOnlySpan<byte> file)
    {
        var little = file.StartsWith("II"u8);
        var entriesLeft = file.Length / EntryBytes;
        long at = file.Length < 8 ? 0 : Long(file, 4, little);
        for (var directories = 0; at > 0 && at + 2 <= file.Length && directories < PageLimits.PagesMax; directories++)
        {
            var entries = Short(file, (int)at, little);
            entriesLeft -= entries;
            if (entriesLeft < 0)
            {
                return true;
            }

            for (var i = 0; i < entries && at + 2 + ((i + 1) * EntryBytes) <= file.Length; i++)
            {
                var entry = (int)at + 2 + (i * EntryBytes);
                var type = Short(file, entry + 2, little);
                if (Long(file, entry + 4, little) * (type < TypeBytes.Length ? TypeBytes[type] : 0) > file.Length)
                {
                    return true;
                }
            }

            var next = at + 2 + (entries * EntryBytes);
            at = next + 4 <= file.Length ? Long(file, (int)next, little) : 0;
        }

        return false;
    }

    /// <summary>Two bytes at that place, in the order of bytes that the file has.</summary>
    public static int Short(ReadOnlySpan<byte> file, int at, bool little) => little
        ? BinaryPrimitives.ReadUInt16LittleEndian(file[at..])
        : BinaryPrimitives.ReadUInt16BigEndian(file[at..]);

    /// <summary>Four bytes, unsigned.</summary>
    public static long Long(ReadOnlySpan<byte> file, int at, bool little) => little
        ? BinaryPrimitives.ReadUInt32LittleEndian(file[at..])
        : BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
}
