using Microsoft.Extensions.Time.Testing;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Tests.Integration.Runs;

namespace MyNumber.Tests.Integration.Watch;

/// <summary>The dead man's switch, stragglers, and nights against the clock, with a clock of the test's own.</summary>
public sealed class WatchTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("2026-11-25T21:14:59+09:00", null)]                 // The tolerance is not over yet.
    [InlineData("2026-11-25T21:15:00+09:00", null)]                 // The limit itself is still in time.
    [InlineData("2026-11-25T21:15:01+09:00", "night of 2026-11-25")]
    [InlineData("2026-11-28T03:00:00+09:00", "night of 2026-11-25")] // Of several that are missing: the oldest.
    public async Task A_night_that_did_not_begin_by_its_hour_is_an_alert(string now, string? expected)
    {
        await using var toy = await CompleteAsync();
        await LookAsync(toy, now);
        Assert.Equal(expected is null ? [] : [$"night-not-started {expected}"], await OpenAsync(toy));
    }

    [Fact]
    public async Task It_is_resolved_by_itself_when_the_night_begins()
    {
        await using var toy = await CompleteAsync();
        await LookAsync(toy, "2026-11-25T22:00:00+09:00");
        Assert.Single(await OpenAsync(toy));
        Assert.NotNull(await toy.Engine.Opener.OpenDueNightsAsync(_clock.GetUtcNow(), default));
        await new RunMonitor(toy.Engine).LookAsync(default);
        Assert.Empty(await OpenAsync(toy));
        Assert.Equal("raised,lowered", await toy.ScalarAsync<string>("SELECT string_agg(kind, ',' ORDER BY id) FROM alert_message"));
    }

    [Fact]
    public async Task Before_the_first_night_nothing_can_be_missed()
    {
        await using var toy = await ToyRun.CreateAsync(items: 0, clock: _clock);
        await LookAsync(toy, "2026-11-25T22:00:00+09:00");
        Assert.Empty(await OpenAsync(toy));
    }

    [Fact]
    public async Task A_night_that_did_not_end_by_its_hour_is_an_alert_until_it_ends()
    {
        await using var toy = await ToyRun.CreateAsync(items: 0, clock: _clock);
        SetClock("2026-11-24T21:00:00+09:00");
        await toy.OpenAsync();
        await LookAsync(toy, "2026-11-25T06:00:00+09:00");
        Assert.Empty(await OpenAsync(toy));
        await LookAsync(toy, "2026-11-25T06:00:01+09:00");
        Assert.Equal(["night-not-ended night of 2026-11-24"], await OpenAsync(toy));
        await toy.WorkAsync();
        await new RunMonitor(toy.Engine).LookAsync(default);
        Assert.Empty(await OpenAsync(toy));
    }

    [Fact]
    public async Task A_night_caught_up_late_is_given_as_long_as_any_other()
    {
        await using var toy = await CompleteAsync();
        SetClock("2026-11-28T10:00:00+09:00");
        Assert.Equal(new DateOnly(2026, 11, 25), await toy.Engine.Opener.OpenDueNightsAsync(_clock.GetUtcNow(), default));
        await LookAsync(toy, "2026-11-28T19:00:00+09:00");
        Assert.Equal(["night-not-started night of 2026-11-26"], await OpenAsync(toy));
        await LookAsync(toy, "2026-11-28T19:00:01+09:00");
        Assert.Equal(["night-not-ended night of 2026-11-25", "night-not-started night of 2026-11-26"], await OpenAsync(toy));
    }

    [Fact]
    public async Task Seen_by_a_person_it_stays_seen_however_often_somebody_looks()
    {
        await using var toy = await CompleteAsync();
        await LookAsync(toy, "2026-11-25T22:00:00+09:00");
        await toy.ExecuteAsync("UPDATE alert SET acknowledged_by = 'operator-1', acknowledged_at = now()");
        await LookAsync(toy, "2026-11-25T23:00:00+09:00");
        Assert.Empty(await OpenAsync(toy));
        Assert.Equal(1, await toy.ScalarAsync<long>("SELECT count(*) FROM alert_message"));
    }

    [Fact]
    public async Task Other_hours_are_a_setting()
    {
        await using var toy = await ToyRun.CreateAsync(items: 0, clock: _clock);
        var engine = With(toy, new EngineOptions { Nights = new() { Begins = new(23, 30), EndsBy = new(5, 0) } });
        Assert.Null(await engine.Opener.OpenDueNightsAsync(DateTimeOffset.Parse("2026-11-24T23:29:59+09:00"), default));
        Assert.Equal(
            new DateOnly(2026, 11, 24),
            await engine.Opener.OpenDueNightsAsync(DateTimeOffset.Parse("2026-11-24T23:30:00+09:00"), default));
    }

    [Fact]
    public async Task A_night_that_spans_midnight_keeps_its_date_and_the_next_waits_for_its_hour()
    {
        await using var toy = await ToyRun.CreateAsync(clock: _clock);
        var midnight = false;
        toy.Night.Pause = _ =>
        {
            // Between two parts of the first step the day changes, in Japan and (nine hours later) in the clock's own zone.
            if (!midnight)
            {
                midnight = true;
                _clock.Advance(TimeSpan.FromHours(12));
            }

            return Task.CompletedTask;
        };
        SetClock("2026-11-24T21:00:00+09:00");
        Assert.Equal(new DateOnly(2026, 11, 24), await toy.Engine.Opener.OpenDueNightsAsync(_clock.GetUtcNow(), default));
        await toy.WorkAsync();
        Assert.True(midnight);
        Assert.Equal(
            "2026-11-24 complete 2026-11-24T15:00:00Z",
            await toy.ScalarAsync<string>(
                """SELECT business_date || ' ' || state || ' ' || to_char(cut_off AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM run"""));
        Assert.Equal("2026-11-24", await toy.ScalarAsync<string>("SELECT DISTINCT business_date::text FROM drop"));
        Assert.Null(await toy.Engine.Opener.OpenDueNightsAsync(_clock.GetUtcNow(), default));
        SetClock("2026-11-25T21:00:00+09:00");
        Assert.Equal(new DateOnly(2026, 11, 25), await toy.Engine.Opener.OpenDueNightsAsync(_clock.GetUtcNow(), default));
    }

    [Fact]
    public async Task A_part_that_takes_far_longer_than_the_others_straggles_until_it_ends()
    {
        await using var toy = await ToyRun.CreateAsync(items: 60, clock: _clock);
        SetClock("2026-11-24T21:00:00+09:00");
        var held = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        toy.Night.Pause = async part =>
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            if (part.FromKey == "00041")
            {
                reached.SetResult();
                await held.Task;
            }
        };
        await toy.OpenAsync();
        var working = toy.WorkAsync();
        await reached.Task;
        await new RunMonitor(toy.Engine).LookAsync(default);
        Assert.Empty(await OpenAsync(toy));

        _clock.Advance(TimeSpan.FromMinutes(3));
        await new RunMonitor(toy.Engine).LookAsync(default);
        var pace = (await StepPace.LoadAsync(toy.Engine, 1, default))!;
        var part = Assert.Single(pace.Stragglers);
        Assert.Equal((4L, 2L, 10.0, 190.0), (pace.PartsDone, pace.PartsOpen, pace.MedianSeconds, part.Seconds));
        Assert.Equal([$"part-straggles run 1 2026-11-24 first part {part.Part}"], await OpenAsync(toy));
        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}",
            await toy.ScalarAsync<string>("SELECT what_to_do FROM alert"));

        held.SetResult();
        await working;
        await new RunMonitor(toy.Engine).LookAsync(default);
        Assert.Empty(await OpenAsync(toy));
    }

    [Fact]
    public async Task The_remaining_time_is_unknown_before_there_is_evidence_and_rests_on_done_parts_afterwards()
    {
        await using var toy = await ToyRun.CreateAsync(items: 100, clock: _clock);
        SetClock("2026-11-24T21:00:00+09:00");
        var left = new List<(long Done, string Left)>();
        toy.Night.Pause = async _ =>
        {
            var pace = (await StepPace.LoadAsync(toy.Engine, 1, default))!;
            left.Add((pace.PartsDone, pace.Left));
            _clock.Advance(TimeSpan.FromSeconds(60));
        };
        await toy.OpenAsync(until: "first");
        await toy.WorkAsync();
        Assert.Equal("unknown (0 parts done say too little)", left[0].Left);
        Assert.Equal("unknown (2 parts done say too little)", left[2].Left);
        // 7 of 10 are not done, one at a time, a minute each.
        Assert.Equal((3, "about 7 min"), left[3]);
        Assert.Equal((9, "about 60 s"), left[9]);
        Assert.Null(await StepPace.LoadAsync(toy.Engine, 1, default));
    }

    [Fact]
    public async Task A_takeover_and_a_refused_result_stand_in_the_rows()
    {
        await using var toy = await ToyRun.CreateAsync();
        await toy.OpenAsync();
        var once = 0;
        toy.Night.Pause = async _ =>
        {
            if (Interlocked.Exchange(ref once, 1) == 0)
            {
                // Somebody gives this worker up while it computes; another takes the part and is done first.
                await toy.ExecuteAsync("UPDATE worker SET state = 'dead'");
                await toy.WorkAsync();
            }
        };
        await toy.WorkAsync();
        Assert.Equal("1 1", await toy.ScalarAsync<string>("SELECT sum(takeovers) || ' ' || sum(fenced) FROM part"));
        Assert.Equal("complete", await toy.ScalarAsync<string>("SELECT state FROM run"));
    }

    private async Task<ToyRun> CompleteAsync()
    {
        SetClock("2026-11-24T21:00:00+09:00");
        var toy = await ToyRun.CreateAsync(items: 0, clock: _clock);
        await toy.OpenAsync();
        await toy.WorkAsync();
        return toy;
    }

    private RunEngine With(ToyRun toy, EngineOptions options) =>
        new(toy.Engine.Database, toy.Night.Kinds, toy.Outbox, _clock, options);

    private async Task LookAsync(ToyRun toy, string now)
    {
        SetClock(now);
        await new RunMonitor(toy.Engine).LookAsync(default);
    }

    private void SetClock(string now)
    {
        var at = DateTimeOffset.Parse(now).ToUniversalTime();
        if (at > _clock.GetUtcNow())
        {
            _clock.SetUtcNow(at);
        }
    }

    private static async Task<IReadOnlyList<string>> OpenAsync(ToyRun toy) =>
        [.. (await Alerts.OpenAsync(toy.Engine.Database, default)).Select(alert => $"{alert.Code} {alert.Subject}")
            .Order(StringComparer.Ordinal)];
}
