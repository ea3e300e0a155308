using System.CommandLine;
using System.Globalization;
using MyNumber.Batch.Runs;

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
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would be tried again; changes nothing." };
        var items = new Option<FileInfo?>("--items") { Description = "A file of item keys, one a line.", HelpName = "FILE" };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("rerun", "Tries failed parts again.") { what, failedOnly, dryRun, items, by, reason }
            .Runs(async context =>
            {
                var engine = await context.EngineAsync();
                var target = await TargetAsync(context, engine, context.Get(what));
                if (context.Get(dryRun))
                {
                    Tell(context, target.Parts, "would be tried again");
                    return ExitStatus.Done;
                }

                var because = new Because(context.Get(by)!, context.Get(reason)!);
                var keys = context.Get(items) is { } file ? await KeysAsync(file, context.Cancellation) : null;
                if (target.PartId is { } partId)
                {
                    await engine.Operator.RerunPartAsync(partId, keys, because, context.Cancellation);
                }
                else if (keys is not null)
                {
                    throw new UsageException("--items takes a part's id: show RUN lists the failed parts.");
                }
                else
                {
                    await engine.Operator.RerunAsync(target.RunId, because, context.Cancellation);
                }

                Tell(context, target.Parts, "tried again");
                return await RunVerbs.WorkOnAsync(context, engine, target.RunId);
            });
    }

    private static Command Skip()
    {
        var part = new Argument<long>("PART") { Description = "A failed part's id." };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("skip", "Holds a failed part's items for the next night, and goes on.") { part, by, reason }
            .Runs(async context =>
            {
                var engine = await context.EngineAsync();
                var view = await engine.Operator.PartAsync(context.Get(part), context.Cancellation);
                var held = await engine.Operator.SkipAsync(
                    context.Get(part), new Because(context.Get(by)!, context.Get(reason)!), context.Cancellation);
                context.Error.WriteLine($"{held} items are held.");
                return await RunVerbs.WorkOnAsync(context, engine, view!.RunId);
            });
    }

    private static Command Stop() => OnRun(
        "stop", "No part is taken up from now on; those in hand are finished. `rerun` goes on.", "is stopped",
        (engine, run, because, cancellation) => engine.Operator.StopAsync(run, because, cancellation));

    private static Command Abandon() => OnRun(
        "abandon", "Gives a run up for ever; what it has decided stays.", "is abandoned",
        (engine, run, because, cancellation) => engine.Operator.AbandonAsync(run, because, cancellation));

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
    private static async Task<(long RunId, long? PartId, IReadOnlyList<PartView> Parts)> TargetAsync(
        CliContext context, RunEngine engine, string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await engine.Operator.PartAsync(id, context.Cancellation) is { State: "failed" } part)
        {
            return (part.RunId, id, [part]);
        }

        var run = await RunVerbs.FindRunAsync(context, text);
        return (run.Id, null, await engine.Operator.FailedAsync(run.Id, context.Cancellation));
    }

    private static void Tell(CliContext context, IReadOnlyList<PartView> parts, string what)
    {
        foreach (var part in parts)
        {
            if (context.Json)
            {
                context.WriteJson(part);
            }
            else
            {
                context.Out.WriteLine($"part {part.Id} of {part.Step} ({part.Act}), {part.ErrorClass}: {what}");
            }
        }

        if (parts.Count == 0)
        {
            context.Error.WriteLine("No part has failed.");
        }
    }

    private static async Task<IReadOnlyCollection<string>> KeysAsync(FileInfo file, CancellationToken cancellation)
    {
        if (!file.Exists)
        {
            throw new UsageException($"There is no file {file.Name}.");
        }

        var lines = await File.ReadAllLinesAsync(file.FullName, cancellation);
        return [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0)];
    }
}
