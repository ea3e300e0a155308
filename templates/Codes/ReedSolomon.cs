using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MyNumber.Templates.Codes;

/// <summary>Error correction words over GF(256) with the polynomial of QR codes (0x11D), up to 32 of them.</summary>
internal sealed class ReedSolomon
{
    private const int Row = 32;

    private readonly int _degree;

    // For each value of a data word the generator polynomial times it, padded to a whole vector.
    private readonly byte[] _multiples = new byte[256 * Row];

    public ReedSolomon(int degree)
    {
        _degree = degree;
        var generator = Generator(degree);
        for (var value = 1; value < 256; value++)
        {
            for (var i = 0; i < degree; i++)
            {
                _multiples[(value * Row) + i] = Multiply(generator[i], value);
            }
        }
    }

    /// <summary>The error correction words of <paramref name="data"/>: the remainder of a division by the generator.</summary>
    public void Remainder(ReadOnlySpan<byte> data, Span<byte> correction)
    {
        Span<byte> work = stackalloc byte[data.Length + Row];
        data.CopyTo(work);
        work[data.Length..].Clear();
        for (var i = 0; i < data.Length; i++)
        {
            var next = MemoryMarshal.Cast<byte, Vector256<byte>>(work.Slice(i + 1, Row));
            next[0] ^= MemoryMarshal.Cast<byte, Vector256<byte>>(_multiples.AsSpan(work[i] * Row, Row))[0];
        }

        work.Slice(data.Length, _degree).CopyTo(correction);
    }

    // Highest power first, without its leading 1.
    private static byte[] Generator(int degree)
    {
        var result = new byte[degree];
        result[^1] = 1;
        byte root = 1;
        for (var i = 0; i < degree; i++)
        {
            for (var j = 0; j < degree; j++)
            {
                result[j] = Multiply(result[j], root);
                if (j + 1 < degree)
                {
                    result[j] ^= result[j + 1];
                }
            }

            root = Multiply(root, 2);
        }

        return result;
    }

    private static byte Multiply(int a, int b)
    {
        var product = 0;
        for (; b > 0; b >>= 1)
        {
            product ^= (b & 1) * a;
            a = (a << 1) ^ ((a >> 7) * 0x11D);
        }

        return (byte)product;
    }
}
