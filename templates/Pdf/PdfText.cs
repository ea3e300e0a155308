using System.Globalization;
using System.Text;

namespace MyNumber.Templates.Pdf;

/// <summary>Numbers and codes as a content stream writes them.</summary>
internal static class PdfText
{
    /// <summary>A number with three decimals at most: a thousandth of a point is 0.35 µm.</summary>
    public static StringBuilder Number(this StringBuilder text, double value)
    {
        var thousandths = (long)Math.Round(value * 1000, MidpointRounding.AwayFromZero);
        if (thousandths < 0)
        {
            text.Append('-');
            thousandths = -thousandths;
        }

        text.Append(thousandths / 1000);
        var rest = (int)(thousandths % 1000);
        if (rest > 0)
        {
            text.Append('.').Append((char)('0' + (rest / 100)));
            if (rest % 100 > 0)
            {
                text.Append((char)('0' + (rest / 10 % 10)));
                if (rest % 10 > 0)
                {
                    text.Append((char)('0' + (rest % 10)));
                }
            }
        }

        return text;
    }

    /// <summary>A number as its own string.</summary>
    public static string Number(double value) => new StringBuilder().Number(value).ToString();

    /// <summary>A glyph's code as four hex digits: hex strings only, as a raw line feed broke one page in 2,000.</summary>
    public static void AppendHex(this StringBuilder text, int code) =>
        text.Append(code.ToString("X4", CultureInfo.InvariantCulture));
}
