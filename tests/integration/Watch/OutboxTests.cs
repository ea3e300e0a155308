using Microsoft.Extensions.Time.Testing;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Tests.Integration.Runs;
using Npgsql;

namespace MyNumber.Tests.Integration.Watch;

/// <summary>The alert rows are the outbox: what happened is told once per channel, however often somebody is away.</summary>
public sealed class OutboxTests
{
    private static readonly DateTimeOffset Evening = DateTimeOffset.Parse("2026-11-24T13:00:00Z").ToUniversalTime();
    private readonly FakeTimeProvider _clock = new(Evening);

    [Fact]
    public async Task An_alert_whose_cause_was_rolled_back_is_told_nobody()
    {
        await using var toy = await ToyRun.CreateAsync(clock: _clock);
        var channel = new Receiver("webhook");
        var outbox = await OpenAsync(toy, channel);
        await using (var connection = await toy.Engine.Database.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await Alerts.RaiseAsync(connection, transaction, "part-failed", "run 1", "Look.", Evening, default);
            await transaction.RollbackAsync();
        }

        Assert.Equal(0, await outbox.DeliverAsync(default));
        await RaiseAsync(toy, "part-failed", "run 1");
        await RaiseAsync(toy, "part-failed", "run 1");
        await outbox.DeliverAsync(default);
        Assert.Equal(["raised part-failed run 1"], channel.Taken);
    }

    [Fact]
    public async Task A_receiver_that_is_away_costs_one_attempt_a_while_and_hears_all_of_it_later()
    {
        await using var toy = await ToyRun.CreateAsync(clock: _clock);
        var (down, up) = (new Receiver("webhook") { Away = true }, new Receiver("email"));
        var outbox = await OpenAsync(toy, down, up);
        for (var alert = 0; alert < 10; alert++)
        {
            await RaiseAsync(toy, "part-failed", $"run 1 part {alert}");
        }

        for (var second = 0; second < 3600; second++)
        {
            await outbox.DeliverAsync(default);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        // 5, 10, 20 … 640 s, then a quarter of an hour: not ten messages once a second.
        Assert.InRange(down.Attempts, 8, 12);
        Assert.Equal(10, up.Taken.Count(told => told.StartsWith("raised part-failed", StringComparison.Ordinal)));
        Assert.Equal(1, up.Taken.Count(told => told == "raised alert-channel-down webhook"));

        down.Away = false;
        _clock.Advance(TimeSpan.FromMinutes(16));
        await outbox.DeliverAsync(default);
        Assert.Equal(Enumerable.Range(0, 10).Select(alert => $"raised part-failed run 1 part {alert}").Order(),
            down.Taken.Where(told => told.Contains("part-failed", StringComparison.Ordinal)).Order());
        await outbox.DeliverAsync(default);
        Assert.Equal("lowered alert-channel-down webhook", up.Taken[^1]);
        Assert.Equal(0, await outbox.DeliverAsync(default));
    }

    [Fact]
    public async Task A_message_that_is_never_taken_holds_up_no_other()
    {
        await using var toy = await ToyRun.CreateAsync(clock: _clock);
        var channel = new Receiver("webhook") { Refuses = "run 1 part 3" };
        var outbox = await OpenAsync(toy, channel);
        for (var alert = 0; alert < 6; alert++)
        {
            await RaiseAsync(toy, "part-failed", $"run 1 part {alert}");
        }

        for (var second = 0; second < 60; second++)
        {
            await outbox.DeliverAsync(default);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(5, channel.Taken.Count);
        Assert.DoesNotContain("raised part-failed run 1 part 3", channel.Taken);
    }

    [Fact]
    public async Task The_same_message_told_twice_has_the_same_id_and_an_alert_raised_anew_has_another()
    {
        await using var toy = await ToyRun.CreateAsync(clock: _clock);
        var channel = new Receiver("webhook");
        var outbox = await OpenAsync(toy, channel);
        await RaiseAsync(toy, "night-not-ended", "night of 2026-11-24");
        await outbox.DeliverAsync(default);
        // The process died after the receiver took it and before the commit.
        await toy.ExecuteAsync("DELETE FROM alert_delivery");
        await outbox.DeliverAsync(default);
        Assert.Equal(2, channel.Ids.Count);
        Assert.Single(channel.Ids.Distinct());

        _clock.Advance(TimeSpan.FromHours(1));
        await LowerAsync(toy, "night-not-ended", "night of 2026-11-24");
        await RaiseAsync(toy, "night-not-ended", "night of 2026-11-24");
        await outbox.DeliverAsync(default);
        Assert.Equal(["raised", "raised", "lowered", "raised"], channel.Taken.Select(told => told.Split(' ')[0]));
        Assert.Equal(3, channel.Ids.Distinct().Count());
    }

    [Fact]
    public async Task Two_processes_that_deliver_at_once_tell_each_message_once()
    {
        await using var toy = await ToyRun.CreateAsync(clock: _clock);
        var channel = new Receiver("webhook");
        var (one, other) = (await OpenAsync(toy, channel), await OpenAsync(toy, channel));
        for (var alert = 0; alert < 30; alert++)
        {
            await RaiseAsync(toy, "part-failed", $"run 1 part {alert}");
        }

        while ((await Task.WhenAll(one.DeliverAsync(default), other.DeliverAsync(default))).Sum() > 0)
        {
        }

        Assert.Equal(30, channel.Taken.Count);
        Assert.Equal(30, channel.Ids.Distinct().Count());
    }

    [Fact]
    public async Task A_channel_hears_nothing_of_the_time_before_it_was_there()
    {
        await using var toy = await ToyRun.CreateAsync(clock: _clock);
        await RaiseAsync(toy, "part-failed", "run 1 part 1");
        _clock.Advance(TimeSpan.FromSeconds(1));
        var channel = new Receiver("email");
        var outbox = await OpenAsync(toy, channel);
        await RaiseAsync(toy, "part-failed", "run 1 part 2");
        await outbox.DeliverAsync(default);
        Assert.Equal(["raised part-failed run 1 part 2"], channel.Taken);
    }

    [Fact]
    public async Task An_alert_that_nobody_has_seen_is_told_again_and_one_that_somebody_has_is_not()
    {
        await using var toy = await ToyRun.CreateAsync(clock: _clock);
        var channel = new Receiver("email");
        var outbox = await OpenAsync(toy, channel);
        await RaiseAsync(toy, "part-failed", "run 1 part 1");
        await RaiseAsync(toy, "part-failed", "run 1 part 2");
        await toy.ExecuteAsync("UPDATE alert SET acknowledged_by = 'operator-1', acknowledged_at = at WHERE subject LIKE '%2'");
        for (var hour = 0; hour < 9; hour++)
        {
            await new RunMonitor(toy.Engine).LookAsync(default);
            await new RunMonitor(toy.Engine).LookAsync(default);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        await outbox.DeliverAsync(default);
        Assert.Equal(
            ["reminder part-failed run 1 part 1", "reminder part-failed run 1 part 1"],
            channel.Taken.Where(told => told.StartsWith("reminder", StringComparison.Ordinal)));
    }

    private async Task<AlertOutbox> OpenAsync(ToyRun toy, params IAlertChannel[] channels)
    {
        var outbox = new AlertOutbox(toy.Engine.Database, channels, _clock);
        await outbox.OpenAsync(default);
        return outbox;
    }

    private async Task RaiseAsync(ToyRun toy, string code, string subject)
    {
        await using var connection = await toy.Engine.Database.OpenConnectionAsync();
        await Alerts.RaiseAsync(connection, null, code, subject, "Look.", _clock.GetUtcNow(), default);
    }

    private async Task LowerAsync(ToyRun toy, string code, string subject)
    {
        await using var connection = await toy.Engine.Database.OpenConnectionAsync();
        await Alerts.ResolveAsync(connection, null, code, subject, _clock.GetUtcNow(), default);
    }

    /// <summary>A receiver that takes, or not, what the real channels would send.</summary>
    private sealed class Receiver(string name) : IAlertChannel
    {
        private readonly Lock _one = new();

        public string Name => name;

        public bool Away { get; set; }

        public string? Refuses { get; init; }

        public int Attempts { get; private set; }

        public List<string> Taken { get; } = [];

        public List<string> Ids { get; } = [];

        public Task SendAsync(AlertMessage message, CancellationToken cancellation)
        {
            lock (_one)
            {
                Attempts++;
                if (Away || message.Subject == Refuses)
                {
                    throw new AlertNotTakenException("away");
                }

                Taken.Add($"{message.Kind} {message.Code} {message.Subject}");
                Ids.Add(message.Id);
                return Task.CompletedTask;
            }
        }
    }
}
