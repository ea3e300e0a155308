using System.Text;
using MyNumber.Templates.Codes;
using QRCoder;

namespace MyNumber.Tests.Unit.OfTemplates;

/// <summary>Our encoder against QRCoder, module by module, in every version.</summary>
public sealed class QrCodeTests
{
    [Fact]
    public void Every_version_equals_qrcoders_symbol_under_the_same_mask()
    {
        for (var length = 1; length <= 2331; length = length < 20 ? length + 1 : length + 61)
        {
            var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + ((i * 7 + length) % 26))));
            AssertSame(text);
        }

        AssertSame(new string('z', 2331)); // The most that version 40 holds.
    }

    [Fact]
    public void What_version_40_cannot_hold_is_refused() =>
        Assert.Throws<ArgumentException>(() => QrCode.Encode(new string('z', 2332)));

    [Fact]
    public void A_symbol_reads_back_as_its_text()
    {
        const string text = "https://net.kojinbango-card.go.jp/apply?id=01234567890123456789012";
        var symbol = QrCode.Encode(text);
        Assert.Equal(37, symbol.GetLength(0));
        Assert.Equal(text, QrReading.Decode(symbol));
        symbol[20, 20] = !symbol[20, 20];
        Assert.Null(QrReading.Decode(symbol)); // Printed exactly, or not at all.
    }

    private static void AssertSame(string text)
    {
        using var generator = new QRCodeGenerator();
        using var theirs = generator.CreateQrCode(Encoding.UTF8.GetBytes(text), QRCodeGenerator.ECCLevel.M);
        var (dark, function) = QrSymbol.Unmasked(Encoding.UTF8.GetBytes(text));
        var size = dark.GetLength(0);
        Assert.Equal(size + 8, theirs.ModuleMatrix.Count); // They add a quiet zone of four.
        // Which mask scores best may differ where two implementations of the penalty round differently.
        Assert.Contains(Enumerable.Range(0, 8), mask => Same(QrPattern.Masked(dark, function, mask), theirs));
        Assert.Contains(Enumerable.Range(0, 8), mask => Same(QrPattern.Masked(dark, function, mask), QrCode.Encode(text)));
    }

    private static bool Same(bool[,] ours, QRCodeData theirs) =>
        All(ours.GetLength(0), (row, column) => ours[row, column] == theirs.ModuleMatrix[row + 4][column + 4]);

    private static bool Same(bool[,] ours, bool[,] other) => All(ours.GetLength(0), (row, column) => ours[row, column] == other[row, column]);

    private static bool All(int size, Func<int, int, bool> holds)
    {
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                if (!holds(row, column))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
