using System.Text;

namespace MyNumber.Templates.Codes;

/// <summary>QR code symbols (ISO/IEC 18004): byte mode, error correction M, the smallest version that holds the text.</summary>
public static class QrCode
{
    /// <summary>The symbol without its quiet zone, [row, column]; true is dark.</summary>
    /// <exception cref="ArgumentException">The text is longer than version 40 holds.</exception>
    public static bool[,] Encode(string text) => QrSymbol.Encode(Encoding.UTF8.GetBytes(text));
}
