namespace MyNumber.Templates.Codes;

/// <summary>The penalty by which the mask of a QR symbol is chosen (ISO/IEC 18004, 7.8.3).</summary>
internal static class QrPenalty
{
    /// <summary>Sum of the four rules.</summary>
    public static int Of(bool[,] dark)
    {
        var size = dark.GetLength(0);
        var penalty = 0;
        var count = 0;
        Span<bool> row = stackalloc bool[size];
        Span<bool> column = stackalloc bool[size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                (row[j], column[j]) = (dark[i, j], dark[j, i]);
            }

            penalty += Line(row) + Line(column);
            for (var j = 0; j < size; j++)
            {
                count += dark[i, j] ? 1 : 0;
                if (i > 0 && j > 0 && dark[i, j] == dark[i - 1, j] && dark[i, j] == dark[i, j - 1]
                    && dark[i, j] == dark[i - 1, j - 1])
                {
                    penalty += 3;
                }
            }
        }

        // Ten for each full 5 % by which the share of dark modules differs from a half.
        var total = size * size;
        return penalty + (Math.Abs((count * 20) - (total * 10)) / total * 10);
    }

    // Runs of five or more, and dark-light-dark 1:1:3:1:1 with four light modules on a side.
    private static int Line(ReadOnlySpan<bool> dark)
    {
        var (penalty, run) = (0, 0);
        var window = 0;
        for (var j = 0; j < dark.Length; j++)
        {
            run = j > 0 && dark[j] == dark[j - 1] ? run + 1 : 1;
            penalty += run == 5 ? 3 : run > 5 ? 1 : 0;
            window = ((window << 1) | (dark[j] ? 1 : 0)) & 0x7FF;
            penalty += j >= 10 && window is 0b10111010000 or 0b00001011101 ? 40 : 0;
        }

        return penalty;
    }
}
