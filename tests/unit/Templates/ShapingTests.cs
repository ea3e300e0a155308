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
        pdf.Page(new Page("column", 100, 148, Page.Nothing, canvas => canvas.Column(new TextStyle(Typeface.Gothic, 12), 80, 20, address)), []);
        pdf.Finish();
        var page = Assert.Single(new FinishedPages(file.ToArray()).Read());
        Assert.Equal(address, page.OwnText);
        // In a column of 12 points its signs stand one under the other, 4.23 mm apart.
        Assert.Equal("都", page.Text(new(79, 28, 2, 2)));
        using var pig = UglyToad.PdfPig.PdfDocument.Open(file.ToArray());
        Assert.Equal(address, string.Concat(pig.GetPage(1).Letters.Select(letter => letter.Value)));
    }
}
