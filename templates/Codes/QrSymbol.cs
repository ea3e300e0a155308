namespace MyNumber.Templates.Codes;

/// <summary>Builds one QR symbol: data and error correction words, placement, mask.</summary>
internal static class QrSymbol
{
    // ISO/IEC 18004, table 9, level M, by version: error correction words of a block, and blocks.
    private static readonly byte[] EccWords =
    [
        0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
        26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ];

    private static readonly byte[] Blocks =
    [
        0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
        17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ];

    /// <summary>Largest version there is.</summary>
    public const int VersionMax = 40;

    public static bool[,] Encode(ReadOnlySpan<byte> data)
    {
        var (dark, function) = Unmasked(data);
        return QrPattern.Mask(dark, function);
    }

    /// <summary>The symbol before a mask is chosen, and where its function patterns are.</summary>
    internal static (bool[,] Dark, bool[,] Function) Unmasked(ReadOnlySpan<byte> data)
    {
        var version = 1;
        while (CapacityBytes(version) < data.Length)
        {
            if (++version > VersionMax)
            {
                throw new ArgumentException($"{data.Length} bytes are more than a QR code holds.");
            }
        }

        var words = Interleave(version, DataWords(version, data));
        var (dark, function) = QrPattern.Of(version);
        QrPattern.Place(dark, function, words);
        return (dark, function);
    }

    /// <summary>All code words of a version: modules that are no function patterns, by eight.</summary>
    internal static int TotalWords(int version)
    {
        var modules = ((16 * version) + 128) * version + 64;
        if (version >= 2)
        {
            var alignments = (version / 7) + 2;
            modules -= (((25 * alignments) - 10) * alignments) - 55;
            modules -= version >= 7 ? 36 : 0;
        }

        return modules / 8;
    }

    private static int DataWordCount(int version) => TotalWords(version) - (EccWords[version] * Blocks[version]);

    // Mode (4 bits) and length (8 bits up to version 9, then 16) come before the bytes.
    private static int CapacityBytes(int version) => DataWordCount(version) - (version <= 9 ? 2 : 3);

    private static byte[] DataWords(int version, ReadOnlySpan<byte> data)
    {
        var bits = new BitWriter(DataWordCount(version));
        bits.Write(0b0100, 4);
        bits.Write(data.Length, version <= 9 ? 8 : 16);
        foreach (var value in data)
        {
            bits.Write(value, 8);
        }

        bits.Terminate();
        return bits.Words;
    }

    // Blocks take turns, word by word, first data, then error correction; the last blocks are longer by one data word.
    private static byte[] Interleave(int version, byte[] data)
    {
        var (blocks, ecc, total) = (Blocks[version], EccWords[version], TotalWords(version));
        var shortBlocks = blocks - (total % blocks);
        var shortData = (total / blocks) - ecc;
        var generator = ReedSolomon.Generator(ecc);
        var words = new byte[total];
        var start = 0;
        for (var block = 0; block < blocks; block++)
        {
            var length = shortData + (block < shortBlocks ? 0 : 1);
            var part = data.AsSpan(start, length);
            for (var i = 0; i < length; i++)
            {
                // The extra word of a long block comes after all others: only long blocks take that turn.
                words[i < shortData ? (i * blocks) + block : (shortData * blocks) + block - shortBlocks] = part[i];
            }

            var correction = ReedSolomon.Remainder(part, generator);
            for (var i = 0; i < ecc; i++)
            {
                words[data.Length + (i * blocks) + block] = correction[i];
            }

            start += length;
        }

        return words;
    }

    /// <summary>The data words of interleaved words: the inverse of the above, for reading back.</summary>
    internal static byte[] DataOf(int version, byte[] words)
    {
        var (blocks, ecc, total) = (Blocks[version], EccWords[version], TotalWords(version));
        var shortBlocks = blocks - (total % blocks);
        var shortData = (total / blocks) - ecc;
        var data = new List<byte>(DataWordCount(version));
        for (var block = 0; block < blocks; block++)
        {
            for (var i = 0; i < shortData; i++)
            {
                data.Add(words[(i * blocks) + block]);
            }

            if (block >= shortBlocks)
            {
                data.Add(words[(shortData * blocks) + block - shortBlocks]);
            }
        }

        return [.. data];
    }

    /// <summary>Writes bits, most significant first, into a fixed number of words.</summary>
    private sealed class BitWriter(int count)
    {
        private int _bits;

        public byte[] Words { get; } = new byte[count];

        public void Write(int value, int width)
        {
            for (var i = width - 1; i >= 0; i--, _bits++)
            {
                Words[_bits >> 3] |= (byte)(((value >> i) & 1) << (7 - (_bits & 7)));
            }
        }

        // Up to four zero bits, zero bits to the word's end, then the two pad words in turn.
        public void Terminate()
        {
            _bits = Math.Min(_bits + 4, Words.Length * 8);
            var word = (_bits + 7) / 8;
            for (var pad = 0xEC; word < Words.Length; word++, pad ^= 0xEC ^ 0x11)
            {
                Words[word] = (byte)pad;
            }
        }
    }
}
