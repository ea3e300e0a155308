using Microsoft.Extensions.Time.Testing;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;

namespace MyNumber.Tests.Integration.Runs;

/// <summary>Which dates a run may have (FORMATS.md, Nights).</summary>
public sealed class NightDateTests
{
    private static readonly UnusualDate Meant = new(new Because("operator-1", "it is meant"), Destruction.Withheld);
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("2026-12-31", "2026-11-23", OpenOutcome.Refused, OpenOutcome.Refused)] // Before the last complete night: never.
    [InlineData("2026-11-25", "2026-11-25", OpenOutcome.Opened, OpenOutcome.Opened)]   // Today.
    [InlineData("2026-11-25", "2026-11-26", OpenOutcome.Refused, OpenOutcome.Opened)]  // Tomorrow.
    [InlineData("2026-12-31", "2026-12-25", OpenOutcome.Opened, OpenOutcome.Opened)]   // The 31st day after the last night.
    [InlineData("2026-12-31", "2026-12-26", OpenOutcome.Refused, OpenOutcome.Opened)]  // The 32nd.
    [InlineData("2026-11-25", "2036-11-25", OpenOutcome.Refused, OpenOutcome.Opened)]  // One digit wrong.
    public async Task An_unusual_date_is_asked_for_with_a_person_and_a_reason(
        string today, string date, OpenOutcome unasked, OpenOutcome asked)
    {
        await using var toy = await WithANightAsync();
        Set($"{today}T12:00:00+09:00");
        var day = DateOnly.Parse(date);
        var plain = await toy.Engine.Opener.OpenNightAsync(day, null, CancellationToken.None);
        Assert.Equal(unasked, plain.Outcome);
        Assert.Equal(unasked == asked, !plain.Sentence.Contains("--unusual-date --by PERSON --reason TEXT", StringComparison.Ordinal));
        if (unasked == OpenOutcome.Refused)
        {
            var opened = await toy.Engine.Opener.OpenNightAsync(day, null, Meant, CancellationToken.None);
            Assert.Equal(asked, opened.Outcome);
            var audited = await toy.ScalarAsync<string?>("SELECT action || ' ' || subject || ' ' || person FROM audit");
            Assert.Equal(asked == OpenOutcome.Opened ? $"unusual-date night of {date} operator-1" : null, audited);
        }

        // Where there is a run already, nothing is asked again.
        if (asked == OpenOutcome.Opened)
        {
            Assert.Equal(OpenOutcome.Continued, (await toy.Engine.Opener.OpenNightAsync(day, null, CancellationToken.None)).Outcome);
            Assert.Equal(unasked == OpenOutcome.Opened,
                await toy.ScalarAsync<bool>("SELECT may_destroy FROM run ORDER BY id DESC LIMIT 1"));
        }
    }

    [Theory]
    [InlineData("2020-01-01", OpenOutcome.Opened)]
    [InlineData("2026-11-25", OpenOutcome.Opened)]
    [InlineData("2026-11-26", OpenOutcome.Refused)]
    public async Task A_homes_first_night_may_lie_anywhere_up_to_today(string date, OpenOutcome expected)
    {
        // Past midnight in Tokyo, not in Greenwich.
        Set("2026-11-25T00:30:00+09:00");
        await using var toy = await ToyRun.CreateAsync(items: 0, clock: _clock);
        Assert.Equal(expected, (await toy.Engine.Opener.OpenNightAsync(DateOnly.Parse(date), null, CancellationToken.None)).Outcome);
    }

    [Theory]
    [InlineData("2026-11-23", OpenOutcome.Refused, OpenOutcome.Refused)]
    [InlineData("2026-11-24", OpenOutcome.Opened, OpenOutcome.Opened)]
    [InlineData("2030-01-01", OpenOutcome.Refused, OpenOutcome.Opened)]
    public async Task A_run_between_nights_obeys_the_same_rule(string date, OpenOutcome unasked, OpenOutcome asked)
    {
        await using var toy = await WithANightAsync();
        Set("2026-11-25T12:00:00+09:00");
        var (opener, day) = (toy.Engine.Opener, DateOnly.Parse(date));
        Assert.Equal(unasked, (await opener.OpenOtherAsync("night", day, "other", null, CancellationToken.None)).Outcome);
        if (unasked == OpenOutcome.Refused)
        {
            Assert.Equal(asked, (await opener.OpenOtherAsync("night", day, "other", Meant, CancellationToken.None)).Outcome);
        }
    }

    [Fact]
    public async Task Missed_nights_are_played_up_to_thirty_one_and_the_next_waits_for_a_person()
    {
        await using var toy = await WithANightAsync();
        // The wall clock jumps ten years on.
        Set("2036-11-24T22:00:00+09:00");
        Assert.Equal(31, await RingUntilQuietAsync(toy));
        Assert.Equal("2026-12-25", await toy.ScalarAsync<string>("SELECT max(business_date)::text FROM run"));
        Assert.Equal(1, await OpenAlertsAsync(toy, RunOpener.WaitAlert));

        // The clock was right after all: a person asks for the next, and as many follow by themselves.
        await toy.Engine.Opener.OpenNightAsync(new DateOnly(2026, 12, 26), null, CancellationToken.None);
        await toy.WorkAsync();
        Assert.Equal(31, await RingUntilQuietAsync(toy));

        // It was wrong: once it is right again nothing waits, and the nights after today are an alert of their own.
        Set("2026-11-25T22:00:00+09:00");
        await new RunMonitor(toy.Engine).LookAsync(CancellationToken.None);
        Assert.Null(await toy.Engine.Opener.OpenDueNightsAsync(_clock.GetUtcNow(), CancellationToken.None));
        Assert.Equal(62, await OpenAlertsAsync(toy, RunMonitor.AfterToday));
    }

    [Fact]
    public async Task Thirty_one_missed_nights_and_tonights_are_played_unasked()
    {
        await using var toy = await WithANightAsync();
        Set("2026-12-26T22:00:00+09:00");
        Assert.Equal(32, await RingUntilQuietAsync(toy));
        Assert.Equal(0, await OpenAlertsAsync(toy, RunOpener.WaitAlert));
    }

    private async Task<int> RingUntilQuietAsync(ToyRun toy)
    {
        var nights = 0;
        while (await toy.Engine.Opener.OpenDueNightsAsync(_clock.GetUtcNow(), CancellationToken.None) is not null)
        {
            await toy.WorkAsync();
            nights++;
        }

        return nights;
    }

    private static Task<long> OpenAlertsAsync(ToyRun toy, string code) =>
        toy.ScalarAsync<long>("SELECT count(*) FROM alert WHERE code = @code AND resolved_at IS NULL", new { code });

    private async Task<ToyRun> WithANightAsync()
    {
        Set("2026-11-24T22:00:00+09:00");
        var toy = await ToyRun.CreateAsync(items: 0, clock: _clock);
        await toy.Engine.Opener.OpenNightAsync(ToyRun.Date, null, CancellationToken.None);
        await toy.WorkAsync();
        return toy;
    }

    // A clock that goes back is what a test of clocks needs.
    private void Set(string now) => _clock.AdjustTime(DateTimeOffset.Parse(now).ToUniversalTime());
}
