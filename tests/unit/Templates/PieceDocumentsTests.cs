using MyNumber.Templates.Documents;

namespace MyNumber.Tests.Unit.OfTemplates;

/// <summary>What can be printed, and what is withheld with which reason.</summary>
public sealed class PieceDocumentsTests
{
    private static readonly PieceData Form = Examples.Of("application-form") with { PieceId = "0123456789ABCDEF" };

    [Theory]
    [InlineData("山田　太郎")]
    [InlineData("髙﨑　𠮷右衛門")]                       // Beyond JIS, and beyond the first plane.
    [InlineData("葛\U000E0102城　辻\U000E0102")]         // Variation sequences of IPAmj Mincho.
    [InlineData("ALEXANDRA MARIA GONZALEZ DE LA CRUZ FERNANDEZ")]
    public void A_name_that_the_fonts_have_is_printed(string name) =>
        Assert.Null(PieceDocuments.Check(Form with { Name = name, ToName = name }));

    [Theory]
    [InlineData("山田\U000E01EF太郎")]    // A variation that no font has must not fall back to the plain character.
    [InlineData("山田\uE000太郎")]        // Private use.
    [InlineData("山田\uD800太郎")]        // Half a surrogate pair.
    [InlineData("山田\n太郎")]
    public void A_character_that_no_font_has_withholds_the_piece(string name) =>
        Assert.Equal("missing-glyph", PieceDocuments.Check(Form with { Name = name, ToName = name }));

    public static TheoryData<string, string?> Names => new()
    {
        { "ALEXANDRA MARIA GONZALEZ DE LA CRUZ FERNANDEZ VILLANUEVA LOPE", null }, // Sixty letters of a residence card.
        { new string('齋', 60), null },
        { "ﾔﾏﾀﾞ ﾀﾛｳ", null },                           // Half-width kana, as old systems send them.
        { "か\u3099き　E\u0301MILIE", null },           // Marks that combine with a letter the fonts have whole.
        { "山田😀", "missing-glyph" },
        { "山田👨\u200D👩\u200D👧", "missing-glyph" },
        { "محمد", "missing-glyph" },
        { "山田\u202E郎太", "missing-glyph" },           // What would turn the reading order around.
        { "山田\uFE0F", "missing-glyph" },
        { "\u0301山田", "missing-glyph" },              // A mark with nothing to stand on.
        { "山田\t太郎", "missing-glyph" },
        { new string('齋', 200), "does-not-fit" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_is_printed_whole_on_every_document_or_withheld_with_its_reason(string name, string? reason)
    {
        foreach (var document in PieceDocuments.Names.Where(document => document != "handwritten-application-form"))
        {
            var piece = Examples.Of(document) with { PieceId = "0123456789ABCDEF", Name = name, ToName = name,
                ToAddress = "東京都台東区台東　１－２", ToPostalCode = "1100016" };
            Assert.Equal((document, reason), (document, PieceDocuments.Check(piece)));
        }
    }

    [Theory]
    [InlineData("******")]
    [InlineData("＊＊＊＊＊＊")]
    [InlineData("高橋　【名空欄】")]
    [InlineData("【氏空欄】　太郎")]
    [InlineData("高橋　[名空欄]")]
    [InlineData("高橋　［名 空 欄］")]
    [InlineData("高橋　名空欄")]
    [InlineData("高橋　＊")]
    [InlineData("髙橋**")]
    public void R99_a_placeholder_in_a_name_or_address_withholds_the_piece(string value)
    {
        foreach (var document in PieceDocuments.Names.Where(document => document != "handwritten-application-form"))
        {
            var piece = Examples.Of(document) with { PieceId = "0123456789ABCDEF" };
            foreach (var held in new[]
            {
                piece with { ToName = value }, piece with { ToAddress = value, ToPostalCode = "1100016" },
                piece with { Name = value, Persons = piece.Persons is null ? null : [piece.Persons[0] with { Name = value }] },
                piece with { Address = value, Persons = piece.Persons is null ? null : [piece.Persons[0] with { Address = value }] },
            })
            {
                Assert.Equal((document, "placeholder"), (document, PieceDocuments.Check(held)));
            }
        }
    }

    [Theory]
    [InlineData("ヤマダ　【名空欄】", "ヤマダ")]
    [InlineData("【氏空欄】　タロウ", "タロウ")]
    [InlineData("******", "")]
    [InlineData("【氏名空欄】", "")]
    [InlineData("ヤマダ　タロウ", "ヤマダ　タロウ")]
    [InlineData("　ヤマダ", "　ヤマダ")] // What holds none stays as the register has it.
    public void R99_in_the_kana_a_placeholder_counts_as_empty(string kana, string data)
    {
        Assert.Equal(data, Placeholders.Without(kana));
        Assert.Null(PieceDocuments.Check(Form with { NameKana = kana }));
        var said = new MemoryStream();
        Assert.Null(PrintCommand.Render("application-form", PieceJsonOf(Form with { NameKana = kana }), 1, said));
        said.Position = 0;
        Assert.DoesNotContain(ReadBack.Read(said), page => Placeholders.In(page.OwnText));
    }

    [Theory]
    [InlineData("1100016", "110-0016")]
    [InlineData("110-0016", "110-0016")]
    [InlineData("〒１１０－００１６", "110-0016")]
    [InlineData(" １１０ ００１６", "110-0016")]
    [InlineData("〒110−0016", "110-0016")]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("110-001", null)]
    [InlineData("11-00016", null)]
    [InlineData("110--0016", null)]
    [InlineData("abcdefg", null)]
    [InlineData("*******", null)]
    public void A_postal_code_is_printed_in_its_one_form_or_the_piece_is_withheld(string? code, string? printed)
    {
        var notice = Examples.Of("issuance-notice-letter") with { PieceId = "0123456789ABCDEF", ToPostalCode = code,
            ToAddress = "東京都台東区台東　１－２" };
        foreach (var piece in new[] { notice, notice with { PieceId = "" } })
        {
            Assert.Equal(printed is null ? "missing-postal-code" : null, PieceDocuments.Check(piece));
        }

        if (printed is not null)
        {
            var pdf = new MemoryStream();
            PieceDocuments.Render([notice], pdf);
            pdf.Position = 0;
            Assert.StartsWith(printed.Replace("-", "", StringComparison.Ordinal),
                ReadBack.Read(pdf).First().AddressBlock, StringComparison.Ordinal);
        }
    }

    private static string PieceJsonOf(PieceData piece) => System.Text.Json.JsonSerializer.Serialize(piece, PieceJson.Options);

    [Fact]
    public void Text_shrinks_then_wraps_then_withholds_the_piece()
    {
        Assert.Null(PieceDocuments.Check(Form with { Name = new string('山', 30) }));
        Assert.Null(PieceDocuments.Check(Form with { Name = new string('山', 60), ToName = new string('山', 40) }));
        Assert.Equal("does-not-fit", PieceDocuments.Check(Form with { Name = new string('山', 200) }));
    }

    [Theory]
    [InlineData("issuance-notice")]
    [InlineData("incomplete-notice")]
    [InlineData("validity-notice-card")]
    public void A_piece_without_its_facts_is_withheld(string document) =>
        Assert.Equal("missing-data", PieceDocuments.Check(Form with { Document = document, ApplicationId = "1" }));

    [Fact]
    public void Who_has_a_delivery_address_gets_only_that_on_the_outside()
    {
        var piece = Form with { ToName = null, DeliveryAddress = "大阪府大阪市北区梅田　１－２", DeliveryPostalCode = "5300001" };
        Assert.Equal("5300001大阪府大阪市北区梅田１－２山田太郎様", ReadBack.AddressBlockOf(piece with { ToAddress = null }));
    }

    [Fact]
    public void The_examples_come_back_from_their_json()
    {
        foreach (var document in PieceDocuments.Names)
        {
            var example = PrintCommand.Example(document);
            var parsed = Assert.Single(PieceJson.Parse(document, example));
            Assert.Equal(example, System.Text.Json.JsonSerializer.Serialize(parsed, PieceJson.Options));
        }
    }

    [Fact]
    public void Columns_of_the_feeds_are_understood()
    {
        var piece = Assert.Single(PieceJson.Parse("application-form", """
            {"resident_id":"R1","printed_name":"山田　太郎","printed_address":"東京都台東区台東　１－２","birth_date":"1985-01-23",
             "stay_until":"","masked":"0","kind":"qr"}
            """));
        Assert.Equal(("山田　太郎", "東京都台東区台東　１－２", null), (piece.Name, piece.Address, piece.StayUntil));
        Assert.Throws<ArgumentException>(() => PieceJson.Parse("application-form", """{"birth_date":"23.1.1985"}"""));
    }

    [Fact]
    public void An_unknown_document_or_number_of_copies_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PrintCommand.Example("postcard"));
        Assert.Throws<ArgumentException>(() => PrintCommand.Render("application-form", "{}", 0, Stream.Null));
    }
}
