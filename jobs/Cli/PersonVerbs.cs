using System.CommandLine;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Runs;
using MyNumber.Batch.Storage;
using MyNumber.Batch.Validation;

namespace MyNumber.Jobs.Cli;

/// <summary>`review`, `purge`, `retention`, `rules`: what persons decide, through the same rules and audit as the pages.</summary>
public static class PersonVerbs
{
    /// <summary>The verbs.</summary>
    public static IEnumerable<Command> Build() => [Review(), Purge(), RetentionVerb(), RulesVerb()];

    private static Command Review()
    {
        var item = new Argument<string>("ITEM");
        var value = new Option<string>("--value") { Description = "What the field says; `rescan` asks for a new scan.", HelpName = "V", Required = true };
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

    private static Command Purge()
    {
        var list = new Argument<string>("LIST");
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        var date = CommandLine.DateOption("The business date of the proposal.");
        return new Command("purge", "Disposal of cards whose storage has ended.")
        {
            new Command("propose", "Does again what the night's storage step does: proposes disposals.") { date }.Runs(async context =>
            {
                var engine = await context.EngineAsync();
                var opened = await engine.Opener.OpenOtherAsync("disposal", context.Get(date), "", context.Cancellation);
                if (opened.Outcome == OpenOutcome.Refused)
                {
                    throw new UsageException(opened.Sentence);
                }

                context.Error.WriteLine(opened.Sentence);
                return opened.Outcome == OpenOutcome.Complete
                    ? ExitStatus.Done
                    : await RunVerbs.WorkOnAsync(context, engine, opened.RunId);
            }),
            new Command("list", "The disposal lists.").Runs(async context =>
            {
                foreach (var disposal in await Disposals.ListAsync(await context.ServicesAsync(), context.Cancellation))
                {
                    if (context.Json)
                    {
                        context.WriteJson(disposal);
                    }
                    else
                    {
                        context.Out.WriteLine(
                            $"{disposal.ListId}  {disposal.MunicipalityCode}  {disposal.BusinessDate:yyyy-MM-dd}  {disposal.State}  "
                            + $"{disposal.Cards} cards  approved by {disposal.ApprovedBy.Count}");
                    }
                }

                return ExitStatus.Done;
            }),
            new Command("show", "The cards of a list.") { list }.Runs(async context =>
            {
                var cards = await Disposals.CardsAsync(await context.ServicesAsync(), context.Get(list), context.Cancellation);
                if (cards.Count == 0)
                {
                    throw new UsageException("There is no list of this id; purge list shows them.");
                }

                foreach (var card in cards)
                {
                    if (context.Json)
                    {
                        context.WriteJson(card);
                    }
                    else
                    {
                        context.Out.WriteLine(
                            $"{card.CardId}  {card.StorageBegan:yyyy-MM-dd} to {card.StorageEnded:yyyy-MM-dd}  {card.State}");
                    }
                }

                return ExitStatus.Done;
            }),
            new Command("approve", "One of two approvals, by different people; the second sends the list.") { list, by, reason }
                .Runs(async context =>
                {
                    var outcome = await Disposals.ApproveAsync(
                        await context.ServicesAsync(), context.Get(list), context.Get(by)!, context.Get(reason)!,
                        context.Cancellation);
                    context.Out.WriteLine(outcome switch
                    {
                        DisposalOutcome.First => "Noted. A second person approves with the same command.",
                        DisposalOutcome.Approved => "Approved by two people: the list lies in the outbox.",
                        DisposalOutcome.Withdrawn => "Nothing on it may be disposed of any more: it was withdrawn.",
                        DisposalOutcome.SamePerson => throw new UsageException("The same person cannot approve twice: another one must."),
                        _ => throw new UsageException("There is no open list of this id; purge list shows them."),
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
