using System.CommandLine;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Batch.Runs.Operators;
using MyNumber.Jobs.Hosting;

namespace MyNumber.Jobs.Cli;

/// <summary>What runs did and whether it adds up: show, runs, verify.</summary>
public static class RunShowVerbs
{
    /// <summary>The verbs.</summary>
    public static IEnumerable<Command> Build() => [Show(), Runs(), Verify()];

    private static Command Show()
    {
        var what = new Argument<string>("RUN") { Description = "A run's id, or the date of a night." };
        return new Command("show", "A run's steps, counts and failed parts.") { what }.Runs(async context =>
        {
            var engine = await context.EngineAsync();
            var run = await RunVerbs.FindRunAsync(context, context.Get(what));
            var steps = await RunView.LiveAsync(engine, run.Id, [], context.Cancellation);
            var failed = await new OperatorActs(engine).FailedAsync(run.Id, context.Cancellation);
            if (context.Json)
            {
                context.WriteJson(new { Run = run, Steps = steps, Failed = failed });
                return ExitStatus.Done;
            }

            context.Out.WriteLine(Line(run));
            foreach (var step in steps)
            {
                var outcomes = string.Join(
                    ", ", step.Outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"));
                context.Out.WriteLine($"  {step.Ordinal,2} {step.Name,-12} {step.State,-10} {step.Done}/{step.Parts} parts  {outcomes}");
                foreach (var line in PaceText.Lines(step.Pace))
                {
                    context.Out.WriteLine($"     {line}");
                }
            }

            foreach (var part in failed)
            {
                context.Out.WriteLine($"  part {part.Id} of {part.Step} ({part.Act}) failed: {part.ErrorClass}. {part.ErrorText}");
            }

            return ExitStatus.Done;
        });
    }

    private static Command Runs() => new Command("runs", "All runs, newest first.").Runs(async context =>
    {
        foreach (var run in await RunView.RunsAsync(await context.DatabaseAsync(), context.Cancellation))
        {
            if (context.Json)
            {
                context.WriteJson(run);
            }
            else
            {
                context.Out.WriteLine(Line(run));
            }
        }

        return ExitStatus.Done;
    });

    private static Command Verify()
    {
        var what = new Argument<string?>("RUN") { Arity = ArgumentArity.ZeroOrOne, Description = "A run; otherwise the newest night." };
        return new Command("verify", "Checks every conservation law and the audit chain.") { what }.Runs(async context =>
        {
            var engine = await context.EngineAsync();
            var all = await RunView.RunsAsync(engine.Database, context.Cancellation);
            var run = context.Find(what) is { } text
                ? await RunVerbs.FindRunAsync(context, text)
                : all.FirstOrDefault(night => night.Kind == "night");
            var balances = run is null ? [] : await RunView.BalancesAsync(engine, run, context.Cancellation);
            await using var connection = await engine.Database.OpenConnectionAsync(context.Cancellation);
            var broken = await Audit.FirstBrokenAsync(connection, context.Cancellation);
            var results = balances
                .Select(one => new LawLine(one.Step, one.Check.Name, one.Check.Left, one.Check.Right, one.Check.Balances))
                .Append(new LawLine("audit", "every entry follows the one before", broken is null ? 0 : 1, 0, broken is null))
                .ToList();
            foreach (var line in results)
            {
                if (context.Json)
                {
                    context.WriteJson(line);
                }
                else
                {
                    context.Out.WriteLine($"{(line.Holds ? "holds " : "BROKEN")} {line.Step,-12} {line.Law}: {line.Left} = {line.Right}");
                }
            }

            return results.All(line => line.Holds) ? ExitStatus.Done : ExitStatus.Failed;
        });
    }

    private static string Line(RunRow run) =>
        $"{run.Id,4} {run.Kind} {run.BusinessDate:yyyy-MM-dd} {run.State}{(run.FailedParts > 0 ? $", {run.FailedParts} parts failed" : "")}";

    private sealed record LawLine(string Step, string Law, long Left, long Right, bool Holds);
}
