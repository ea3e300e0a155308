using System.CommandLine;
using System.Globalization;
using MyNumber.Batch.Recovery;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Batch.Runs.Operators;

namespace MyNumber.Jobs.Cli;

/// <summary>What operators do to runs and parts: rerun, skip, stop, abandon. Each takes who and why, and is audited.</summary>
public static class RunActVerbs
{
    /// <summary>The verbs.</summary>
    public static IEnumerable<Command> Build() => [Rerun(), Skip(), Stop(), Abandon()];

    private static Command Rerun()
    {
        var what = new Argument<string>("RUN") { Description = "A run's id, the date of a night, or a failed part's id." };
        var failedOnly = new Option<bool>("--failed-only") { Description = "Only failed parts (done ones never are)." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would happen; changes nothing." };
        var items = new Option<FileInfo?>("--items") { Description = "A file of item keys, one a line.", HelpName = "FILE" };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("rerun", "Tries failed parts again.") { what, failedOnly, dryRun, items, by, reason }
            .Runs(async context =>
            {
                var engine = await context.EngineAsync();
                var (runId, partId) = await TargetAsync(context, engine, context.Get(what));
                var plan = await new OperatorActs(engine).PlanRerunAsync(runId, partId, context.Cancellation);
                Tell(context, plan);
                if (context.Get(dryRun))
                {
                    context.Error.WriteLine("Nothing was changed.");
                    return ExitStatus.Done;
                }

                var because = new Because(context.Get(by)!, context.Get(reason)!);
                var keys = context.Get(items) is { } file ? Keys(file) : null;
                if (partId is { } one)
                {
                    await new OperatorActs(engine).RerunPartAsync(one, keys, because, context.Cancellation);
                }
                else
                {
                    await new OperatorActs(engine).RerunAsync(runId, keys, because, context.Cancellation);
                }

                var left = await RunVerbs.FinishPendingAsync(context);
                var status = await RunVerbs.WorkOnAsync(context, engine, runId);
                return status == ExitStatus.Done ? left : status;
            });
    }

    private static Command Skip()
    {
        var part = new Argument<long>("PART") { Description = "A failed part's id." };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("skip", "Holds what is in a failed part for the next night, and goes on.") { part, by, reason }
            .Runs(async context =>
            {
                var engine = await context.EngineAsync();
                var view = await new OperatorActs(engine).PartAsync(context.Get(part), context.Cancellation);
                context.Error.WriteLine(await new OperatorActs(engine).SkipAsync(
                    context.Get(part), new Because(context.Get(by)!, context.Get(reason)!), context.Cancellation));
                return await RunVerbs.WorkOnAsync(context, engine, view!.RunId);
            });
    }

    private static Command Stop() => OnRun(
        "stop", "No part is taken up from now on; those in hand are finished. `rerun` goes on.", "is stopped",
        (engine, run, because, cancellation) => new OperatorActs(engine).StopAsync(run, because, cancellation));

    private static Command Abandon()
    {
        var what = new Argument<string>("RUN") { Description = "A run's id, or the date of a night." };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command(
            "abandon",
            "Gives a run up for ever: what it has decided stays, the rest is found by the next night. A complete night that lies after "
            + "today and was a mistake is set aside by two people.") { what, by, reason }.Runs(async context =>
        {
            var engine = await context.EngineAsync();
            var run = await RunVerbs.FindRunAsync(context, context.Get(what));
            var because = new Because(context.Get(by)!, context.Get(reason)!);
            if (run.State == "complete")
            {
                return await SetAsideAsync(context, run, because);
            }

            await new OperatorActs(engine).AbandonAsync(run.Id, because, context.Cancellation);
            context.Error.WriteLine($"Run {run.Id} is abandoned.");
            return ExitStatus.Done;
        });
    }

    private static async Task<int> SetAsideAsync(CliContext context, RunRow run, Because because)
    {
        await ActGate.ProveAsync(context, await context.DatabaseAsync());
        context.Error.WriteLine(await NightsSetAside.DeclareAsync(
            await context.ServicesAsync(), run.Id, because, context.Cancellation) switch
        {
            SetAsideOutcome.First => "Noted. A second person sets it aside with the same command.",
            SetAsideOutcome.SetAside =>
                $"The night of {run.BusinessDate:yyyy-MM-dd} is set aside: what it decided stays, its date no longer counts.",
            SetAsideOutcome.SamePerson => throw new UsageException("The same person cannot confirm: another one must."),
            _ => throw new UsageException($"Run {run.Id} is complete: only a night that lies after today can be set aside."),
        });
        return ExitStatus.Done;
    }

    private static Command OnRun(
        string verb, string description, string done, Func<RunEngine, long, Because, CancellationToken, Task> act)
    {
        var what = new Argument<string>("RUN") { Description = "A run's id, or the date of a night." };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command(verb, description) { what, by, reason }.Runs(async context =>
        {
            var engine = await context.EngineAsync();
            var run = await RunVerbs.FindRunAsync(context, context.Get(what));
            await act(engine, run.Id, new Because(context.Get(by)!, context.Get(reason)!), context.Cancellation);
            context.Error.WriteLine($"Run {run.Id} {done}.");
            return ExitStatus.Done;
        });
    }

    // Parts are numbered from a million and one, so a number is never both a run's and a part's.
    private static async Task<(long RunId, long? PartId)> TargetAsync(CliContext context, RunEngine engine, string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await new OperatorActs(engine).PartAsync(id, context.Cancellation) is { } part)
        {
            return part.State == "failed"
                ? (part.RunId, id)
                : throw new UsageException($"Part {id} is {part.State}: only failed parts are tried again.");
        }

        return ((await RunVerbs.FindRunAsync(context, text)).Id, null);
    }

    private static void Tell(CliContext context, RerunPlan plan)
    {
        foreach (var planned in plan.Parts)
        {
            if (context.Json)
            {
                context.WriteJson(planned);
            }
            else
            {
                var part = planned.Part;
                context.Out.WriteLine($"part {part.Id} of {part.Step} ({part.Act}), {part.ErrorClass}: {planned.Effect}");
            }
        }

        if (plan.Parts.Count == 0)
        {
            context.Error.WriteLine("No part has failed.");
        }

        if (plan.NotTried > 0)
        {
            context.Error.WriteLine($"{plan.NotTried} parts of the halted step were not tried yet: they go on too.");
        }

        if (plan.StepsAfter.Count > 0)
        {
            context.Error.WriteLine($"Then follow by themselves: {string.Join(", ", plan.StepsAfter)}.");
        }
    }

    private static IReadOnlyCollection<string> Keys(FileInfo file) =>
        [.. NamedFile.ReadAllText(file).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
}
