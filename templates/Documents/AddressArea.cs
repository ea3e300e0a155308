using MyNumber.Templates.Codes;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>
/// The addressee of a piece: postal code, address, name, and the customer barcode alone under the name (R97). On A4 it
/// stands where the window of the envelope is; on the postcard in columns on the right half of the front.
/// </summary>
internal static class AddressArea
{
    /// <summary>The zone on A4, behind the window (90 × 48 mm, 20 mm from the left, 12 mm from the top).</summary>
    public static readonly Box Window = new(20, 14, 90, 46);

    /// <summary>The zones on the front of a postcard: postal code, then address and name.</summary>
    public static readonly Box[] Postcard = [new(42, 10, 52, 10), new(61, 24, 32, 106)];

    // Size a of the manual, in points: 67 bars take 72 mm. Long bar 3.6·a/10, pitch 1.2·a/10 and so on.
    private const double SizeA = 9;

    private static readonly TextStyle Code = new(Typeface.Gothic, 12);

    /// <summary>Draws the addressee into the window of an A4 sheet.</summary>
    public static void InWindow(Canvas canvas, PieceData piece)
    {
        var to = Addressee.Of(piece);
        canvas.Text(Code, Window.XMm + 2, Window.YMm + 5, Wording.PostalCode(to.PostalCode));
        canvas.Fit(Typeface.Gothic, new Box(Window.XMm + 2, Window.YMm + 6.5, 86, 14), to.Address, 11, ApplicationForms.ReadBackPtMin);
        canvas.Fit(Typeface.Gothic, new Box(Window.XMm + 2, Window.YMm + 21.2, 86, 12.6), to.Name + "　様", 14,
            ApplicationForms.ReadBackPtMin);
        Barcode(canvas, Window.XMm + 4, Window.YMm + 36.5, to);
    }

    /// <summary>
    /// Draws the addressee on the front of a postcard: the seven digits at their places at the top, the address in columns
    /// from the right, the name larger in the middle, and the customer barcode left of it, turned as the columns are.
    /// </summary>
    public static void OnPostcard(Canvas canvas, PieceData piece)
    {
        var to = Addressee.Of(piece);
        var digits = Wording.PostalCode(to.PostalCode).Replace("-", "", StringComparison.Ordinal);
        // Frame of a postcard: 12 mm from the top, 8 mm from the right, boxes 5.7 × 8 mm.
        double[] left = [44.3, 51.3, 58.3, 65.9, 72.7, 79.5, 86.3];
        for (var i = 0; i < digits.Length; i++)
        {
            canvas.Text(new TextStyle(Typeface.Gothic, 15), left[i] + 2.85, 18, digits.AsSpan(i, 1), Align.Centre);
        }

        canvas.FitColumns(Typeface.Gothic, new Box(76, 26, 16, 102), to.Address, 12.5, ApplicationForms.ReadBackPtMin);
        canvas.FitColumns(Typeface.Gothic, new Box(62, 38, 13, 90), to.Name + "　様", 20, ApplicationForms.ReadBackPtMin);
        if (CustomerBarcode.BarsOf(to.PostalCode, to.Address) is { } types)
        {
            Span<Modules> bars = stackalloc Modules[types.Length];
            Bars(types, bars);
            foreach (ref var bar in bars)
            {
                // Turned clockwise: what was at the top is at the right.
                bar = new Modules(BarThirds - bar.Y - bar.Height, bar.X, bar.Height, bar.Width);
            }

            canvas.Code(56, 38, ThirdMm, BarMm, bars);
        }
    }

    private static void Barcode(Canvas canvas, double xMm, double yMm, Addressee to)
    {
        if (CustomerBarcode.BarsOf(to.PostalCode, to.Address) is { } types)
        {
            Span<Modules> bars = stackalloc Modules[types.Length];
            Bars(types, bars);
            canvas.Code(xMm, yMm, BarMm, ThirdMm, bars);
        }
    }

    // Full bars reach up and down from the timing mark in the middle; heights 3.6, 2.4 and 1.2 mm at 10 points.
    private const double BarMm = 0.6 * SizeA / 10, ThirdMm = 1.2 * SizeA / 10;
    private const int BarThirds = 3;

    private static void Bars(string types, Span<Modules> bars)
    {
        for (var i = 0; i < bars.Length; i++)
        {
            bars[i] = types[i] switch
            {
                'F' => new Modules(2 * i, 0, 1, 3),
                'A' => new Modules(2 * i, 0, 1, 2),
                'D' => new Modules(2 * i, 1, 1, 2),
                _ => new Modules(2 * i, 1, 1, 1),
            };
        }
    }
}

/// <summary>To whom a piece goes: the outside address where one is given, else the register's (R43).</summary>
/// <param name="Name">Without the polite ending.</param>
/// <param name="PostalCode">Seven digits in their one form (R96), or empty.</param>
/// <param name="Address">Never mixed from two sources: postal code and address come from one.</param>
internal sealed record Addressee(string Name, string PostalCode, string Address)
{
    public static Addressee Of(PieceData piece)
    {
        var name = piece.ToName ?? piece.HouseholdHead ?? piece.Name ?? "";
        if (!string.IsNullOrEmpty(piece.ToAddress))
        {
            return new Addressee(name, Normal(piece.ToPostalCode), piece.ToAddress);
        }

        return string.IsNullOrEmpty(piece.DeliveryAddress)
            ? new Addressee(name, Normal(piece.PostalCode), piece.Address ?? "")
            : new Addressee(name, Normal(piece.DeliveryPostalCode), piece.DeliveryAddress);
    }

    // What is no postal code is none: then the piece is withheld (R96).
    private static string Normal(string? code) => Codes.PostalCode.Normal(code) ?? "";
}
