namespace MyNumber.Templates.Codes;

/// <summary>The function patterns of a QR symbol: finders, timing, alignment, format and version information.</summary>
internal static class QrPattern
{
    /// <summary>
    /// Where no data goes, and what is dark there under each of the eight masks (the format information tells the mask).
    /// </summary>
    public static (ulong[] Function, ulong[][] Drawn) Of(int version, int size)
    {
        var (dark, function) = (new ulong[size], new ulong[size]);
        void Set(int row, int column, bool isDark)
        {
            if (row >= 0 && row < size && column >= 0 && column < size)
            {
                function[row] |= 1UL << column;
                dark[row] = isDark ? dark[row] | (1UL << column) : dark[row] & ~(1UL << column);
            }
        }

        for (var i = 0; i < size; i++)
        {
            Set(6, i, i % 2 == 0);
            Set(i, 6, i % 2 == 0);
        }

        foreach (var (row, column) in new[] { (3, 3), (3, size - 4), (size - 4, 3) })
        {
            Square(Set, row, column, 4, distance => distance is not (2 or 4));
        }

        Alignments(Set, version, size);
        VersionInformation(Set, version, size);
        var drawn = new ulong[8][];
        for (var mask = 0; mask < drawn.Length; mask++)
        {
            Format(Set, size, mask);
            drawn[mask] = [.. dark];
        }

        return (function, drawn);
    }

    /// <summary>Whether a mask turns the module over.</summary>
    public static bool Flips(int mask, int row, int column) => mask switch
    {
        0 => (row + column) % 2 == 0,
        1 => row % 2 == 0,
        2 => column % 3 == 0,
        3 => (row + column) % 3 == 0,
        4 => ((row / 2) + (column / 3)) % 2 == 0,
        5 => (row * column % 2) + (row * column % 3) == 0,
        6 => ((row * column % 2) + (row * column % 3)) % 2 == 0,
        _ => (((row + column) % 2) + (row * column % 3)) % 2 == 0,
    };

    private static void Square(Action<int, int, bool> set, int row, int column, int reach, Func<int, bool> isDark)
    {
        for (var down = -reach; down <= reach; down++)
        {
            for (var right = -reach; right <= reach; right++)
            {
                set(row + down, column + right, isDark(Math.Max(Math.Abs(down), Math.Abs(right))));
            }
        }
    }

    private static void Alignments(Action<int, int, bool> set, int version, int size)
    {
        // Up to version 6 there is one in the lower right, then three a side; the three corners belong to the finders.
        int[] centres = version switch
        {
            1 => [],
            < 7 => [6, size - 7],
            _ => [6, (size - 1) / 2, size - 7],
        };
        foreach (var row in centres)
        {
            foreach (var column in centres)
            {
                var atFinder = (row == 6 && column == 6) || (row == 6 && column == size - 7) || (row == size - 7 && column == 6);
                if (!atFinder)
                {
                    Square(set, row, column, 2, distance => distance != 1);
                }
            }
        }
    }

    // Level M is 00, then the mask, then a BCH(15,5) remainder, the whole masked so that it is never all light.
    private static void Format(Action<int, int, bool> set, int size, int mask)
    {
        var remainder = mask;
        for (var i = 0; i < 10; i++)
        {
            remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537);
        }

        var bits = ((mask << 10) | remainder) ^ 0x5412;
        for (var i = 0; i < 15; i++)
        {
            var isDark = ((bits >> i) & 1) == 1;
            var (row, column) = i switch
            {
                < 6 => (i, 8),
                6 => (7, 8),
                7 => (8, 8),
                8 => (8, 7),
                _ => (8, 14 - i),
            };
            set(row, column, isDark);
            (row, column) = i < 8 ? (8, size - 1 - i) : (size - 15 + i, 8);
            set(row, column, isDark);
        }

        set(size - 8, 8, true);
    }

    private static void VersionInformation(Action<int, int, bool> set, int version, int size)
    {
        if (version < 7)
        {
            return;
        }

        var remainder = version;
        for (var i = 0; i < 12; i++)
        {
            remainder = (remainder << 1) ^ ((remainder >> 11) * 0x1F25);
        }

        var bits = (version << 12) | remainder;
        for (var i = 0; i < 18; i++)
        {
            var isDark = ((bits >> i) & 1) == 1;
            set(i / 3, size - 11 + (i % 3), isDark);
            set(size - 11 + (i % 3), i / 3, isDark);
        }
    }
}
