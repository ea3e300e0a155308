using System.Runtime.InteropServices;
using System.Text;

namespace MyNumber.Templates.Codes;

/// <summary>Japan Post's customer barcode (R97): 7 digits of the postal code, 13 places of the address, a check.</summary>
public static class CustomerBarcode
{
    private const int AddressPlaces = 13;

    // By value: digits are themselves, 10 the hyphen, 11 to 18 the control characters.
    private static readonly string[] Characters =
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "-", "CC1", "CC2", "CC3", "CC4", "CC5", "CC6", "CC7", "CC8"];

    // Three bars each: F full, A up, D down, T timing mark alone.
    private static readonly string[] Bars =
        ["FTT", "FFT", "FDA", "DFA", "FAD", "FTF", "DAF", "AFD", "ADF", "TFF", "TFT", "DAT", "DTA", "ADT", "TDA", "ATD",
            "TAD", "TTF", "FFF"];

    /// <summary>The 21 characters with their check (`2`, `-`, `CC4` …); null where R97 allows none.</summary>
    /// <param name="postalCode">Seven digits, in whatever form (R96).</param>
    public static IReadOnlyList<string>? Encode(string postalCode, string address) =>
        Values(postalCode, address)?.ConvertAll(value => Characters[value]);

    /// <summary>The same as the command line prints it, separated by blanks; empty where R97 allows none.</summary>
    public static string Text(string postalCode, string address) => string.Join(' ', Encode(postalCode, address) ?? []);

    /// <summary>The 67 bars from left to right: `F` full, `A` upper, `D` lower, `T` timing mark; null where R97 allows none.</summary>
    public static string? BarsOf(string postalCode, string address)
    {
        if (Values(postalCode, address) is not { } values)
        {
            return null;
        }

        var bars = new StringBuilder("FD", 67);
        foreach (var value in values)
        {
            bars.Append(Bars[value]);
        }

        return bars.Append("DF").ToString();
    }

    // 7 of the postal code, 13 of the address, and the check that makes the sum a multiple of 19.
    private static List<int>? Values(string postalCode, string address)
    {
        // Digits 6 and 7 are 00: the code of "not listed", which several towns share.
        if (PostalCode.Normal(postalCode) is not { Length: PostalCode.Length } code || code[5..] == "00")
        {
            return null;
        }

        const int filler = 14;
        var values = new List<int>(7 + AddressPlaces + 2);
        foreach (var digit in code)
        {
            values.Add(digit - '0');
        }

        if (!PostalTowns.IsLargeUser(code))
        {
            foreach (var c in AddressExtraction.Extract(PostalTowns.AfterTown(code, address)))
            {
                if (c is >= 'A' and <= 'Z')
                {
                    // A letter takes two places: its group of ten, and its place in it.
                    values.Add(11 + ((c - 'A') / 10));
                    values.Add((c - 'A') % 10);
                }
                else
                {
                    values.Add(c == '-' ? 10 : c - '0');
                }
            }
        }

        CollectionsMarshal.SetCount(values, Math.Min(values.Count, 7 + AddressPlaces));
        while (values.Count < 7 + AddressPlaces)
        {
            values.Add(filler);
        }

        values.Add((19 - (values.Sum() % 19)) % 19);
        return values;
    }
}
