using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;

namespace MyNumber.Tests.Integration.Runs;

public sealed class NightTests
{
    [Fact]
    public async Task A_night_runs_through_all_steps_and_is_complete()
    {
        await using var toy = await ToyRun.CreateAsync();
        var opened = await toy.OpenAsync();
        await toy.WorkAsync();

        Assert.Equal(OpenOutcome.Opened, opened.Outcome);
        Assert.Equal("complete", await toy.ScalarAsync<string>("SELECT state FROM run"));
        Assert.Equal(40, await toy.ScalarAsync<long>("SELECT count(*) FROM toy_effect WHERE step = 'first'"));
        Assert.Equal(0, await toy.ScalarAsync<long>("SELECT sum(parts_open) FROM step"));
        var run = (await RunView.FindAsync(toy.Engine.Database, opened.RunId, null, CancellationToken.None))!;
        Assert.All(await RunView.BalancesAsync(toy.Engine, run, CancellationToken.None), balance => Assert.True(balance.Check.Balances));
    }

    [Fact]
    public async Task A_complete_night_run_again_changes_nothing()
    {
        await using var toy = await ToyRun.CreateAsync();
        await toy.OpenAsync();
        await toy.WorkAsync();
        var before = await toy.DigestAsync();

        Assert.Equal(OpenOutcome.Complete, (await toy.OpenAsync()).Outcome);
        Assert.Equal(0, await toy.WorkAsync());
        Assert.Equal(before, await toy.DigestAsync());
    }

    [Fact]
    public async Task A_night_without_items_passes_through_every_step()
    {
        await using var toy = await ToyRun.CreateAsync(items: 0);
        await toy.OpenAsync();
        await toy.WorkAsync();
        Assert.Equal(3, await toy.ScalarAsync<long>("SELECT count(*) FROM step WHERE state = 'closed'"));
    }

    [Fact]
    public async Task A_single_step_runs_only_where_the_one_before_is_closed()
    {
        await using var toy = await ToyRun.CreateAsync();
        Assert.Equal(OpenOutcome.Refused, (await toy.OpenAsync(until: "paper")).Outcome);
        await toy.OpenAsync(until: "first");
        await toy.WorkAsync();
        Assert.Equal("closed,waiting,waiting", await StatesAsync(toy));
        Assert.Equal(OpenOutcome.Refused, (await toy.OpenAsync(until: "last")).Outcome);
        await toy.OpenAsync(until: "paper");
        await toy.WorkAsync();
        Assert.Equal("closed,closed,waiting", await StatesAsync(toy));
        await toy.OpenAsync();
        await toy.WorkAsync();
        Assert.Equal("complete", await toy.ScalarAsync<string>("SELECT state FROM run"));
    }

    [Fact]
    public async Task A_night_before_the_last_complete_one_is_refused()
    {
        await using var toy = await ToyRun.CreateAsync(items: 0);
        await toy.OpenAsync();
        await toy.WorkAsync();
        Assert.Equal(OpenOutcome.Refused, (await toy.OpenAsync(ToyRun.Date.AddDays(-1))).Outcome);
    }

    [Fact]
    public async Task One_night_runs_at_a_time()
    {
        await using var toy = await ToyRun.CreateAsync();
        await toy.OpenAsync();
        Assert.Equal(OpenOutcome.Refused, (await toy.OpenAsync(ToyRun.Date.AddDays(1))).Outcome);
    }

    [Theory]
    [InlineData("2026-11-24T20:59:00+09:00", null)]          // Before the first night there is nothing to catch up.
    [InlineData("2026-11-24T21:00:00+09:00", "2026-11-24")]  // The hour itself counts.
    [InlineData("2026-11-25T00:30:00+09:00", null)]          // Past midnight the day before is due, but it was never begun.
    public async Task The_first_night_begins_at_its_hour(string now, string? expected)
    {
        await using var toy = await ToyRun.CreateAsync(items: 0);
        var opened = await toy.Engine.Opener.OpenDueNightsAsync(DateTimeOffset.Parse(now), CancellationToken.None);
        Assert.Equal(expected, opened?.ToString("O"));
    }

    [Fact]
    public async Task Missed_nights_are_opened_oldest_first_and_one_at_a_time()
    {
        await using var toy = await ToyRun.CreateAsync(items: 0);
        await toy.OpenAsync();
        await toy.WorkAsync();
        var now = DateTimeOffset.Parse("2026-11-27T03:00:00+09:00");
        var opened = new List<string?>();
        for (var asked = 0; asked < 4; asked++)
        {
            opened.Add((await toy.Engine.Opener.OpenDueNightsAsync(now, CancellationToken.None))?.ToString("O"));
            Assert.Null(opened[^1] is null ? null : await toy.Engine.Opener.OpenDueNightsAsync(now, CancellationToken.None));
            await toy.WorkAsync();
        }

        Assert.Equal(["2026-11-25", "2026-11-26", null, null], opened);
    }

    private static Task<string> StatesAsync(ToyRun toy) =>
        toy.ScalarAsync<string>("SELECT string_agg(state, ',' ORDER BY ordinal) FROM step");
}
