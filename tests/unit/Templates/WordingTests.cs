using System.Globalization;
using MyNumber.Templates.Documents;

namespace MyNumber.Tests.Unit.OfTemplates;

public sealed class WordingTests
{
    [Theory]
    [InlineData("2026-11-24", "2026年11月24日（令和8年）")]
    [InlineData("2019-05-01", "2019年5月1日（令和元年）")]
    [InlineData("1868-01-25", "1868年1月25日（明治元年）")]
    [InlineData("1868-01-24", "1868年1月24日")] // R99: a stand-in for an unknown birth; no era of ours covers it.
    [InlineData("1867-05-01", "1867年5月1日")]
    [InlineData("1850-01-01", "1850年1月1日")]
    [InlineData("0001-01-01", "1年1月1日")]
    public void R99_every_day_can_be_printed(string date, string text) => Assert.Equal(text, Wording.Both(Day(date)));

    [Theory]
    [InlineData("2026-11-24", "令和8年11月24日")]
    [InlineData("1867-05-01", "1867年5月1日")]
    public void R99_a_day_before_the_first_era_is_written_in_the_gregorian_calendar(string date, string text) =>
        Assert.Equal(text, Wording.Era(Day(date)));

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
