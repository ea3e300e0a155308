using System.Numerics;

namespace MyNumber.Templates.Codes;

/// <summary>The penalty by which the mask of a QR symbol is chosen (ISO/IEC 18004, 7.8.3), a row at a time.</summary>
internal static class QrPenalty
{
    /// <summary>Sum of the four rules over a symbol of at most 63 modules a side; bit 0 of a row is the leftmost.</summary>
    /// <param name="rows">The symbol.</param>
    /// <param name="enough">Where the sum comes to that many before its end, the rest is not looked at.</param>
    public static int Of(ReadOnlySpan<ulong> rows, int enough)
    {
        var size = rows.Length;
        var all = (1UL << size) - 1;
        var (penalty, dark, runBefore) = (0, 0, 0UL);
        for (var row = 0; row < size && penalty < enough; row++)
        {
            var bits = rows[row];
            dark += BitOperations.PopCount(bits);

            // Rules 1 and 3 along the row: bit i of `same` says that modules i and i + 1 are alike.
            var same = ~(bits ^ (bits >> 1)) & (all >> 1);
            penalty += Runs(same & (same >> 1) & (same >> 2) & (same >> 3), 0, shifted: true);
            penalty += 40 * FinderLike(bits, size);

            // Rule 2, and rules 1 and 3 down the columns, for all columns at once.
            if (row + 1 < size)
            {
                var below = ~(bits ^ rows[row + 1]);
                penalty += 3 * BitOperations.PopCount(same & below & ~(rows[row + 1] ^ (rows[row + 1] >> 1)) & (all >> 1));
            }

            if (row + 4 < size)
            {
                var run = ~(bits ^ rows[row + 1]) & ~(bits ^ rows[row + 2]) & ~(bits ^ rows[row + 3]) & ~(bits ^ rows[row + 4]) & all;
                penalty += Runs(run, runBefore, shifted: false);
                runBefore = run;
            }

            if (row + 10 < size)
            {
                penalty += 40 * FinderLike(rows.Slice(row, 11), all);
            }
        }

        // Ten for each full 5 % by which the share of dark modules differs from a half.
        var total = size * size;
        return penalty + (Math.Abs((dark * 20) - (total * 10)) / total * 10);
    }

    // A set bit is a stretch of five alike. A run of n ≥ 5 has n - 4 of them and costs n - 2: one each, two for the first.
    private static int Runs(ulong fives, ulong before, bool shifted) =>
        BitOperations.PopCount(fives) + (2 * BitOperations.PopCount(fives & ~(shifted ? fives << 1 : before)));

    // Dark-light-dark 1:1:3:1:1 with four light modules before or behind it: how often in a row.
    private static int FinderLike(ulong bits, int size)
    {
        var light = ~bits & ((1UL << size) - 1);
        var finder = bits & (light >> 1) & (bits >> 2) & (bits >> 3) & (bits >> 4) & (light >> 5) & (bits >> 6);
        if (finder == 0)
        {
            return 0;
        }

        var four = light & (light >> 1) & (light >> 2) & (light >> 3);
        return BitOperations.PopCount(finder & (four << 4)) + BitOperations.PopCount(finder & (four >> 7));
    }

    // The same downwards in eleven rows, in all columns at once.
    private static int FinderLike(ReadOnlySpan<ulong> rows, ulong all)
    {
        var ahead = rows[0] & ~rows[1] & rows[2] & rows[3] & rows[4] & ~rows[5] & rows[6] & ~rows[7] & ~rows[8] & ~rows[9] & ~rows[10];
        var behind = ~rows[0] & ~rows[1] & ~rows[2] & ~rows[3] & rows[4] & ~rows[5] & rows[6] & rows[7] & rows[8] & ~rows[9] & rows[10];
        return BitOperations.PopCount(ahead) + BitOperations.PopCount(behind & all);
    }
}
