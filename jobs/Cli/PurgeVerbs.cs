using System.CommandLine;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Storage;

namespace MyNumber.Jobs.Cli;

/// <summary>`purge`: disposals of cards that were not picked up, each by two people, and what is over a night's limit.</summary>
public static class PurgeVerbs
{
    /// <summary>The verb.</summary>
    public static Command Build() => new("purge", "Disposal of cards whose storage has ended.")
    {
        Propose(), List(), Show(), Approve(), Release(),
    };

    private static Command Propose()
    {
        var date = CommandLine.DateOption("The business date of the proposal.");
        var verb = new Command("propose", "Does again what the night's storage step does: proposes disposals.") { date };
        var unusual = new UnusualDateOptions().AddTo(verb);
        return verb.Runs(async context => await OpenAndWorkAsync(
            context, context.Get(date), "", unusual.Read(context)) ?? throw new UsageException("Nothing was proposed."));
    }

    private static Command List() => new Command("list", "The disposal lists.").Runs(async context =>
    {
        var services = await context.ServicesAsync();
        foreach (var disposal in await Disposals.ListAsync(services, context.Cancellation))
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

        foreach (var night in await DestructionRelease.WaitingAsync(services.Database, context.Cancellation))
        {
            context.Error.WriteLine(
                $"Over the limit of {night.Since:yyyy-MM-dd}: {night.Keys} keys and {night.Disposals} cards wait for two people "
                + $"(purge release --date {night.Since:yyyy-MM-dd}).");
        }

        return ExitStatus.Done;
    });

    private static Command Show()
    {
        var list = new Argument<string>("LIST");
        return new Command("show", "The cards of a list.") { list }.Runs(async context =>
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
        });
    }

    private static Command Approve()
    {
        var list = new Argument<string>("LIST");
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("approve", "One of two approvals, by different people; the second sends the list.") { list, by, reason }
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
            });
    }

    private static Command Release()
    {
        var date = CommandLine.DateOption("The night whose rest waits.");
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command(
            "release", "Lets go what was over a night's limit: keys to destroy, cards to propose. Two people say so.")
        {
            date, by, reason,
        }.Runs(async context =>
        {
            var services = await context.ServicesAsync();
            var outcome = await DestructionRelease.ApproveAsync(
                services.Database, context.Get(date), new Because(context.Get(by)!, context.Get(reason)!),
                context.Clock.GetUtcNow(), context.Cancellation);
            context.Out.WriteLine(outcome switch
            {
                ReleaseOutcome.First => "Noted. A second person releases it with the same command.",
                ReleaseOutcome.Released => "Released by two people.",
                ReleaseOutcome.SamePerson => throw new UsageException("The same person cannot release it twice: another one must."),
                _ => throw new UsageException("Nothing waits since that night; purge list shows what does."),
            });
            return outcome == ReleaseOutcome.Released ? await DoNowAsync(context) : ExitStatus.Done;
        });
    }

    // As of the last complete night: whoever released it need not wait for the next one.
    private static async Task<int> DoNowAsync(CliContext context)
    {
        if (await DestructionRelease.RunOfAsync(await context.DatabaseAsync(), context.Cancellation) is { } run
            && await OpenAndWorkAsync(context, run.Date, run.Scope, null) is { } status)
        {
            return status;
        }

        context.Error.WriteLine("A night is under way, or its date is in doubt: the next night does it.");
        return ExitStatus.Done;
    }

    private static async Task<int?> OpenAndWorkAsync(
        CliContext context, DateOnly date, string scope, UnusualDate? unusual)
    {
        var engine = await context.EngineAsync();
        var opened = await engine.Opener.OpenOtherAsync("disposal", date, scope, unusual, context.Cancellation);
        if (opened.Outcome == OpenOutcome.Refused)
        {
            return scope.Length > 0 ? null : throw new UsageException(opened.Sentence);
        }

        context.Error.WriteLine(opened.Sentence);
        return opened.Outcome == OpenOutcome.Complete
            ? ExitStatus.Done
            : await RunVerbs.WorkOnAsync(context, engine, opened.RunId);
    }
}
