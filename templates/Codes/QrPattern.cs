using System.Collections.Concurrent;

namespace MyNumber.Templates.Codes;

/// <summary>The matrix of a QR symbol: function patterns, placement of the words, choice of the mask.</summary>
internal static class QrPattern
{
    // Drawn once a version: a file has thousands of symbols of one version.
    private static readonly ConcurrentDictionary<int, (bool[,] Dark, bool[,] Function)> Drawn = new();

    /// <summary>What every symbol of a version has; the second matrix says where (no data goes there).</summary>
    public static (bool[,] Dark, bool[,] Function) Of(int version)
    {
        var (dark, function) = Drawn.GetOrAdd(version, Draw);
        return ((bool[,])dark.Clone(), function);
    }

    private static (bool[,] Dark, bool[,] Function) Draw(int version)
    {
        var size = 17 + (4 * version);
        var (dark, function) = (new bool[size, size], new bool[size, size]);
        void Set(int row, int column, bool value)
        {
            if (row >= 0 && row < size && column >= 0 && column < size)
            {
                (dark[row, column], function[row, column]) = (value, true);
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

        var centres = AlignmentCentres(version);
        foreach (var row in centres)
        {
            foreach (var column in centres)
            {
                // The three corners belong to the finders.
                var atFinder = (row == 6 && column == 6) || (row == 6 && column == size - 7) || (row == size - 7 && column == 6);
                if (!atFinder)
                {
                    Square(Set, row, column, 2, distance => distance != 1);
                }
            }
        }

        DrawFormat(dark, function, 0);
        DrawVersion(Set, version, size);
        return (dark, function);
    }

    /// <summary>Lays the words in their zigzag, leaving function patterns out.</summary>
    public static void Place(bool[,] dark, bool[,] function, byte[] words)
    {
        var bit = 0;
        foreach (var (row, column) in Zigzag(function).Take(words.Length * 8))
        {
            dark[row, column] = ((words[bit >> 3] >> (7 - (bit & 7))) & 1) == 1;
            bit++;
        }
    }

    /// <summary>Takes the words out again.</summary>
    public static byte[] Words(bool[,] dark, bool[,] function, int count)
    {
        var words = new byte[count];
        var bit = 0;
        foreach (var (row, column) in Zigzag(function).Take(count * 8))
        {
            words[bit >> 3] |= (byte)((dark[row, column] ? 1 : 0) << (7 - (bit & 7)));
            bit++;
        }

        return words;
    }

    // Two columns at a time from the right, up and down in turn; column 6 is the timing pattern.
    private static IEnumerable<(int Row, int Column)> Zigzag(bool[,] function)
    {
        var size = function.GetLength(0);
        for (var right = size - 1; right >= 1; right -= 2)
        {
            right = right == 6 ? 5 : right;
            var upward = ((right + 1) & 2) == 0;
            for (var step = 0; step < size; step++)
            {
                var row = upward ? size - 1 - step : step;
                for (var column = right; column > right - 2; column--)
                {
                    if (!function[row, column])
                    {
                        yield return (row, column);
                    }
                }
            }
        }
    }

    /// <summary>The symbol under the mask with the lowest penalty, format information drawn.</summary>
    public static bool[,] Mask(bool[,] dark, bool[,] function)
    {
        bool[,]? best = null;
        var lowest = int.MaxValue;
        for (var mask = 0; mask < 8; mask++)
        {
            var masked = Masked(dark, function, mask);
            var penalty = QrPenalty.Of(masked);
            if (penalty < lowest)
            {
                (best, lowest) = (masked, penalty);
            }
        }

        return best!;
    }

    /// <summary>The symbol under one mask.</summary>
    internal static bool[,] Masked(bool[,] dark, bool[,] function, int mask)
    {
        var size = dark.GetLength(0);
        var masked = (bool[,])dark.Clone();
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                masked[row, column] ^= !function[row, column] && Flips(mask, row, column);
            }
        }

        DrawFormat(masked, null, mask);
        return masked;
    }

    private static bool Flips(int mask, int row, int column) => mask switch
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

    private static int[] AlignmentCentres(int version)
    {
        if (version == 1)
        {
            return [];
        }

        var (count, last) = ((version / 7) + 2, 10 + (4 * version));
        // Evenly spaced from the last back to 6, in even steps; version 32 is the table's one exception.
        var step = version == 32 ? 26 : ((version * 4) + (count * 2) + 1) / ((count * 2) - 2) * 2;
        return [6, .. Enumerable.Range(0, count - 1).Select(i => last - ((count - 2 - i) * step))];
    }

    // Level M is 00, then the mask, then a BCH(15,5) remainder, the whole masked so that it is never all light.
    private static void DrawFormat(bool[,] dark, bool[,]? function, int mask)
    {
        void Set(int row, int column, bool value)
        {
            dark[row, column] = value;
            if (function is not null)
            {
                function[row, column] = true;
            }
        }

        var size = dark.GetLength(0);
        var remainder = mask;
        for (var i = 0; i < 10; i++)
        {
            remainder = (remainder << 1) ^ ((remainder >> 9) * 0x537);
        }

        var bits = ((mask << 10) | remainder) ^ 0x5412;
        for (var i = 0; i < 15; i++)
        {
            var value = ((bits >> i) & 1) == 1;
            var (row, column) = i switch
            {
                < 6 => (i, 8),
                6 => (7, 8),
                7 => (8, 8),
                8 => (8, 7),
                _ => (8, 14 - i),
            };
            Set(row, column, value);
            (row, column) = i < 8 ? (8, size - 1 - i) : (size - 15 + i, 8);
            Set(row, column, value);
        }

        Set(size - 8, 8, true);
    }

    private static void DrawVersion(Action<int, int, bool> set, int version, int size)
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
            var value = ((bits >> i) & 1) == 1;
            set(i / 3, size - 11 + (i % 3), value);
            set(size - 11 + (i % 3), i / 3, value);
        }
    }
}
