using System.CommandLine;
using MyNumber.Batch.Database;

namespace MyNumber.Jobs.Cli;

/// <summary>The verbs of the run engine: migrate, night, run, rerun, skip, stop, abandon, show, runs, verify, work, adopt.</summary>
public static class RunVerbs
{
    /// <summary>The verbs, ready to be added to the root command.</summary>
    public static IEnumerable<Command> Build() =>
    [
        new Command("migrate", "Brings the database to the newest schema.").Runs(context =>
        {
            _ = context.Home;
            var ran = Migrator.Migrate(context.Settings.Connection);
            context.Out.WriteLine(ran == 0 ? "The schema is the newest." : $"{ran} migrations ran.");
            return Task.FromResult(ExitStatus.Done);
        }),
    ];
}
