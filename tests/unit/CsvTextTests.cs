using System.Text;
using CsCheck;
using MyNumber.Batch.Files;

namespace MyNumber.Tests.Unit;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData(" spaces ", " spaces ")] // A space breaks no row: it needs no quotes.
    [InlineData("=1+1", "=1+1")] // What a spreadsheet would make of it is not ours to change.
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\rb", "\"a\rb\"")]
    [InlineData("東京都　港区", "東京都　港区")]
    public void A_value_is_quoted_where_it_could_break_its_row(string value, string written) =>
        Assert.Equal($"one,two\n{written},x\n", Encoding.UTF8.GetString(CsvText.Bytes("one,two", [[value, "x"]])));

    [Fact]
    public void What_was_written_is_read_again() => Gen.String.Array[2].Array[0, 5].Sample(rows =>
    {
        // A half of a surrogate pair is no text in UTF-8.
        var valid = rows.Select(row => row.Select(value => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value))).ToArray()).ToList();
        using var text = new StringReader(Encoding.UTF8.GetString(CsvText.Bytes("one,two", valid)));
        Assert.Equal([["one", "two"], .. valid], CsvText.Rows(text));
    });

    [Fact]
    public void A_stray_quote_spoils_its_own_line_only() =>
        Assert.Equal([["a\"b", "c"], ["d", "e"]], CsvText.Lines(new StringReader("a\"b,c\nd,e\n")));

    [Fact]
    public void Nothing_else_quotes_or_takes_rows_apart()
    {
        var others = new[] { "batch", "jobs", "fixtures", "templates" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Sources.Top, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)
                && Path.GetFileName(file) is not ("CsvText.cs" or "FeedTable.cs"));
        Assert.DoesNotContain(others.Select(File.ReadAllText), code =>
            code.Contains("using CsvHelper", StringComparison.Ordinal)
            || code.Contains("""Replace("\"", "\"\"",""", StringComparison.Ordinal)
            || code.Contains("line.Split(',')", StringComparison.Ordinal));
    }
}
