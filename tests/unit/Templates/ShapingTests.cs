using HarfBuzzSharp;
using MyNumber.Templates.Pdf;
using MyNumber.Templates.Pdf.Reading;
using Buffer = HarfBuzzSharp.Buffer;

namespace MyNumber.Tests.Unit.OfTemplates;

/// <summary>Characters shaped one by one give what HarfBuzz gives for the whole line; vertical lines take vertical forms.</summary>
public sealed class ShapingTests
{
    [Theory]
    [InlineData("ipaexfont-gothic/ipaexg.ttf", Typeface.Gothic)]
    [InlineData("ipaexfont-mincho/ipaexm.ttf", Typeface.Mincho)]
    public void A_line_is_no_more_than_its_characters(string path, Typeface typeface)
    {
        using var face = new Face(Blob.FromFile("/usr/share/fonts/opentype/" + path), 0);
        using var font = new Font(face);
        font.SetScale(face.UnitsPerEm, face.UnitsPerEm);
        font.SetFunctionsOpenType();
        const string alphabet = "東京都台東区山田太郎あいうがぱゃゅょアイウガパャュョー・（）「」、。　 ０１２３－123-4ABCabcfiflffiVATo.々〆ヶ";
        var random = new Random(3);
        for (var round = 0; round < 2_000; round++)
        {
            var line = string.Concat(Enumerable.Range(0, 1 + random.Next(30)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            using var buffer = new Buffer();
            buffer.AddUtf16(line);
            buffer.GuessSegmentProperties();
            buffer.Language = new Language("ja");
            buffer.Direction = Direction.LeftToRight;
            font.Shape(buffer);
            var ours = new List<Glyph>();
            Assert.True(Fonts.Shape(typeface, Flow.Horizontal, line, ours));
            Assert.Equal(buffer.GlyphInfos.Select(info => (int)info.Codepoint), ours.Select(glyph => glyph.Number));
            // Widths are whole thousandths of an em: half of one a glyph is rounded away.
            var width = buffer.GlyphPositions.Sum(position => (long)position.XAdvance) * 1000.0 / face.UnitsPerEm;
            Assert.InRange(ours.Sum(glyph => (long)glyph.Width) - width, -0.5 * ours.Count, 0.5 * ours.Count);
        }
    }

    [Fact]
    public void A_column_takes_vertical_forms_and_says_what_was_put_in()
    {
        const string address = "東京都台東区台東（ー）１丁目、２番";
        var (across, down) = (new List<Glyph>(), new List<Glyph>());
        Fonts.Shape(Typeface.Gothic, Flow.Horizontal, address, across);
        Fonts.Shape(Typeface.Gothic, Flow.Vertical, address, down);
        var turned = across.Zip(down).Where(pair => pair.First.Number != pair.Second.Number).Select(pair => pair.First.Source);
        Assert.Equal("（ー）、", string.Concat(turned));

        using var file = new MemoryStream();
        using var pdf = new PdfDocument(file, "test");
        pdf.Page(new Page("column", 100, 148, Page.Nothing, canvas =>
            canvas.Column(new TextStyle(Typeface.Gothic, 12), 80, 20, address)), []);
        pdf.Finish();
        var page = Assert.Single(new FinishedPages(file.ToArray()).Read());
        Assert.Equal(address, page.OwnText);
        // In a column of 12 points its signs stand one under the other, 4.23 mm apart.
        Assert.Equal("都", page.Text(new(79, 28, 2, 2)));
        using var pig = UglyToad.PdfPig.PdfDocument.Open(file.ToArray());
        Assert.Equal(address, string.Concat(pig.GetPage(1).Letters.Select(letter => letter.Value)));
    }

    [Theory]
    [InlineData("東京都台東区台東　１丁目２番３－４０５号")]
    [InlineData("台東12番3-405 Ueno Heights B棟")]
    [InlineData("O'BRIEN-SMITH ÉMILIE MARÍA")]
    [InlineData("葛\U000E0102城　𠮷田　か\u3099")]
    public void Columns_say_what_was_put_in_and_stay_in_their_box(string text)
    {
        using var file = new MemoryStream();
        using var pdf = new PdfDocument(file, "test");
        pdf.Page(new Page("columns", 100, 148, Page.Nothing, canvas =>
            canvas.FitColumns(Typeface.Gothic, new(60, 20, 16, 60), text, 12, 10)), []);
        pdf.Finish();
        var page = Assert.Single(new FinishedPages(file.ToArray()).Read());
        Assert.Equal(text, page.OwnText);
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal).Replace("　", "", StringComparison.Ordinal),
            page.Text(new(60, 19.9, 16, 60.1)));
    }

    [Fact]
    public void A_dash_without_a_vertical_form_lies_along_the_column_and_two_digits_stand_side_by_side()
    {
        using var file = new MemoryStream();
        using var pdf = new PdfDocument(file, "test");
        pdf.Page(new Page("columns", 100, 148, Page.Nothing, canvas =>
            canvas.FitColumns(Typeface.Gothic, new(60, 20, 16, 60), "３－12号405", 12, 12)), []);
        pdf.Finish();
        var page = Assert.Single(new FinishedPages(file.ToArray()).Read());
        // 12 points are 4.23 mm a sign: 3 and its dash, both digits on one line in the third, then one under the other.
        foreach (var (row, expected) in new[] { (0, "３"), (1, "－"), (2, "12"), (3, "号"), (4, "4"), (5, "0"), (6, "5") })
        {
            var below = expected == "12" ? 0.88 * 4.233 : 0;
            Assert.Equal(expected, page.Text(new(60, 20 + (row * 4.233) + below - 0.1, 16, 0.2)));
        }
    }

    [Fact]
    public void Columns_that_do_not_fit_refuse_the_page()
    {
        using var file = new MemoryStream();
        using var pdf = new PdfDocument(file, "test");
        var problem = Assert.Throws<InvalidOperationException>(() => pdf.Page(new Page("columns", 100, 148, Page.Nothing,
            canvas => canvas.FitColumns(Typeface.Gothic, new(60, 20, 8, 40), new string('山', 40), 12, 10)), []));
        Assert.Contains("does-not-fit", problem.Message, StringComparison.Ordinal);
    }
}
