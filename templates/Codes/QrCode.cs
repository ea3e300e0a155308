namespace MyNumber.Templates.Codes;

/// <summary>
/// QR code symbols (ISO/IEC 18004), error correction M, versions 1 to 10: bytes, then the digits at the end of the text
/// packed three to ten bits. Larger versions have modules too small to be read from a form.
/// </summary>
public static class QrCode
{
    /// <summary>The smallest symbol that holds the text (as UTF-8); null where the text is longer than version 10 holds.</summary>
    public static QrSymbol? Encode(string text)
    {
        var segments = new QrSegments(text);
        if (QrVersion.Holding(segments) is not { } version)
        {
            return null;
        }

        Span<byte> data = stackalloc byte[version.DataWords];
        segments.Write(version, data);
        Span<byte> words = stackalloc byte[version.TotalWords];
        version.Interleave(data, words);
        return version.Masked(version.Place(words));
    }
}

/// <summary>A finished symbol: square, without its quiet zone.</summary>
public sealed class QrSymbol
{
    private readonly ulong[] _rows;

    internal QrSymbol(ulong[] rows) => _rows = rows;

    /// <summary>Modules of a side.</summary>
    public int Size => _rows.Length;

    /// <summary>From top to bottom; bit 0 is the leftmost module, 1 is dark.</summary>
    public ReadOnlySpan<ulong> Rows => _rows;

    /// <summary>True where that module is dark.</summary>
    public bool IsDark(int row, int column) => ((_rows[row] >> column) & 1) == 1;
}
