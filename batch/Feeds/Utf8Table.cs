using System.Text;

namespace MyNumber.Batch.Feeds;

/// <summary>
/// The one encoding of tables: UTF-8, with its byte order mark or without (FORMATS.md). A mark never chooses another encoding,
/// as a reader left to itself would let it.
/// </summary>
internal static class Utf8Table
{
    /// <summary>Bytes that are no UTF-8.</summary>
    public const string NotUtf8 = "not-utf-8";

    /// <summary>Text of two or four bytes a letter.</summary>
    public const string Utf16 = "is-utf-16";

    private const int LookedAtBytes = 4096;

    private static ReadOnlySpan<byte> LittleEndian => [0xFF, 0xFE];

    private static ReadOnlySpan<byte> BigEndian => [0xFE, 0xFF];

    /// <summary>Takes no byte that is not UTF-8.</summary>
    public static readonly Encoding Strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Steps over the byte order mark.</summary>
    /// <returns>Code of why the stream is no table in UTF-8; null where its beginning may be one.</returns>
    public static string? Begin(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var bytes = new byte[LookedAtBytes];
        var beginning = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        // A NUL is in no text of ours, but in every Latin letter of UTF-16 and UTF-32: so they are known without their mark too.
        if (beginning.StartsWith(LittleEndian) || beginning.StartsWith(BigEndian) || beginning.Contains((byte)0))
        {
            return Utf16;
        }

        stream.Position = beginning.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        return null;
    }
}
