using System.Text;
using MyNumber.Templates.Forms;

namespace MyNumber.Templates.Codes;

/// <summary>
/// Reads a QR code back from what was drawn, module by module. Drawn exactly, it has no errors to correct: a symbol that
/// is not bit for bit the one that its own text gives is refused.
/// </summary>
internal static class QrReading
{
    /// <summary>The text of the symbol that fills <paramref name="zone"/>; null where none does.</summary>
    public static string? Read(Box zone, IReadOnlyCollection<Box> bars)
    {
        if (bars.Count == 0)
        {
            return null;
        }

        var size = (int)Math.Round(zone.WidthMm / bars.Min(bar => bar.HeightMm));
        if (size < 21 || size > 177 || size % 4 != 1)
        {
            return null;
        }

        var module = zone.WidthMm / size;
        var dark = new bool[size, size];
        foreach (var bar in bars)
        {
            var row = (int)Math.Round((bar.YMm - zone.YMm) / module);
            var first = (int)Math.Round((bar.XMm - zone.XMm) / module);
            var count = (int)Math.Round(bar.WidthMm / module);
            for (var i = 0; i < count && row < size && first + i < size; i++)
            {
                dark[row, first + i] = true;
            }
        }

        return Decode(dark);
    }

    /// <summary>The text of an undamaged symbol of ours; null where it is none.</summary>
    public static string? Decode(bool[,] dark)
    {
        var size = dark.GetLength(0);
        var version = (size - 17) / 4;
        var (_, function) = QrPattern.Of(version);
        for (var mask = 0; mask < 8; mask++)
        {
            // Masking twice undoes it; the right mask is the one under which the text gives the same symbol again.
            var words = QrPattern.Words(QrPattern.Masked(dark, function, mask), function, QrSymbol.TotalWords(version));
            if (Text(QrSymbol.DataOf(version, words), version) is { } text && Same(QrCode.Encode(text), dark))
            {
                return text;
            }
        }

        return null;
    }

    private static string? Text(byte[] data, int version)
    {
        // Byte mode is 0100; the length has 8 bits up to version 9, then 16. All is shifted by those four bits.
        if (data[0] >> 4 != 0b0100)
        {
            return null;
        }

        byte At(int index) => (byte)(((data[index] << 4) | (data[index + 1] >> 4)) & 0xFF);
        var (length, start) = version <= 9 ? (At(0), 1) : ((At(0) << 8) | At(1), 2);
        if (start + length + 1 > data.Length)
        {
            return null;
        }

        var bytes = Enumerable.Range(start, length).Select(At).ToArray();
        return Encoding.UTF8.GetString(bytes);
    }

    private static bool Same(bool[,] first, bool[,] second)
    {
        if (first.GetLength(0) != second.GetLength(0))
        {
            return false;
        }

        for (var row = 0; row < first.GetLength(0); row++)
        {
            for (var column = 0; column < first.GetLength(0); column++)
            {
                if (first[row, column] != second[row, column])
                {
                    return false;
                }
            }
        }

        return true;
    }
}
