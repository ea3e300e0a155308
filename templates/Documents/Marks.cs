using System.Numerics;
using MyNumber.Templates.Codes;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>Codes drawn on a page.</summary>
internal static class Marks
{
    /// <summary>Smallest module that a scan of 200 dpi still shows, mm (DESIGN.md, Printing).</summary>
    public const double QrModuleMmMin = 0.42;

    /// <summary>A QR code that fills a square box, as one path; too long a text refuses the page.</summary>
    public static void Qr(this Canvas canvas, Box box, string text)
    {
        if (QrCode.Encode(text) is not { } symbol || box.WidthMm / symbol.Size < QrModuleMmMin)
        {
            canvas.Refuse(Canvas.DoesNotFit);
            return;
        }

        var module = box.WidthMm / symbol.Size;
        Span<Modules> dark = stackalloc Modules[RectanglesMax];
        canvas.Code(box.XMm, box.YMm, module, module, dark[..Rectangles(symbol, dark)]);
    }

    // No two rectangles begin at one module, and no two dark runs of a row touch.
    private const int RectanglesMax = 57 * 29;

    // Few rectangles make a short file: from the first module not yet covered, the wider of a run taken downwards and a
    // column taken to the right, whichever covers more that is new.
    private static int Rectangles(QrSymbol symbol, Span<Modules> found)
    {
        var rows = symbol.Rows;
        var count = 0;
        Span<ulong> covered = stackalloc ulong[rows.Length];
        covered.Clear();
        for (var y = 0; y < rows.Length; y++)
        {
            while ((rows[y] & ~covered[y]) is not 0 and var open)
            {
                var x = BitOperations.TrailingZeroCount(open);
                var best = Grown(rows, x, y, RunFrom(rows[y], x));
                if (IsDark(rows, x, y + 1) && Tall(rows, x, y) is var tall && NewIn(rows, covered, tall) > NewIn(rows, covered, best))
                {
                    best = tall;
                }

                for (var row = best.Y; row < best.Y + best.Height; row++)
                {
                    covered[row] |= Mask(best);
                }

                found[count++] = best;
            }
        }

        return count;
    }

    private static bool IsDark(ReadOnlySpan<ulong> rows, int x, int y) => y < rows.Length && ((rows[y] >> x) & 1) == 1;

    private static int RunFrom(ulong row, int x) => BitOperations.TrailingZeroCount(~(row >> x));

    // That many modules from (x, y), and down as far as all of them are dark.
    private static Modules Grown(ReadOnlySpan<ulong> rows, int x, int y, int width)
    {
        var mask = Mask(new Modules(x, y, width, 1));
        var height = 1;
        while (y + height < rows.Length && (rows[y + height] & mask) == mask)
        {
            height++;
        }

        return new Modules(x, y, width, height);
    }

    private static Modules Tall(ReadOnlySpan<ulong> rows, int x, int y)
    {
        var column = Grown(rows, x, y, 1);
        var common = rows[y];
        for (var row = y + 1; row < y + column.Height; row++)
        {
            common &= rows[row];
        }

        return column with { Width = RunFrom(common, x) };
    }

    private static int NewIn(ReadOnlySpan<ulong> rows, ReadOnlySpan<ulong> covered, Modules box)
    {
        var count = 0;
        for (var row = box.Y; row < box.Y + box.Height; row++)
        {
            count += BitOperations.PopCount(Mask(box) & rows[row] & ~covered[row]);
        }

        return count;
    }

    private static ulong Mask(Modules box) => ((1UL << box.Width) - 1) << box.X;
}
