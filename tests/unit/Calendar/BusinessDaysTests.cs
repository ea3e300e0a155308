using MyNumber.Batch.Calendar;
using static MyNumber.Tests.Unit.Calendar.DateTests;

namespace MyNumber.Tests.Unit.Calendar;

public sealed class BusinessDaysTests
{
    [Fact]
    public void R95_the_holiday_data_are_what_the_law_says()
    {
        // Computed for years in which the law stands as it does; what comes after 2030 is data until then.
        for (var year = 2015; year <= 2030; year++)
        {
            var computed = HolidaysByLaw(year);
            for (var day = new DateOnly(year, 1, 1); day.Year == year; day = day.AddDays(1))
            {
                Assert.True(computed.Contains(day) == BusinessDays.Holiday(day) is not null, $"{day:O}");
            }
        }
    }

    [Theory]
    [InlineData("2019-05-01", true)]  // The succession,
    [InlineData("2019-04-30", true)]  // and the days between holidays around it.
    [InlineData("2019-05-02", true)]
    [InlineData("2019-10-22", true)]  // The enthronement, once.
    [InlineData("2019-12-23", false)] // No Emperor's birthday that year,
    [InlineData("2020-02-23", true)]  // the new one since,
    [InlineData("2020-02-24", true)]  // and its substitute.
    [InlineData("2020-07-20", false)] // Moved for the Olympic games, which came a year later:
    [InlineData("2020-07-23", true)]
    [InlineData("2020-07-24", true)]
    [InlineData("2020-08-10", true)]
    [InlineData("2020-10-12", false)]
    [InlineData("2021-07-22", true)]
    [InlineData("2021-07-23", true)]
    [InlineData("2021-08-09", true)]  // the substitute of 8 August.
    [InlineData("2021-08-11", false)]
    [InlineData("2021-10-11", false)]
    [InlineData("2015-08-11", false)] // Mountain Day began in 2016.
    [InlineData("2016-08-11", true)]
    [InlineData("2015-09-22", true)]  // Citizens' holidays between two holidays,
    [InlineData("2026-09-22", true)]
    [InlineData("2032-09-21", true)]
    [InlineData("2026-05-06", true)]  // A Sunday's substitute after two more holidays.
    public void R95_holidays_of_the_years_that_had_their_own(string day, bool holiday) =>
        Assert.Equal(holiday, BusinessDays.Holiday(Day(day)) is not null);

    [Theory]
    [InlineData("2026-11-20", 1, "2026-11-24")] // Friday; Monday the 23rd is a holiday.
    [InlineData("2026-11-24", 2, "2026-11-26")]
    [InlineData("2026-11-21", 0, "2026-11-21")] // No day on is the day itself, even a Saturday.
    [InlineData("2026-12-28", 1, "2027-01-04")] // Offices close from 29 December to 3 January,
    [InlineData("2024-12-27", 1, "2025-01-06")] // which was a Friday.
    [InlineData("2026-09-18", 1, "2026-09-24")] // Aged, citizens' holiday between two others, equinox.
    public void R95_working_days_are_counted_without_the_first(string from, int days, string day) =>
        Assert.Equal(Day(day), BusinessDays.Add(Day(from), days));

    [Theory]
    [InlineData("2014-12-26")]
    [InlineData("2051-01-04")]
    public void A_day_outside_the_data_is_refused(string day) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BusinessDays.IsBusinessDay(Day(day)));

    private static HashSet<DateOnly> HolidaysByLaw(int year)
    {
        var holidays = new HashSet<DateOnly>
        {
            new(year, 1, 1), Monday(1, 2), new(year, 2, 11), new(year, 3, Equinox(20.8431)), new(year, 4, 29),
            new(year, 5, 3), new(year, 5, 4), new(year, 5, 5), Monday(9, 3), new(year, 9, Equinox(23.2488)),
            new(year, 11, 3), new(year, 11, 23),
        };
        // The Olympic years moved three days; the succession of 2019 added two and left no Emperor's birthday.
        holidays.UnionWith(year switch
        {
            2020 => [new(2020, 7, 23), new(2020, 7, 24), new(2020, 8, 10)],
            2021 => [new(2021, 7, 22), new(2021, 7, 23), new(2021, 8, 8)],
            2015 => [Monday(7, 3), Monday(10, 2)],
            _ => new DateOnly[] { Monday(7, 3), Monday(10, 2), new(year, 8, 11) },
        });
        holidays.UnionWith(year switch
        {
            < 2019 => [new(year, 12, 23)],
            2019 => [new(2019, 5, 1), new(2019, 10, 22)],
            _ => new DateOnly[] { new(year, 2, 23) },
        });
        var named = holidays.ToHashSet();
        // A holiday on a Sunday: the next day that is none. A day between two holidays: the citizens' holiday.
        foreach (var sunday in named.Where(day => day.DayOfWeek == DayOfWeek.Sunday).Order())
        {
            var day = sunday;
            while (named.Contains(day))
            {
                day = day.AddDays(1);
            }

            holidays.Add(day);
        }

        holidays.UnionWith(named.Select(day => day.AddDays(1)).Where(day => named.Contains(day.AddDays(1))));
        return holidays;

        DateOnly Monday(int month, int number)
        {
            var first = new DateOnly(year, month, 1);
            return first.AddDays(((8 - (int)first.DayOfWeek) % 7) + (7 * (number - 1)));
        }

        int Equinox(double start) => (int)(start + (0.242194 * (year - 1980)) - ((year - 1980) / 4));
    }
}
