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

        // Every symbol has single modules in its timing patterns.
        var size = (int)Math.Round(zone.WidthMm / bars.Min(bar => Math.Min(bar.WidthMm, bar.HeightMm)));
        if (QrVersion.OfSize(size) is null)
        {
            return null;
        }

        var module = zone.WidthMm / size;
        var rows = new ulong[size];
        foreach (var bar in bars)
        {
            var (row, column) = (Whole((bar.YMm - zone.YMm) / module), Whole((bar.XMm - zone.XMm) / module));
            var (height, width) = (Whole(bar.HeightMm / module), Whole(bar.WidthMm / module));
            for (var i = row; i < row + height && i < size; i++)
            {
                rows[i] |= ((1UL << width) - 1) << column;
            }
        }

        return Decode(new QrSymbol(rows));
    }

    /// <summary>The text of an undamaged symbol of ours; null where it is none.</summary>
    public static string? Decode(QrSymbol symbol) =>
        QrVersion.OfSize(symbol.Size)?.Read(symbol.Rows) is { Length: > 0 } text && QrCode.Encode(text)!.Rows.SequenceEqual(symbol.Rows)
            ? text
            : null;

    private static int Whole(double modules) => (int)Math.Round(modules);
}
