using System.Globalization;
using MyNumber.Batch;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Storage;
using Quartz;
using Serilog;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// The clock of `serve`: Quartz (memory store, Tokyo time) only triggers. Its trigger, every start and a check every
/// five minutes ask the same question, which nights are due and have no run: no misfire policy brings a missed night back
/// after a restart (measured), the rows do. By day, when no night is at work, it triggers retention (R48) too.
/// </summary>
public sealed class NightSchedule(RunEngine engine, NightServices services) : BackgroundService
{
    private const string EveryFiveMinutes = "0 0/5 * * * ?";
    private const string AtNoon = "0 0 12 * * ?";

    // The check above would bring the night too, at most five minutes later.
    private string AtTheNightsHour => string.Create(
        CultureInfo.InvariantCulture, $"1 {engine.Options.Nights.Begins.Minute} {engine.Options.Nights.Begins.Hour} * * ?");

    /// <summary>
    /// Hands over what a kill or a skip left behind, then opens every night that is due, oldest first; a night under way comes
    /// first.
    /// </summary>
    public async Task RingAsync(CancellationToken cancellation)
    {
        try
        {
            await FinishPendingAsync(cancellation);
            if (await engine.Opener.OpenDueNightsAsync(engine.Clock.GetUtcNow(), cancellation) is { } date)
            {
                Log.Information("The night of {Date} is opened", date);
            }
        }
        catch (Exception away) when (Failures.IsOfDatabase(away))
        {
            // The next trigger asks again.
            Log.Warning(away, "Whether a night is due could not be asked");
        }
    }

    /// <summary>Deletes what is past its time; what could not be deleted today is found tomorrow.</summary>
    public async Task RetainAsync(CancellationToken cancellation)
    {
        try
        {
            var gone = await new Retention(services).SweepAsync(RetentionMode.Delete, cancellation);
            Log.Information(
                "Retention deleted {Archived} feeds of the archive, {Refused} refused ones, {Photographs} photographs of card orders",
                gone.Archived, gone.Refused, gone.Photographs);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or StepRefusedException
            || Failures.IsOfDatabase(failed))
        {
            Log.Warning(failed, "Retention could not delete; it tries again at noon, or by `mynumber retention`");
        }
    }

    private async Task FinishPendingAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var handed in await Night.FinishPendingAsync(services, cancellation))
            {
                Log.Information(
                    "Drop {Drop} was left behind: {Outcome}", handed.Drop.Folder, handed.StoppedClass ?? "handed over");
            }
        }
        catch (Exception away) when (!Failures.IsOfDatabase(away) && Failures.Kind(away) != FailureKind.Permanent)
        {
            Log.Warning("What was left behind could not be handed over ({Error}); tried again in five minutes", Failures.Class(away));
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
            foreach (var (cron, act) in new (string, Func<CancellationToken, Task>)[]
                { (AtTheNightsHour, RingAsync), (EveryFiveMinutes, RingAsync), (AtNoon, RetainAsync) })
            {
                quartz.ScheduleJob(
                    $"trigger {cron}", act,
                    trigger => trigger.WithCronSchedule(cron, schedule => schedule.InTimeZone(tokyo)));
            }
        }).BuildScheduler(stoppingToken);
        await scheduler.Start(stoppingToken);
        await RingAsync(stoppingToken);
        await RetainAsync(stoppingToken);
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
        catch (Exception away) when (Failures.IsOfDatabase(away))
        {
            return false;
        }
    }
}
