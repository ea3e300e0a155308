using System.Globalization;
using CsCheck;
using MyNumber.Batch.Calendar;

namespace MyNumber.Tests.Unit.Calendar;

public sealed class DateTests
{
    [Theory]
    [InlineData("2026-04-01", 3, "2026-07-01")] // R45's own examples.
    [InlineData("2026-04-30", 3, "2026-07-31")]
    [InlineData("2027-02-28", 3, "2027-05-31")]
    [InlineData("2026-11-29", 3, "2027-02-28")] // Counting starts on the 30th, which February has not.
    [InlineData("2026-11-30", 3, "2027-02-28")] // Counting starts on 1 December and ends before 1 March.
    [InlineData("2027-11-29", 3, "2028-02-29")] // A leap year has a day more to end on.
    [InlineData("2026-12-31", 1, "2027-01-31")]
    [InlineData("2026-01-30", 1, "2026-02-28")]
    [InlineData("2026-11-24", 6, "2027-05-24")]
    public void R45_months_end_as_the_civil_code_counts_them(string from, int months, string lastDay)
    {
        Assert.Equal(Day(lastDay), CivilMonths.LastDay(Day(from), months));
        Assert.Equal(Day(lastDay).AddDays(1), CivilMonths.FirstDayAfter(Day(from), months));
    }

    // Articles 140 and 143 in other words: the day after is day s; the period ends the day before day s of the Nth month on,
    // or with that month where it has no day s.
    [Fact]
    public void R45_any_period_ends_the_day_before_its_day_comes_again_or_with_the_month_that_has_none() =>
        Gen.Select(Gen.Int[0, 12_000], Gen.Int[1, 60]).Sample((n, months) =>
        {
            var from = new DateOnly(2015, 1, 1).AddDays(n);
            var start = from.AddDays(1);
            var month = new DateOnly(start.Year, start.Month, 1).AddMonths(months);
            var hasDay = start.Day <= DateTime.DaysInMonth(month.Year, month.Month);
            var expected = hasDay ? month.AddDays(start.Day - 2) : month.AddMonths(1).AddDays(-1);
            return CivilMonths.LastDay(from, months) == expected
                && CivilMonths.FirstDayAfter(from, months) == expected.AddDays(1)
                && CivilMonths.LastDay(from, months + 1) > expected;
        });

    [Fact]
    public void R45_no_period_is_shorter_than_a_month() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CivilMonths.LastDay(new(2026, 4, 1), 0));

    [Fact]
    public void R10_an_age_grows_by_one_on_exactly_one_day_a_year() =>
        Gen.Select(Gen.Int[0, 30_000], Gen.Int[0, 110]).Sample((n, years) =>
        {
            var born = new DateOnly(1940, 1, 1).AddDays(n);
            var leapling = (born.Month, born.Day) == (2, 29) && !DateTime.IsLeapYear(born.Year + years);
            var birthday = leapling ? new DateOnly(born.Year + years, 3, 1) : new DateOnly(born.Year + years, born.Month, born.Day);
            return Age.On(born, birthday) == years && Age.On(born, birthday.AddDays(-1)) == years - 1;
        });

    [Theory]
    [InlineData("2012-03-31", "2027-03-30", 14)] // The day before the birthday.
    [InlineData("2012-03-31", "2027-03-31", 15)] // The birthday itself counts.
    [InlineData("2012-02-29", "2027-02-28", 14)] // Born on 29 February: not yet on the 28th …
    [InlineData("2012-02-29", "2027-03-01", 15)] // … but on 1 March in common years,
    [InlineData("2012-02-29", "2028-02-29", 16)] // and on the day itself in leap years.
    [InlineData("2026-11-24", "2026-11-24", 0)]
    public void R10_ages_change_on_the_birthday(string born, string day, int years) =>
        Assert.Equal(years, Age.On(Day(born), Day(day)));

    [Theory]
    [InlineData("2027-04-01", "2027-01-02")] // R35's own examples.
    [InlineData("2027-05-30", "2027-03-01")]
    [InlineData("2028-05-30", "2028-03-01")] // Three months before is 29 February, the day after is the same.
    [InlineData("2027-05-28", "2027-03-01")]
    public void R35_a_card_may_be_renewed_from_the_day_after_three_months_before_its_end(string end, string first)
    {
        Assert.Equal(Day(first), RenewalWindow.FirstDay(Day(end)));
        Assert.False(RenewalWindow.Holds(Day(end), Day(first).AddDays(-1)));
        Assert.True(RenewalWindow.Holds(Day(end), Day(first)));
        Assert.True(RenewalWindow.Holds(Day(end), Day(end)));
        Assert.False(RenewalWindow.Holds(Day(end), Day(end).AddDays(1)));
    }

    [Theory]
    [InlineData("令和8年11月24日", "2026-11-24")]
    [InlineData("令和元年5月1日", "2019-05-01")]  // The first day of the era.
    [InlineData("平成31年4月30日", "2019-04-30")] // The last one.
    [InlineData("平成31年5月1日", null)]          // One day late: the era was over.
    [InlineData("昭和64年1月7日", "1989-01-07")]
    [InlineData("昭和64年1月8日", null)]
    [InlineData("昭和元年12月25日", "1926-12-25")]
    [InlineData("大正15年12月24日", "1926-12-24")]
    [InlineData("大正15年12月25日", null)]
    [InlineData("明治45年7月29日", "1912-07-29")]
    [InlineData("明治45年7月30日", null)]
    [InlineData("R8.11.24", "2026-11-24")]
    [InlineData("h1/1/8", "1989-01-08")]
    [InlineData("㋿8年11月24日", "2026-11-24")]
    [InlineData("㍻元年1月8日", "1989-01-08")]
    [InlineData("㍼50年 4月 1日", "1975-04-01")]
    [InlineData("Ｒ８．１１．２４", "2026-11-24")] // Full-width letters, digits and signs.
    [InlineData("２０２６年１１月２４日", "2026-11-24")]
    [InlineData("2026-11-24", "2026-11-24")]
    [InlineData("2024/2/29", "2024-02-29")]
    [InlineData("2026年2月29日", null)]           // No such day.
    [InlineData("2026-13-01", null)]
    [InlineData("2026-0-10", null)]
    [InlineData("2026-1-0", null)]
    [InlineData("0000-1-1", null)]
    [InlineData("令和0年1月1日", null)]
    [InlineData("令和2026年11月24日", null)]      // A Gregorian year behind an era: which is meant is a guess.
    [InlineData("26/11/24", null)]                // Two digits without an era: which year is a guess.
    [InlineData("11月24日", null)]
    [InlineData("", null)]
    public void R11_dates_are_read_in_both_calendars(string text, string? date) =>
        Assert.Equal(date is null ? null : Day(date), JapaneseEra.Parse(text));

    [Fact]
    public void R11_an_era_that_nobody_knows_has_no_dates() => Assert.Null(JapaneseEra.Date("X", 8, 11, 24));

    [Theory]
    [InlineData("2019-05-01", "令和元年5月1日")]
    [InlineData("2019-04-30", "平成31年4月30日")]
    [InlineData("1989-01-07", "昭和64年1月7日")]
    [InlineData("1926-12-25", "昭和元年12月25日")]
    [InlineData("1912-07-30", "大正元年7月30日")]
    [InlineData("1912-07-29", "明治45年7月29日")]
    [InlineData("1873-01-01", "明治6年1月1日")] // The first day of the Gregorian calendar in Japan.
    [InlineData("1872-12-31", "1872年12月31日")]
    public void R11_dates_are_written_in_eras(string date, string text) =>
        Assert.Equal(text, JapaneseEra.Format(Day(date)));

    [Fact]
    public void R11_what_is_written_is_read_back() =>
        Gen.Int[0, 80_000].Select(n => new DateOnly(1873, 1, 1).AddDays(n)).Sample(
            date => JapaneseEra.Parse(JapaneseEra.Format(date)) == date);

    internal static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
