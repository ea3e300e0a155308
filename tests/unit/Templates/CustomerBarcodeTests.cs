using MyNumber.Templates.Codes;

namespace MyNumber.Tests.Unit.OfTemplates;

/// <summary>R97. The examples of Japan Post's manual, and what lies between them.</summary>
public sealed class CustomerBarcodeTests
{
    public static TheoryData<string, string, string> Vectors
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            var path = Path.Combine(AppContext.BaseDirectory, "Templates", "japan-post-customer-barcode.csv");
            foreach (var line in File.ReadLines(path).Skip(1))
            {
                var columns = line.Split(',');
                data.Add(columns[0], columns[1], columns[2]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_manuals_examples_come_out(string postalCode, string address, string characters) =>
        Assert.Equal(characters, CustomerBarcode.Text(postalCode, address));

    [Theory]
    [InlineData("4980000")] // "Not listed", shared by towns of two prefectures.
    [InlineData("123456")]
    [InlineData("")]
    public void There_is_none_for_a_code_that_names_no_town(string postalCode) =>
        Assert.Equal("", CustomerBarcode.Text(postalCode, "愛知県弥富市前ケ須町　南本田３３５"));

    [Fact]
    public void A_large_users_own_code_stands_alone() =>
        Assert.Equal(
            "2 1 9 8 7 3 2 CC4 CC4 CC4 CC4 CC4 CC4 CC4 CC4 CC4 CC4 CC4 CC4 CC4",
            CustomerBarcode.Text("2198732", "川崎東郵便局　私書箱第2号")[..^4].TrimEnd());

    [Theory]
    [InlineData("１丁目２番３－４０５号", "1-2-3-405")]
    [InlineData("百一番地", "101")]
    [InlineData("二〇三番地", "203")]
    [InlineData("一丁目一番一号", "1-1-1")]
    [InlineData("三丁目十番二十号", "3-10-20")]
    [InlineData("１ー２ー３", "1-2-3")]
    [InlineData("1-2　ABCビル10F", "1-2-10")]       // S2: F after digits, nothing after it.
    [InlineData("1-2　ビル1F2号", "1-2-1-2")]        // S3: something after it.
    [InlineData("2-B", "2B")]                        // S4: hyphens beside a letter go.
    [InlineData("A-B", "AB")]                        // S5: letters that meet by it stay.
    [InlineData("郵便ビル", "")]
    public void Digits_letters_and_hyphens_are_taken_out_of_an_address(string rest, string expected) =>
        Assert.Equal(expected, AddressExtraction.Extract(rest));

    [Fact]
    public void The_symbol_has_67_bars()
    {
        var bars = CustomerBarcode.BarsOf("1100016", "東京都台東区台東5-6-3　ABCビル10F")!;
        Assert.Equal(67, bars.Length);
        Assert.StartsWith("FDFFTFFTFTT", bars, StringComparison.Ordinal);
        Assert.EndsWith("DF", bars, StringComparison.Ordinal);
    }

    [Fact]
    public void A_piece_mark_reads_back()
    {
        var widths = Code128.Encode("0123456789ABCDEF", "0102");
        Assert.Equal("0123456789ABCDEF0102", Code128.Decode(widths));
        int[] damaged = [.. widths];
        (damaged[8], damaged[9]) = (damaged[9] + 1, damaged[8]);
        Assert.Null(Code128.Decode(damaged));
    }
}
