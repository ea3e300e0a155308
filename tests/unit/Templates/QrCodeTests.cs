using System.Text;
using MyNumber.Templates.Codes;
using QRCoder;

namespace MyNumber.Tests.Unit.OfTemplates;

/// <summary>Our encoder against QRCoder, module by module, in every version that we print.</summary>
public sealed class QrCodeTests
{
    private const int BytesMax = 213; // Of version 10, level M.

    [Fact]
    public void Every_length_of_bytes_equals_qrcoders_symbol()
    {
        for (var length = 1; length <= BytesMax; length++)
        {
            AssertSame(string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + ((i * 7 + length) % 26)))));
        }
    }

    [Theory]
    [InlineData("01234567890123456789012")]
    [InlineData("1234567")]
    [InlineData("12345678")]
    public void Digits_alone_equal_qrcoders_symbol(string digits) => AssertSame(digits);

    [Fact]
    public void Digits_behind_an_address_take_a_segment_of_their_own()
    {
        // 66 bytes need version 5; with the 23 digits packed, version 4 holds them.
        const string text = "https://net.kojinbango-card.go.jp/apply?id=01234567890123456789012";
        Assert.Equal(33, QrCode.Encode(text)!.Size);
        Assert.Equal(37, QrCode.Encode(text[..^1] + "x")!.Size);
    }

    [Fact]
    public void What_version_10_cannot_hold_is_refused()
    {
        Assert.NotNull(QrCode.Encode(new string('z', BytesMax)));
        Assert.Null(QrCode.Encode(new string('z', BytesMax + 1)));
    }

    [Fact]
    public void A_symbol_reads_back_as_its_text()
    {
        const string text = "https://net.kojinbango-card.go.jp/apply?id=01234567890123456789012";
        var symbol = QrCode.Encode(text)!;
        Assert.Equal(text, QrReading.Decode(symbol));
        // Printed exactly, or not at all: one module turned over anywhere is refused.
        for (var module = 0; module < symbol.Size * symbol.Size; module += 7)
        {
            var rows = symbol.Rows.ToArray();
            rows[module / symbol.Size] ^= 1UL << (module % symbol.Size);
            Assert.Null(QrReading.Decode(new QrSymbol(rows)));
        }
    }

    [Fact]
    public void The_penalty_is_the_standards_counted_module_by_module()
    {
        foreach (var text in new[] { "a", "0123456789", new string('q', 60), new string('r', 120), new string('s', BytesMax) })
        {
            var version = QrVersion.Holding(new QrSegments(text))!;
            var placed = QrCode.Encode(text)!.Rows.ToArray();
            for (var mask = 0; mask < 8; mask++)
            {
                var rows = version.Masked(placed, mask);
                Assert.Equal(PlainPenalty(Matrix(new QrSymbol(rows))), QrPenalty.Of(rows, enough: int.MaxValue));
            }
        }
    }

    private static void AssertSame(string text)
    {
        using var generator = new QRCodeGenerator();
        using var theirs = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var ours = QrCode.Encode(text)!;
        Assert.Equal(ours.Size + 8, theirs.ModuleMatrix.Count); // They add a quiet zone of four.
        // Which mask scores best may differ where two implementations of the penalty round differently: theirs is one of
        // our eight, and so is ours.
        var version = QrVersion.OfSize(ours.Size)!;
        var segments = new QrSegments(text);
        var (data, words) = (new byte[version.DataWords], new byte[version.TotalWords]);
        segments.Write(version, data);
        version.Interleave(data, words);
        var symbols = Enumerable.Range(0, 8).Select(mask => new QrSymbol(version.Masked(version.Place(words), mask))).ToList();
        Assert.Contains(symbols, symbol => Enumerable.Range(0, ours.Size).All(row => Enumerable.Range(0, ours.Size)
            .All(column => symbol.IsDark(row, column) == theirs.ModuleMatrix[row + 4][column + 4])));
        Assert.Contains(symbols, symbol => symbol.Rows.SequenceEqual(ours.Rows));
    }

    private static bool[,] Matrix(QrSymbol symbol)
    {
        var dark = new bool[symbol.Size, symbol.Size];
        for (var row = 0; row < symbol.Size; row++)
        {
            for (var column = 0; column < symbol.Size; column++)
            {
                dark[row, column] = symbol.IsDark(row, column);
            }
        }

        return dark;
    }

    // ISO/IEC 18004, 7.8.3, written down as it is said.
    private static int PlainPenalty(bool[,] dark)
    {
        var size = dark.GetLength(0);
        var (penalty, count) = (0, 0);
        for (var i = 0; i < size; i++)
        {
            var (row, column) = (new StringBuilder(), new StringBuilder());
            for (var j = 0; j < size; j++)
            {
                row.Append(dark[i, j] ? '1' : '0');
                column.Append(dark[j, i] ? '1' : '0');
                count += dark[i, j] ? 1 : 0;
                if (i > 0 && j > 0 && dark[i, j] == dark[i - 1, j] && dark[i, j] == dark[i, j - 1] && dark[i, j] == dark[i - 1, j - 1])
                {
                    penalty += 3;
                }
            }

            foreach (var line in new[] { row.ToString(), column.ToString() })
            {
                penalty += System.Text.RegularExpressions.Regex.Matches(line, "0{5,}|1{5,}").Sum(run => run.Length - 2);
                penalty += 40 * Enumerable.Range(0, size - 10).Count(at => line[at..(at + 11)] is "10111010000" or "00001011101");
            }
        }

        return penalty + (Math.Abs((count * 20) - (size * size * 10)) / (size * size) * 10);
    }
}
