using System.Globalization;
using System.Text;

namespace MyNumber.Templates.Codes;

/// <summary>The text of a symbol as bits: a byte segment, then a numeric one where that is shorter.</summary>
internal readonly struct QrSegments
{
    private const int ModeBits = 4, NumericMode = 0b0001, ByteMode = 0b0100;

    // Fewer digits are shorter as bytes: a segment of their own costs 14 bits or more.
    private const int DigitsMin = 6;

    private readonly byte[] _bytes;
    private readonly string _digits;

    public QrSegments(string text)
    {
        var start = text.Length;
        while (start > 0 && char.IsAsciiDigit(text[start - 1]))
        {
            start--;
        }

        start = text.Length - start < DigitsMin ? text.Length : start;
        (_bytes, _digits) = (Encoding.UTF8.GetBytes(text, 0, start), text[start..]);
    }

    /// <summary>Bits in a symbol of that version.</summary>
    public int Bits(int version) =>
        (_bytes.Length == 0 ? 0 : ModeBits + ByteCountBits(version) + (8 * _bytes.Length))
        + (_digits.Length == 0 ? 0 : ModeBits + DigitCountBits(version) + (_digits.Length / 3 * 10) + DigitBits(_digits.Length % 3));

    /// <summary>Writes the segments and what fills the words up behind them.</summary>
    public void Write(QrVersion version, Span<byte> words)
    {
        words.Clear();
        var bits = new BitWriter(words);
        if (_bytes.Length > 0)
        {
            bits.Write(ByteMode, ModeBits);
            bits.Write(_bytes.Length, ByteCountBits(version.Number));
            foreach (var value in _bytes)
            {
                bits.Write(value, 8);
            }
        }

        if (_digits.Length > 0)
        {
            bits.Write(NumericMode, ModeBits);
            bits.Write(_digits.Length, DigitCountBits(version.Number));
            for (var i = 0; i < _digits.Length; i += 3)
            {
                var group = _digits.AsSpan(i, Math.Min(3, _digits.Length - i));
                bits.Write(int.Parse(group, NumberStyles.None, CultureInfo.InvariantCulture),
                    group.Length == 3 ? 10 : DigitBits(group.Length));
            }
        }

        bits.Terminate();
    }

    /// <summary>The text of the data words; null where they are no segments of these two kinds.</summary>
    public static string? Read(int version, ReadOnlySpan<byte> words)
    {
        var bits = new BitReader(words);
        var text = new StringBuilder();
        while (bits.Left >= ModeBits && bits.Read(ModeBits) is > 0 and var mode)
        {
            var count = mode switch
            {
                ByteMode => bits.Read(ByteCountBits(version)),
                NumericMode => bits.Read(DigitCountBits(version)),
                _ => -1,
            };
            if (count < 0 || count * (mode == ByteMode ? 8 : 3) > bits.Left)
            {
                return null;
            }

            Append(text, ref bits, mode, count);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ref BitReader bits, int mode, int count)
    {
        if (mode == ByteMode)
        {
            var bytes = new byte[count];
            for (var i = 0; i < count; i++)
            {
                bytes[i] = (byte)bits.Read(8);
            }

            text.Append(Encoding.UTF8.GetString(bytes));
            return;
        }

        for (var left = count; left > 0; left -= 3)
        {
            var digits = Math.Min(3, left);
            text.Append(bits.Read(digits == 3 ? 10 : DigitBits(digits)).ToString("D" + digits, CultureInfo.InvariantCulture));
        }
    }

    private static int ByteCountBits(int version) => version <= 9 ? 8 : 16;

    private static int DigitCountBits(int version) => version <= 9 ? 10 : 12;

    private static int DigitBits(int rest) => rest switch { 0 => 0, 1 => 4, _ => 7 };

    /// <summary>Writes bits, most significant first.</summary>
    private ref struct BitWriter(Span<byte> words)
    {
        private readonly Span<byte> _words = words;
        private int _bits;

        public void Write(int value, int width)
        {
            for (var i = width - 1; i >= 0; i--, _bits++)
            {
                _words[_bits >> 3] |= (byte)(((value >> i) & 1) << (7 - (_bits & 7)));
            }
        }

        // Up to four zero bits, zero bits to the word's end, then the two pad words in turn.
        public void Terminate()
        {
            _bits = Math.Min(_bits + 4, _words.Length * 8);
            var word = (_bits + 7) / 8;
            for (var pad = 0xEC; word < _words.Length; word++, pad ^= 0xEC ^ 0x11)
            {
                _words[word] = (byte)pad;
            }
        }
    }

    private ref struct BitReader(ReadOnlySpan<byte> words)
    {
        private readonly ReadOnlySpan<byte> _words = words;
        private int _bits;

        public readonly int Left => (_words.Length * 8) - _bits;

        public int Read(int width)
        {
            var value = 0;
            for (var i = 0; i < width && _bits < _words.Length * 8; i++, _bits++)
            {
                value = (value << 1) | ((_words[_bits >> 3] >> (7 - (_bits & 7))) & 1);
            }

            return value;
        }
    }
}
