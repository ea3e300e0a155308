using System.CommandLine;
using System.Globalization;
using MyNumber.Batch;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Batch.Status;

namespace MyNumber.Jobs.Cli;

/// <summary>`report --date D`: the night's report on the terminal: what came of it, whether it balances, what waits.</summary>
public static class ReportVerb
{
    // Tables that a person wants to see at the end of a night; the report's page has them all.
    private static readonly string[] Short = ["Scans of this night", "Applications", "Cards", "Pieces", "Disposals"];

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var date = CommandLine.DateOption("The night.");
        return new Command("report", "A night's counts, laws and what waits for whom.") { date }.Runs(async context =>
        {
            var services = await context.ServicesAsync();
            var run = await RunView.FindAsync(services.Database, null, context.Get(date), context.Cancellation)
                ?? throw new UsageException($"There is no night of {context.Get(date):yyyy-MM-dd}.");
            var summary = await Night.ReportOf(services).LoadAsync(
                new RunInfo(run.Id, run.Kind, run.BusinessDate, ""), context.Cancellation);
            if (context.Json)
            {
                context.WriteJson(summary);
            }
            else
            {
                Write(context.Out, summary);
            }

            return summary.Laws.All(law => law.Holds) ? ExitStatus.Done : ExitStatus.Failed;
        });
    }

    private static void Write(TextWriter writer, NightSummary summary)
    {
        var broken = summary.Laws.Where(law => !law.Holds).ToList();
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Night of {summary.BusinessDate:yyyy-MM-dd}: ") + (broken.Count == 0
            ? $"all {summary.Laws.Count} laws balance"
            : $"{broken.Count} of {summary.Laws.Count} laws do NOT balance"));
        foreach (var law in broken)
        {
            writer.WriteLine($"  {law.Step}: {law.Law}: {law.Left} is not {law.Right}");
        }

        writer.WriteLine($"  {summary.TooLateLine}");
        foreach (var counts in summary.Counts.Where(counts => counts.Rows.Count > 0 && Short.Contains(counts.Name)))
        {
            writer.WriteLine($"  {counts.Name}");
            // The last column counts what there is; a column before it may say how many changed in this night.
            var changed = counts.Columns.Count > 2 && counts.Columns[^2] == "changed this night";
            foreach (var row in counts.Rows)
            {
                var words = string.Join(" ", row.SkipLast(changed ? 2 : 1).Where(cell => cell.Length > 0));
                var tonight = changed && row[^2] != "0" ? $"   {row[^2]} of them this night" : "";
                writer.WriteLine($"    {words,-58} {row[^1],7}{tonight}");
            }
        }

        if (summary.Waits.Count > 0)
        {
            writer.WriteLine("  Waiting");
        }

        foreach (var wait in summary.Waits)
        {
            writer.WriteLine($"    {$"{wait.Who}: {wait.What}",-58} {wait.Count,7}");
        }
    }
}
