namespace MyNumber.Templates.Documents;

/// <summary>What one page of a finished PDF says to a machine.</summary>
/// <param name="Page">From 1.</param>
/// <param name="PieceId">From the piece mark; null where there is none.</param>
/// <param name="Sheet">Sheet of the piece, from 1; 0 without a mark.</param>
/// <param name="Sheets">Sheets of the piece; 0 without a mark.</param>
/// <param name="Qr">Text of the QR code; null where there is none.</param>
/// <param name="ApplicationIdText">23 digits as printed; null where there are none.</param>
/// <param name="AddressBlock">Lines of the address area: postal code, address, name; null where there is none.</param>
public sealed record PageBack(
    int Page, string? PieceId, int Sheet, int Sheets, string? Qr, string? ApplicationIdText, string? AddressBlock);

/// <summary>Reads a finished PDF back before its drop is sealed (DESIGN.md, Printing).</summary>
public static class ReadBack
{
    /// <summary>One entry a page, in order.</summary>
    public static IEnumerable<PageBack> Read(Stream pdf) => throw new NotSupportedException($"{pdf.CanRead}");
}
