using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Jobs.Hosting;
using MyNumber.Tests.Integration.Runs;

namespace MyNumber.Tests.Integration.Watch;

/// <summary>Worker processes that die again and again are an alert, until they live.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Workers_that_die_again_and_again_are_an_alert_and_resolved_when_they_live()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-24T12:00:00Z"));
        await using var toy = await ToyRun.CreateAsync(items: 0, clock: clock);
        var dies = true;
        // A child that dies at once, later one that lives until its pipe closes, as a worker does.
        await using var pool = await WorkerPool.StartAsync(
            toy.Engine, () => new ProcessStartInfo(Volatile.Read(ref dies) ? "false" : "cat"), 2, default);
        await AdvanceUntilAsync(clock, TimeSpan.FromSeconds(1), async () => await OpenAsync(toy) is [{ Code: "worker-restarts" }]);
        var alert = Assert.Single(await OpenAsync(toy));
        Assert.Equal(Environment.MachineName, alert.Subject);
        Assert.Contains("ended within 10 minutes, the last with status 1", alert.WhatToDo, StringComparison.Ordinal);

        Volatile.Write(ref dies, false);
        await AdvanceUntilAsync(clock, TimeSpan.FromSeconds(15), async () => await OpenAsync(toy) is []);
    }

    [Fact]
    public async Task A_few_deaths_are_what_the_engine_is_made_for()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-24T12:00:00Z"));
        await using var toy = await ToyRun.CreateAsync(items: 0, clock: clock);
        var starts = 0;
        await using var pool = await WorkerPool.StartAsync(
            toy.Engine, () => new ProcessStartInfo(Interlocked.Increment(ref starts) <= 4 ? "false" : "cat"), 1, default);
        await AdvanceUntilAsync(clock, TimeSpan.FromSeconds(1), () => Task.FromResult(Volatile.Read(ref starts) == 5));
        Assert.Empty(await OpenAsync(toy));
    }

    private static Task<IReadOnlyList<OpenAlert>> OpenAsync(ToyRun toy) => Alerts.OpenAsync(toy.Engine.Database, default);

    private static Task AdvanceUntilAsync(FakeTimeProvider clock, TimeSpan by, Func<Task<bool>> holds) =>
        Ports.UntilAsync(async () =>
        {
            clock.Advance(by);
            return await holds();
        });
}
