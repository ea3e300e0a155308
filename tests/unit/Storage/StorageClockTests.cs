using MyNumber.Batch.Storage;

namespace MyNumber.Tests.Unit.Storage;

/// <summary>R45. When the storage of a card begins and ends.</summary>
public sealed class StorageClockTests
{
    [Theory]
    [InlineData("2026-04-01", 3, "2026-07-01")]
    [InlineData("2026-04-30", 3, "2026-07-31")]
    [InlineData("2027-02-28", 3, "2027-05-31")]
    [InlineData("2026-11-29", 3, "2027-02-28")] // February has no 30th: its last day is the end itself.
    [InlineData("2026-11-30", 3, "2027-02-28")]
    [InlineData("2026-04-01", 6, "2026-10-01")] // A municipality may set longer.
    public void R45_storage_ends_by_civil_months_from_the_posting(string posted, int months, string ends)
    {
        var dates = StorageClock.Of(Facts(arrived: "2026-01-10", posted: posted, months: months));

        Assert.Equal(DateOnly.Parse(posted), dates.Began);
        Assert.Equal(DateOnly.Parse(ends), dates.Ends);
        Assert.Equal(DateOnly.Parse(ends).AddDays(1), dates.DisposableFrom);
    }

    [Fact]
    public void R45_without_a_known_posting_storage_has_no_end() =>
        Assert.Null(StorageClock.Of(Facts(arrived: "2020-01-01", posted: null)).Ends);

    [Fact]
    public void R45_a_posting_before_the_arrival_counts_from_the_arrival() =>
        Assert.Equal(new(2026, 5, 10), StorageClock.Of(Facts(arrived: "2026-05-10", posted: "2026-05-01")).Began);

    [Fact]
    public void R44_the_posting_of_a_reminder_restarts_the_clock()
    {
        var facts = Facts(arrived: "2026-04-01", posted: "2026-04-02") with { ReminderPostedOn = new(2026, 6, 15) };

        Assert.Equal(new(2026, 9, 15), StorageClock.Of(facts).Ends);
    }

    [Theory]
    [InlineData("2026-12-31", null)]
    [InlineData(null, "2026-12-31")]
    public void R45_storage_never_ends_before_a_day_that_a_notice_or_an_extension_names(string? named, string? extended)
    {
        var facts = Facts(arrived: "2026-04-01", posted: "2026-04-02") with
        {
            DeadlineNamed = named is null ? null : DateOnly.Parse(named),
            ExtendedUntil = extended is null ? null : DateOnly.Parse(extended),
        };

        Assert.Equal(new(2026, 12, 31), StorageClock.Of(facts).Ends);
        Assert.Equal(new(2026, 12, 31), StorageClock.Of(facts).PickupDeadline);
    }

    [Fact]
    public void R45_an_earlier_deadline_does_not_shorten_storage() =>
        Assert.Equal(
            new(2026, 7, 2),
            StorageClock.Of(Facts("2026-04-01", "2026-04-02") with { DeadlineNamed = new(2026, 6, 30) }).Ends);

    [Theory]
    [InlineData("2026-04-01", "2026-05-10", "2026-05-10", "2026-08-10")] // Arrived, void later: from the day it became void.
    [InlineData("2026-05-10", "2026-04-01", "2026-05-10", "2026-08-10")] // Void while it was made: from its arrival.
    [InlineData("2026-11-30", "2026-11-30", "2026-11-30", "2027-02-28")]
    public void R45_a_void_card_that_nobody_was_told_of_waits_from_the_later_of_arrival_and_becoming_void(
        string arrived, string becameVoid, string began, string ends)
    {
        var dates = StorageClock.Of(Facts(arrived, posted: null) with { VoidOn = DateOnly.Parse(becameVoid) });

        Assert.Equal((DateOnly.Parse(began), DateOnly.Parse(ends)), (dates.Began, dates.Ends));
    }

    [Fact]
    public void R45_a_void_card_whose_notice_was_posted_waits_for_the_same_end_as_any() => Assert.Equal(
        StorageClock.Of(Facts("2026-04-01", "2026-04-02")),
        StorageClock.Of(Facts("2026-04-01", "2026-04-02") with { VoidOn = new(2026, 6, 1) }));

    [Fact]
    public void R45_a_void_card_never_ends_before_an_extension() => Assert.Equal(
        new(2026, 12, 31),
        StorageClock.Of(Facts("2026-04-01", null) with { VoidOn = new(2026, 4, 1), ExtendedUntil = new(2026, 12, 31) }).Ends);

    [Fact]
    public void R45_less_than_three_months_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => StorageClock.Of(Facts("2026-04-01", "2026-04-02", months: 2)));

    private static StorageFacts Facts(string arrived, string? posted, int months = 3) =>
        new(DateOnly.Parse(arrived), posted is null ? null : DateOnly.Parse(posted), null, null, null, months);
}
