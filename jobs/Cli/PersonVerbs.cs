using System.CommandLine;
using MyNumber.Batch.Keying;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Storage;
using MyNumber.Batch.Validation;

namespace MyNumber.Jobs.Cli;

/// <summary>`review`, `retention`, `rules`: what persons decide, through the same rules and audit as the pages.</summary>
public static class PersonVerbs
{
    /// <summary>The verbs.</summary>
    public static IEnumerable<Command> Build() => [Review(), PurgeVerbs.Build(), RetentionVerb(), RulesVerb()];

    private static Command Review()
    {
        var item = new Argument<string>("ITEM");
        var value = new Option<string>(
            "--value") { Description = "What the field says; `rescan` asks for a new scan.", HelpName = "V", Required = true };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("review", "What waits for a person.")
        {
            new Command("list", "The open items, without values.").Runs(async context =>
            {
                foreach (var open in await Reviews.ListAsync(await context.DatabaseAsync(), context.Cancellation))
                {
                    if (context.Json)
                    {
                        context.WriteJson(new { open.Item, open.Key, open.Field, open.Rule, open.Blind });
                    }
                    else
                    {
                        context.Out.WriteLine($"{open.Item}  {open.Key}  {open.Field}  {open.Rule}{(open.Blind ? "  keyed once more" : "")}");
                    }
                }

                return ExitStatus.Done;
            }),
            new Command("decide", "Says what a field says.") { item, value, by, reason }.Runs(async context =>
            {
                var services = await context.ServicesAsync();
                var outcome = await Reviews.DecideAsync(
                    services.Database, services.Keys, context.Get(item), context.Get(value)!, context.Get(by)!,
                    context.Get(reason)!, context.Clock.GetUtcNow(), context.Cancellation);
                context.Out.WriteLine(outcome switch
                {
                    ReviewOutcome.Decided => "Stored. The next night's validation uses it.",
                    ReviewOutcome.AskedAnew => "A new scan of this side is wanted.",
                    ReviewOutcome.Rekeyed => "Stored. It measures how often the reader is wrong.",
                    ReviewOutcome.AnotherPerson => throw new UsageException("You keyed it already: another person is asked."),
                    ReviewOutcome.ValueRefused => throw new UsageException("That cannot stand in this field."),
                    ReviewOutcome.NotOpen => throw new UsageException("It was decided before, or the rules withdrew it."),
                    _ => throw new UsageException("No item has this id; review list shows them."),
                });
                return ExitStatus.Done;
            }),
        };
    }

    private static Command RetentionVerb()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only counts." };
        return new Command("retention", "Deletes what lies in clear past its time (R48); `serve` does the same once a day.") { dryRun }
            .Runs(async context =>
            {
                var mode = context.Get(dryRun) ? RetentionMode.DryRun : RetentionMode.Delete;
                RetentionResult past;
                try
                {
                    past = await new Retention(await context.ServicesAsync()).SweepAsync(mode, context.Cancellation);
                }
                catch (StepRefusedException restored)
                {
                    throw new UsageException(restored.Message);
                }

                if (context.Json)
                {
                    context.WriteJson(past);
                    return ExitStatus.Done;
                }

                context.Out.WriteLine(past.AsOf is not { } asOf
                    ? "No night is complete yet: there is nothing to go by."
                    : $"{(mode == RetentionMode.DryRun ? "Past their time" : "Deleted")}, as of {asOf:yyyy-MM-dd}: "
                    + $"{past.Archived} archived feeds, {past.Refused} refused feeds, {past.Photographs} photographs of card orders.");
                return ExitStatus.Done;
            });
    }

    private static Command RulesVerb() => new Command("rules", "The table of rules.").Runs(context =>
    {
        foreach (var rule in Rules.Table)
        {
            if (context.Json)
            {
                context.WriteJson(rule);
            }
            else
            {
                context.Out.WriteLine($"{rule.Id}  [{rule.Source}]  {(rule.Severity.Length == 0 ? "-" : rule.Severity)}  {rule.Operator}");
                foreach (var words in new[] { rule.Japanese, rule.English }.Where(words => words.Length > 0))
                {
                    context.Out.WriteLine($"       {words}");
                }
            }
        }

        return Task.FromResult(ExitStatus.Done);
    });
}
