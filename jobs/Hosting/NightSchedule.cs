using System.Globalization;
using MyNumber.Batch.Runs;
using Npgsql;
using Quartz;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// The alarm clock of `serve`: Quartz (memory store, Tokyo time) only rings. Its trigger, every start and a check every
/// five minutes ask the same question, which nights are due and have no run: no misfire policy brings a missed night back
/// after a restart (measured), the rows do.
/// </summary>
public sealed class NightSchedule(RunEngine engine) : BackgroundService
{
    private const string EveryFiveMinutes = "0 0/5 * * * ?";

    // The check above would bring the night too, at most five minutes later.
    private string AtTheNightsHour => string.Create(
        CultureInfo.InvariantCulture, $"1 {engine.Options.Nights.Begins.Minute} {engine.Options.Nights.Begins.Hour} * * ?");

    /// <summary>Opens every night that is due, oldest first; a night under way comes first.</summary>
    public async Task RingAsync(CancellationToken cancellation)
    {
        try
        {
            if (await engine.Opener.OpenDueNightsAsync(engine.Clock.GetUtcNow(), cancellation) is { } date)
            {
                Log.Information("The night of {Date} is opened", date);
            }
        }
        catch (NpgsqlException away)
        {
            // The next ring asks again.
            Log.Warning(away, "Whether a night is due could not be asked");
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Japan has no summer time: a fixed offset needs no time-zone data on the machine.
        var tokyo = TimeZoneInfo.CreateCustomTimeZone("Asia/Tokyo", NightHours.Japan, "Japan", "Japan");
        var scheduler = await QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.UseInMemoryStore();
            foreach (var cron in new[] { AtTheNightsHour, EveryFiveMinutes })
            {
                Func<CancellationToken, Task> ring = RingAsync;
                quartz.ScheduleJob(
                    $"ring {cron}", ring,
                    trigger => trigger.WithCronSchedule(cron, schedule => schedule.InTimeZone(tokyo)));
            }
        }).BuildScheduler(stoppingToken);
        await scheduler.Start(stoppingToken);
        await RingAsync(stoppingToken);
        try
        {
            await WatchForTheNextAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }

    // After an outage of several days each night follows the one before at once, not five minutes later.
    private async Task WatchForTheNextAsync(CancellationToken cancellation)
    {
        var busy = false;
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), engine.Clock, cancellation);
            var running = await IsANightRunningAsync(cancellation);
            if (busy && !running)
            {
                await RingAsync(cancellation);
            }

            busy = running;
        }
    }

    private async Task<bool> IsANightRunningAsync(CancellationToken cancellation)
    {
        try
        {
            await using var command = engine.Database.CreateCommand(
                "SELECT EXISTS (SELECT FROM run WHERE kind = 'night' AND state IN ('running', 'stopped'))");
            return await command.ExecuteScalarAsync(cancellation) is true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
