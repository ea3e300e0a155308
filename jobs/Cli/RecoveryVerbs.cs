using System.CommandLine;
using MyNumber.Batch.Database;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Recovery;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// `restored`, `reconcile`, `drop lost`: after a restore nothing is sent again that is out, and nothing is lost
/// (docs/runbook.md).
/// </summary>
public static class RecoveryVerbs
{
    /// <summary>The verbs.</summary>
    public static IEnumerable<Command> Build() => [Restored(), Reconcile(), Drop()];

    private static Command Restored()
    {
        var over = new Option<bool>("--over") { Description = "Every drop that is out is known again: drops may leave." };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("restored", "Says that database or home were restored: nothing leaves the house until --over.")
        {
            over, by, reason,
        }.Runs(context => context.Get(over)
            ? EndAsync(context, context.Get(by)!, context.Get(reason)!)
            : DeclareAsync(context, context.Get(by)!, context.Get(reason)!));
    }

    private static async Task<int> DeclareAsync(CliContext context, string by, string reason)
    {
        await using var database = await HomeDatabase.OpenUnboundAsync(
            context.Home, context.Settings.Connection, context.Cancellation);
        await using var connection = await database.OpenConnectionAsync(context.Cancellation);
        await using (var transaction = await connection.BeginTransactionAsync(context.Cancellation))
        {
            await HomeDatabase.RebindAsync(connection, transaction, context.Home.RealPath(), context.Cancellation);
            await RestoreHold.DeclareAsync(
                connection, transaction, context.Home, by, reason, context.Clock.GetUtcNow(), context.Cancellation);
            await transaction.CommitAsync(context.Cancellation);
        }

        // Only now: killed before, the next command asks again.
        await HomeDatabase.AcceptAsync(context.Home, database, context.Cancellation);
        var returned = await ReturnedKeys.DestroyAsync(
            database, new ApplicationKeys(Path.Combine(context.Home.Keys, "applications")), context.Cancellation);
        if (returned > 0)
        {
            context.Error.WriteLine($"{returned} keys had come back with the backup and were destroyed again.");
        }

        context.Error.WriteLine("Nothing leaves the house until `restored --over`.");
        Tell(context, await FoundDrops.UnknownInOutboxAsync(context.Home, connection, null, context.Cancellation));
        return ExitStatus.Done;
    }

    private static async Task<int> EndAsync(CliContext context, string by, string reason)
    {
        await using var connection = await (await context.DatabaseAsync()).OpenConnectionAsync(context.Cancellation);
        if (!await RestoreHold.StandsAsync(connection, null, context.Cancellation))
        {
            throw new UsageException("No restore is declared: nothing is held.");
        }

        var unknown = await FoundDrops.UnknownInOutboxAsync(context.Home, connection, null, context.Cancellation);
        var answered = await FoundDrops.UnknownInAnswersAsync(context.Home, connection, context.Cancellation);
        if (unknown.Count + answered.Count > 0)
        {
            Tell(context, unknown);
            foreach (var drop in answered)
            {
                context.Error.WriteLine($"inbox/vendor has answers to {drop}, which is known to nobody: reconcile the vendor's copy.");
            }

            return ExitStatus.BadUsage;
        }

        await using var transaction = await connection.BeginTransactionAsync(context.Cancellation);
        await RestoreHold.EndAsync(
            connection, transaction, context.Home, by, reason, context.Clock.GetUtcNow(), context.Cancellation);
        await transaction.CommitAsync(context.Cancellation);
        context.Error.WriteLine("Drops may leave the house again. `rerun` the night that waits.");
        return ExitStatus.Done;
    }

    private static Command Reconcile()
    {
        var drops = new Argument<DirectoryInfo[]>("DROP_DIR")
        {
            Description = "Folders with the control.json and the lists of drops that are out.",
            Arity = ArgumentArity.OneOrMore,
        };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        return new Command("reconcile", "Takes drops that vendor or factory have as sent, exactly as they are.")
        {
            drops, by, reason,
        }.Runs(async context =>
        {
            var database = await context.DatabaseAsync();
            foreach (var folder in context.Get(drops).OrderBy(folder => folder.Name, StringComparer.Ordinal))
            {
                try
                {
                    var drop = FoundDrop.Read(folder.FullName);
                    var outcome = await Reconciliation.AcceptAsync(
                        context.Home, database, drop, context.Policy.Production, context.Get(by)!, context.Get(reason)!,
                        context.Clock.GetUtcNow(), context.Cancellation);
                    context.Out.WriteLine(outcome == ReconcileOutcome.Known
                        ? $"{drop.Name} is known already."
                        : $"{drop.Name} is out: the next night marks what is in it as sent.");
                }
                catch (FoundDropException refused)
                {
                    throw new UsageException(refused.Message);
                }
            }

            return ExitStatus.Done;
        });
    }

    private static Command Drop()
    {
        var name = new Argument<string>("DROP") { Description = "Its name, as in the outbox." };
        var (by, reason) = (CommandLine.By(), CommandLine.Reason());
        var lost = new Command("lost",
            "Declares a drop lost that no partner has, or gives up one that is stopped; a second person confirms with the same command.")
        {
            name, by, reason,
        }.Runs(async context =>
        {
            var outcome = await LostDrops.DeclareAsync(
                await context.DatabaseAsync(), context.Home.Outbox, context.Get(name), context.Get(by)!, context.Get(reason)!,
                context.Clock.GetUtcNow(), context.Cancellation);
            context.Out.WriteLine(outcome switch
            {
                LostDropOutcome.First => "Noted. A second person confirms with the same command.",
                LostDropOutcome.Declared => "Declared lost. The next night makes up for it.",
                LostDropOutcome.SamePerson => throw new UsageException("The same person cannot confirm: another one must."),
                LostDropOutcome.Answered => throw new UsageException(
                    "The partner has answered to this drop, or its READY lies in the outbox, so it is not lost. Single pieces: `piece lost ID`."),
                _ => throw new UsageException("No drop that was handed over, or is stopped, has this name."),
            });
            return ExitStatus.Done;
        });
        return new Command("drop", "What was handed over.") { lost };
    }

    private static void Tell(CliContext context, IReadOnlyList<string> unknown)
    {
        foreach (var drop in unknown)
        {
            context.Error.WriteLine($"outbox/{drop} is READY and known to nobody: reconcile it.");
        }
    }
}
