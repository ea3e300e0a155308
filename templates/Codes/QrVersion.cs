using System.Runtime.CompilerServices;

namespace MyNumber.Templates.Codes;

/// <summary>
/// All that symbols of one version share, worked out once: where words go, what is dark in every symbol, the masks.
/// Rows are bits of a word, so that a mask is applied or scored a row at a time.
/// </summary>
internal sealed class QrVersion
{
    /// <summary>Largest version here: 57 modules fit a word, and are 0.43 mm wide in the form's box of 25 mm.</summary>
    public const int Max = 10;

    private const int Masks = 8;

    // ISO/IEC 18004, table 9, level M, by version: error correction words of a block, and blocks.
    private static readonly byte[] EccWordsOf = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
    private static readonly byte[] BlocksOf = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5];

    private static readonly QrVersion[] All = [.. Enumerable.Range(1, Max).Select(number => new QrVersion(number))];

    private readonly ulong[] _function;
    private readonly ulong[][] _drawn;
    private readonly ulong[][] _flips;
    private readonly (byte Row, byte Column)[] _places;
    private readonly int _eccWords;
    private readonly int _blocks;
    private readonly ReedSolomon _correction;

    private QrVersion(int number)
    {
        Number = number;
        Size = 17 + (4 * number);
        (_eccWords, _blocks) = (EccWordsOf[number], BlocksOf[number]);
        _correction = new ReedSolomon(_eccWords);
        (_function, _drawn) = QrPattern.Of(number, Size);
        _places = [.. Zigzag()];
        TotalWords = _places.Length / 8;
        DataWords = TotalWords - (_eccWords * _blocks);
        _flips = [.. Enumerable.Range(0, Masks).Select(mask => Enumerable.Range(0, Size).Select(row =>
            Bits(column => QrPattern.Flips(mask, row, column)) & ~_function[row]).ToArray())];
    }

    /// <summary>1 to 10.</summary>
    public int Number { get; }

    /// <summary>Modules of a side.</summary>
    public int Size { get; }

    /// <summary>All code words.</summary>
    public int TotalWords { get; }

    /// <summary>Code words that carry the text.</summary>
    public int DataWords { get; }

    /// <summary>The smallest version that holds the text; null where none does.</summary>
    public static QrVersion? Holding(QrSegments segments) =>
        Array.Find(All, version => segments.Bits(version.Number) <= version.DataWords * 8);

    /// <summary>The version of that many modules a side; null where there is none.</summary>
    public static QrVersion? OfSize(int size) => Array.Find(All, version => version.Size == size);

    /// <summary>Data and error correction words as they are laid: blocks take turns, word by word.</summary>
    public void Interleave(ReadOnlySpan<byte> data, Span<byte> words)
    {
        Span<byte> correction = stackalloc byte[_eccWords];
        var start = 0;
        for (var block = 0; block < _blocks; block++)
        {
            var part = data.Slice(start, BlockLength(block));
            for (var i = 0; i < part.Length; i++)
            {
                words[DataPlace(block, i)] = part[i];
            }

            _correction.Remainder(part, correction);
            for (var i = 0; i < _eccWords; i++)
            {
                words[DataWords + (i * _blocks) + block] = correction[i];
            }

            start += part.Length;
        }
    }

    /// <summary>Lays the words in their zigzag; function patterns stay empty.</summary>
    public ulong[] Place(ReadOnlySpan<byte> words)
    {
        var rows = new ulong[Size];
        for (var bit = 0; bit < words.Length * 8; bit++)
        {
            var (row, column) = _places[bit];
            rows[row] |= (ulong)((words[bit >> 3] >> (7 - (bit & 7))) & 1) << column;
        }

        return rows;
    }

    /// <summary>The symbol under the mask with the lowest penalty.</summary>
    public QrSymbol Masked(ulong[] placed)
    {
        var best = placed;
        var lowest = int.MaxValue;
        for (var mask = 0; mask < Masks; mask++)
        {
            var rows = Masked(placed, mask);
            var penalty = QrPenalty.Of(rows, lowest);
            if (penalty < lowest)
            {
                (best, lowest) = (rows, penalty);
            }
        }

        return new QrSymbol(best);
    }

    /// <summary>The symbol under one mask: its words flipped, function patterns and format drawn.</summary>
    internal ulong[] Masked(ulong[] placed, int mask)
    {
        var rows = new ulong[Size];
        for (var row = 0; row < Size; row++)
        {
            rows[row] = (placed[row] ^ _flips[mask][row]) | _drawn[mask][row];
        }

        return rows;
    }

    /// <summary>The text of a symbol drawn exactly; null where its fixed parts are not those of any mask.</summary>
    public string? Read(ReadOnlySpan<ulong> rows)
    {
        for (var mask = 0; mask < Masks; mask++)
        {
            if (HasMask(rows, mask))
            {
                return Read(rows, mask);
            }
        }

        return null;
    }

    private bool HasMask(ReadOnlySpan<ulong> rows, int mask)
    {
        for (var row = 0; row < Size; row++)
        {
            if ((rows[row] & _function[row]) != _drawn[mask][row])
            {
                return false;
            }
        }

        return true;
    }

    private string? Read(ReadOnlySpan<ulong> rows, int mask)
    {
        Span<byte> words = stackalloc byte[TotalWords];
        words.Clear();
        for (var bit = 0; bit < TotalWords * 8; bit++)
        {
            var (row, column) = _places[bit];
            words[bit >> 3] |= (byte)((((rows[row] ^ _flips[mask][row]) >> column) & 1) << (7 - (bit & 7)));
        }

        Span<byte> data = stackalloc byte[DataWords];
        var at = 0;
        for (var block = 0; block < _blocks; block++)
        {
            for (var i = 0; i < BlockLength(block); i++)
            {
                data[at++] = words[DataPlace(block, i)];
            }
        }

        return QrSegments.Read(Number, data);
    }

    // The last blocks are longer by one data word, which comes after all others: only long blocks take that turn.
    private int ShortBlocks => _blocks - (DataWords % _blocks);

    private int BlockLength(int block) => (DataWords / _blocks) + (block < ShortBlocks ? 0 : 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int DataPlace(int block, int index) =>
        index < DataWords / _blocks ? (index * _blocks) + block : (index * _blocks) + block - ShortBlocks;

    // Two columns at a time from the right, up and down in turn; column 6 is the timing pattern.
    private IEnumerable<(byte Row, byte Column)> Zigzag()
    {
        for (var right = Size - 1; right >= 1; right -= 2)
        {
            right = right == 6 ? 5 : right;
            var upward = ((right + 1) & 2) == 0;
            for (var step = 0; step < Size; step++)
            {
                var row = upward ? Size - 1 - step : step;
                for (var column = right; column > right - 2; column--)
                {
                    if (((_function[row] >> column) & 1) == 0)
                    {
                        yield return ((byte)row, (byte)column);
                    }
                }
            }
        }
    }

    private ulong Bits(Func<int, bool> isSet) =>
        Enumerable.Range(0, Size).Where(isSet).Aggregate(0UL, (bits, column) => bits | (1UL << column));
}
