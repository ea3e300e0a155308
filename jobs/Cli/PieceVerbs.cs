using System.CommandLine;
using MyNumber.Batch.Printing;

namespace MyNumber.Jobs.Cli;

/// <summary>`piece lost ID`: declares a piece lost; two people must say so, then its next generation is wanted.</summary>
public static class PieceVerbs
{
    /// <summary>Adds `lost` to the verb `piece`.</summary>
    public static Command AddTo(Command piece)
    {
        var id = new Argument<string>("ID");
        var by = CommandLine.By();
        var reason = CommandLine.Reason();
        piece.Add(new Command("lost", "Declares a piece lost; a second person confirms with the same command.") { id, by, reason }
            .Runs(async context =>
            {
                var outcome = await LostPieces.DeclareAsync(
                    await context.DatabaseAsync(), context.Get(id), context.Get(by)!, context.Get(reason)!,
                    context.Clock.GetUtcNow(), context.Cancellation);
                context.Out.WriteLine(outcome switch
                {
                    LostOutcome.First => "Noted. A second person confirms with the same command.",
                    LostOutcome.Declared => "Declared lost. The next night makes its next generation.",
                    LostOutcome.SamePerson => throw new UsageException("The same person cannot confirm: another one must."),
                    LostOutcome.NotOut => throw new UsageException("Only a piece that was handed to the vendor can be lost."),
                    _ => throw new UsageException("No piece has this id."),
                });
                return ExitStatus.Done;
            }));
        return piece;
    }
}
