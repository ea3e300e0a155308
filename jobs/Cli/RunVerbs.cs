using System.CommandLine;
using System.Globalization;
using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Batch.Runs.Operators;
using MyNumber.Batch.Waiting;
using MyNumber.Jobs.Hosting;

namespace MyNumber.Jobs.Cli;

/// <summary>The verbs that make runs go: migrate, night, run, work, adopt. What operators do with runs: RunActVerbs.</summary>
public static class RunVerbs
{
    private const int AlertsSaidMax = 20;

    /// <summary>The verbs, ready to be added to the root command.</summary>
    public static IEnumerable<Command> Build() =>
        [Migrate(), NightVerb(), RunStep(), .. RunActVerbs.Build(), .. RunShowVerbs.Build(), Work(), Adopt()];

    /// <summary>A run by what a person writes: its id, or the date of a night.</summary>
    /// <exception cref="UsageException">There is no such run.</exception>
    internal static async Task<RunRow> FindRunAsync(CliContext context, string text)
    {
        var database = await context.DatabaseAsync();
        var date = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : (DateOnly?)null;
        var id = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        return await RunView.FindAsync(database, id, date, context.Cancellation)
            ?? throw new UsageException($"There is no run {text}: name a run's id or the date of a night.");
    }

    /// <summary>Works on a run until nothing more can be done, and says how it stands.</summary>
    internal static async Task<int> WorkOnAsync(CliContext context, RunEngine engine, long runId)
    {
        var connection = HomeDatabase.ConnectionString(context.Home, context.Settings.Connection);
        RunEnd end;
        using (Telemetry.Start())
        await using (new MonitorLoop(engine, context.Settings.Alerts.Channels(context.Home.Id)))
        {
            end = await NightProgress.ShowAsync(progress => new NightRunner(
                    engine, connection, () => WorkCommand.Of(context.Home.Root), WorkCommand.Workers, progress)
                .RunAsync(runId, context.Cancellation));
        }

        var status = await SayEndAsync(context, engine, runId, end);
        if (end == RunEnd.Done)
        {
            context.Error.WriteLine(await WaitingAlerts.LineAsync(engine.Database, context.Cancellation));
        }

        await SayAlertsAsync(context, engine);
        return status;
    }

    private static async Task<int> SayEndAsync(CliContext context, RunEngine engine, long runId, RunEnd end)
    {
        switch (end)
        {
            case RunEnd.Done:
                return ExitStatus.Done;
            case RunEnd.DiskFull:
                context.Error.WriteLine("No room is left on a disk: the run was stopped. Make room, then start it again.");
                return ExitStatus.Unusable;
            case RunEnd.Stopped:
                context.Error.WriteLine("A person stopped the run.");
                return ExitStatus.Failed;
            default:
                foreach (var part in await new OperatorActs(engine).FailedAsync(runId, context.Cancellation))
                {
                    context.Error.WriteLine(
                        $"Part {part.Id} of {part.Step} ({part.Act}) failed: {part.ErrorClass}. {part.ErrorText}");
                }

                context.Error.WriteLine("The run waits for `rerun` or `skip`.");
                return ExitStatus.Failed;
        }
    }

    // Whatever the status says, who started this hears what waits for a person: the statuses are FORMATS.md's four.
    private static async Task SayAlertsAsync(CliContext context, RunEngine engine)
    {
        var open = await Alerts.OpenAsync(engine.Database, context.Cancellation);
        if (open.Count > 0)
        {
            context.Error.WriteLine(open.Count == 1 ? "One alert is open:" : $"{open.Count} alerts are open:");
        }

        foreach (var alert in open.Take(AlertsSaidMax))
        {
            context.Error.WriteLine($"  {alert.Code}, {alert.Subject}: {alert.WhatToDo}");
        }

        if (open.Count > AlertsSaidMax)
        {
            context.Error.WriteLine($"  and {open.Count - AlertsSaidMax} more: see the page Alerts.");
        }
    }

    private static Command Migrate() =>
        new Command("migrate", "Brings the database to the newest schema.").Runs(async context =>
        {
            // Opening the home's database makes and migrates it.
            _ = await context.DatabaseAsync();
            context.Error.WriteLine("The schema is the newest.");
            return ExitStatus.Done;
        });

    private static Command NightVerb()
    {
        var date = CommandLine.DateOption("The night's business date.");
        var verb = new Command("night",
            "The whole nightly run for a business date; run again, it continues or says it is complete.") { date };
        var unusual = new UnusualDateOptions().AddTo(verb);
        return verb.Runs(context => OpenAndWorkAsync(context, context.Get(date), null, unusual.Read(context)));
    }

    private static Command RunStep()
    {
        var date = CommandLine.DateOption("The night's business date.");
        var step = new Argument<string>("STEP") { Description = "A step of the night: intake, read, validate …" };
        var verb = new Command("run", "One step of a night, if the one before is closed.") { step, date };
        var unusual = new UnusualDateOptions().AddTo(verb);
        return verb.Runs(context => OpenAndWorkAsync(context, context.Get(date), context.Get(step), unusual.Read(context)));
    }

    private static async Task<int> OpenAndWorkAsync(CliContext context, DateOnly date, string? step, UnusualDate? unusual)
    {
        var engine = await context.EngineAsync();
        var left = await FinishPendingAsync(context);
        OpenResult opened;
        try
        {
            opened = await engine.Opener.OpenNightAsync(date, step, unusual, context.Cancellation);
        }
        catch (ArgumentException unknown)
        {
            throw new UsageException(unknown.Message);
        }

        if (opened.Outcome == OpenOutcome.Refused)
        {
            throw new UsageException(opened.Sentence);
        }

        context.Error.WriteLine(opened.Sentence);
        if (opened.Outcome == OpenOutcome.Complete)
        {
            return left;
        }

        var status = await WorkOnAsync(context, engine, opened.RunId);
        status = status == ExitStatus.Done ? await RefusedFeedsAsync(context, opened.RunId) : status;
        return status == ExitStatus.Done ? left : status;
    }

    /// <summary>Hands over what a kill or a skip left behind.</summary>
    /// <returns>Failed where a drop is stopped that nobody knew of.</returns>
    internal static async Task<int> FinishPendingAsync(CliContext context)
    {
        var handed = await Night.FinishPendingAsync(await context.ServicesAsync(), context.Cancellation);
        foreach (var drop in handed)
        {
            context.Error.WriteLine(drop.StoppedClass is { } stopped
                ? $"{drop.Drop.Folder} cannot be handed over ({stopped}): {drop.Sentence}"
                : $"{drop.Drop.Folder} was left behind and is handed over.");
        }

        return handed.Any(drop => drop.IsNewlyStopped) ? ExitStatus.Failed : ExitStatus.Done;
    }

    // A refused feed is no reason to stop the night, but somebody must hear of it (FORMATS.md, exit status 1).
    private static async Task<int> RefusedFeedsAsync(CliContext context, long runId)
    {
        var database = await context.DatabaseAsync();
        await using var command = database.CreateCommand(
            """SELECT kind, name FROM feed WHERE run_id = $1 AND state = 'rejected' ORDER BY kind COLLATE "C", name""");
        command.Parameters.Add(new() { Value = runId });
        await using var reader = await command.ExecuteReaderAsync(context.Cancellation);
        var status = ExitStatus.Done;
        while (await reader.ReadAsync(context.Cancellation))
        {
            context.Error.WriteLine(
                $"Feed {reader.GetString(0)}/{reader.GetString(1)} was refused: see inbox/rejected/ for rows and reasons.");
            status = ExitStatus.Failed;
        }

        return status;
    }

    private static Command Work()
    {
        var child = new Option<bool>(WorkCommand.ChildOption) { Hidden = true };
        return new Command("work", "One worker process; `night` and `serve` start them, other hosts may.") { child }
            .Runs(async context =>
            {
                var engine = await context.EngineAsync();
                var parent = context.Get(child) ? Console.OpenStandardInput() : null;
                using var telemetry = Telemetry.Start();
                // A child's parent watches; a worker on a host of its own watches too.
                await using var monitor = parent is null
                    ? new MonitorLoop(engine, context.Settings.Alerts.Channels(context.Home.Id))
                    : null;
                await new WorkerProcess(engine, HomeDatabase.ConnectionString(context.Home, context.Settings.Connection))
                    .RunAsync(parent, context.Cancellation);
                return ExitStatus.Done;
            });
    }

    private static Command Adopt()
    {
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("adopt", "Binds a moved home's database to where the home lies now.") { by, reason }
            .Runs(async context =>
            {
                await using var database = await HomeDatabase.OpenUnboundAsync(
                    context.Home, context.Settings.Connection, context.Cancellation);
                await using var connection = await database.OpenConnectionAsync(context.Cancellation);
                await using var transaction = await connection.BeginTransactionAsync(context.Cancellation);
                await HomeDatabase.RebindAsync(connection, transaction, context.Home.RealPath(), context.Cancellation);
                await Audit.WriteAsync(
                    connection, transaction, context.Get(by)!, "adopt-home", context.Home.Id, context.Get(reason)!,
                    context.Clock.GetUtcNow(), context.Cancellation);
                await transaction.CommitAsync(context.Cancellation);
                context.Error.WriteLine($"The database of home {context.Home.Id} now knows it as {context.Home.RealPath()}.");
                return ExitStatus.Done;
            });
    }
}
