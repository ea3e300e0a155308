using System.Globalization;
using MyNumber.Templates.Codes;
using MyNumber.Templates.Forms;

namespace MyNumber.Templates.Documents;

/// <summary>
/// The mark of insertion control on every page of a piece: a Code 128 of the piece's id (16 characters), the sheet and
/// the number of sheets (two digits each), with the same in letters under it (R98), where the resident sees which sheet
/// of how many this is.
/// </summary>
internal static class PieceMark
{
    /// <summary>Width of a module, mm: six dots at 600 dpi.</summary>
    public const double ModuleMm = 0.254;

    /// <summary>Height of the bars, mm.</summary>
    public const double HeightMm = 5;

    /// <summary>Characters of a piece's id.</summary>
    public const int IdLength = 16;

    /// <summary>The zone of the bars on a page of that size: in the middle, near the bottom edge.</summary>
    public static Box Zone(double pageWidthMm, double pageHeightMm)
    {
        const double width = 70;
        return new Box((pageWidthMm - width) / 2, pageHeightMm - 13, width, HeightMm);
    }

    /// <summary>Id, sheet and sheets from the bars found in the zone; null where they are no valid mark.</summary>
    public static (string PieceId, int Sheet, int Sheets)? Read(IEnumerable<Box> bars)
    {
        var sorted = bars.OrderBy(bar => bar.XMm).ToList();
        var widths = new List<int>();
        for (var i = 0; i < sorted.Count; i++)
        {
            widths.Add((int)Math.Round(sorted[i].WidthMm / ModuleMm));
            if (i + 1 < sorted.Count)
            {
                widths.Add((int)Math.Round((sorted[i + 1].XMm - sorted[i].RightMm) / ModuleMm));
            }
        }

        return Code128.Decode(widths) is { Length: IdLength + 4 } text
            && int.TryParse(text.AsSpan(IdLength, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var sheet)
            && int.TryParse(text.AsSpan(IdLength + 2), NumberStyles.None, CultureInfo.InvariantCulture, out var sheets)
            ? (text[..IdLength], sheet, sheets)
            : null;
    }
}
