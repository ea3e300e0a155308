using System.Text;

namespace MyNumber.Templates.Pdf;

/// <summary>
/// A growing row of bytes, used again from page to page: content streams and objects are written straight into it, so
/// that a page leaves nothing behind for the garbage collector.
/// </summary>
internal sealed class PdfBytes
{
    private byte[] _bytes = new byte[4096];

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public PdfBytes Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
        return this;
    }

    public PdfBytes Add(byte value)
    {
        Room(1)[0] = value;
        Length++;
        return this;
    }

    /// <summary>Text of ASCII characters alone.</summary>
    public PdfBytes Add(string ascii)
    {
        Length += Encoding.ASCII.GetBytes(ascii, Room(ascii.Length));
        return this;
    }

    public PdfBytes Add(int value)
    {
        // Most numbers are a code's modules.
        if ((uint)value < 10)
        {
            return Add((byte)('0' + value));
        }

        if ((uint)value < 100)
        {
            var two = Room(2);
            (two[0], two[1]) = ((byte)('0' + (value / 10)), (byte)('0' + (value % 10)));
            Length += 2;
            return this;
        }

        value.TryFormat(Room(11), out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        Length += written;
        return this;
    }

    /// <summary>A number with at most that many decimals (5 or fewer), and no zeros at their end.</summary>
    public PdfBytes Number(double value, int decimals)
    {
        var scale = PowersOfTen[decimals];
        var scaled = (long)Math.Round(value * scale, MidpointRounding.AwayFromZero);
        var room = Room(24);
        var at = 0;
        if (scaled < 0)
        {
            room[at++] = (byte)'-';
            scaled = -scaled;
        }

        var (whole, rest) = Math.DivRem(scaled, scale);
        whole.TryFormat(room[at..], out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        at += written;
        if (rest > 0)
        {
            room[at++] = (byte)'.';
            while (rest > 0)
            {
                scale /= 10;
                room[at++] = (byte)('0' + (rest / scale));
                rest %= scale;
            }
        }

        Length += at;
        return this;
    }

    /// <summary>A glyph's code as four hex digits: hex strings only, as a raw line feed broke one page in 2,000.</summary>
    public void Hex(int code)
    {
        var room = Room(4);
        for (var i = 3; i >= 0; i--, code >>= 4)
        {
            room[i] = "0123456789ABCDEF"u8[code & 15];
        }

        Length += 4;
    }

    private static readonly long[] PowersOfTen = [1, 10, 100, 1_000, 10_000, 100_000];

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        return _bytes.AsSpan(Length);
    }
}
