using System.CommandLine;
using System.Text.Json;
using MyNumber.Batch.Status;

namespace MyNumber.Jobs.Cli;

/// <summary>`application`, `resident`, `card`, `piece`, `envelope`: one subject and everything that happened to it.</summary>
public static class SubjectVerbs
{
    /// <summary>The verbs; `piece` also carries `piece lost`.</summary>
    public static IEnumerable<Command> Build() =>
    [
        Verb<ApplicationSubject>("application", "ID", "An application by its key or its Application ID.", async (context, id) =>
            await Subjects.ApplicationsAsync(await context.DatabaseAsync(), id, context.Policy, context.Cancellation)),
        Verb<ResidentSubject>("resident", "ID", "A resident with all applications, cards and pieces.", async (context, id) =>
            await Subjects.ResidentAsync(await context.DatabaseAsync(), id, context.Policy, context.Cancellation) is { } resident
                ? [resident]
                : Array.Empty<ResidentSubject>()),
        Verb<CardSubject>("card", "ID", "A card by its card id or its order id.", async (context, id) =>
            await Subjects.CardsAsync(await context.DatabaseAsync(), id, context.Cancellation)),
        PieceVerbs.AddTo(Verb<PieceSubject>("piece", "ID", "A mailpiece.", async (context, id) =>
            await Subjects.PiecesAsync(await context.DatabaseAsync(), id, context.Cancellation))),
        Verb<EnvelopeSubject>("envelope", "NUMBER", "An envelope with its sheets and scans.", async (context, id) =>
            await Subjects.EnvelopesAsync(await context.DatabaseAsync(), id, context.Cancellation)),
    ];

    private static Command Verb<T>(
        string name, string argument, string description, Func<CliContext, string, Task<IReadOnlyList<T>>> load)
    {
        var id = new Argument<string>(argument);
        return new Command(name, description) { id }.Runs(async context =>
        {
            var found = await load(context, context.Get(id));
            if (found.Count == 0)
            {
                // The id is not repeated: an Application ID in a terminal's log is one too many.
                throw new UsageException($"No {name} has this {argument.ToLowerInvariant()}.");
            }

            foreach (var subject in found)
            {
                if (context.Json)
                {
                    context.WriteJson(subject);
                }
                else
                {
                    PlainText.Write(context.Out, JsonSerializer.SerializeToElement(subject, JsonLines.Options));
                }
            }

            return ExitStatus.Done;
        });
    }
}
