using MyNumber.Batch.Runs.Monitoring;
using Spectre.Console;

namespace MyNumber.Jobs.Hosting;

/// <summary>
/// The night as a person follows it, on standard error: a bar a step on a terminal, a line for each closed step elsewhere.
/// </summary>
public static class NightProgress
{
    /// <summary>Runs something that reports steps, and shows them.</summary>
    public static async Task<T> ShowAsync<T>(Func<IProgress<IReadOnlyList<StepView>>, Task<T>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (Console.IsErrorRedirected || !console.Profile.Capabilities.Interactive)
        {
            return await run(new Lines());
        }

        return await console.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new ElapsedTimeColumn())
            .StartAsync(context => run(new Bars(context)));
    }

    private static string Sentence(StepView step)
    {
        var outcomes = step.Outcomes.Count == 0
            ? ""
            : " · " + string.Join(", ", step.Outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(
                pair => $"{pair.Value} {pair.Key}"));
        return $"{step.Name,-12} {step.State}{(step.Seconds is { } seconds ? $" in {seconds:0.0} s" : "")}{outcomes}";
    }

    private sealed class Lines : IProgress<IReadOnlyList<StepView>>
    {
        private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);
        private readonly Dictionary<int, string> _told = [];
        private long _toldPace = TimeProvider.System.GetTimestamp();

        public void Report(IReadOnlyList<StepView> value)
        {
            // A log that nobody watches live still tells, once a minute, that and how fast a long step goes on.
            if (TimeProvider.System.GetElapsedTime(_toldPace) >= Between
                && value.FirstOrDefault(step => step.Pace is not null) is { } open)
            {
                _toldPace = TimeProvider.System.GetTimestamp();
                Console.Error.WriteLine($"  {Sentence(open)} · {open.Done} of {open.Parts} parts · {string.Join(" · ", PaceText.Lines(open.Pace))}");
            }

            foreach (var step in value.Where(step => step.State is "closed" or "unbalanced" || step.Failed > 0))
            {
                var told = $"{step.State}/{step.Failed}";
                if (_told.GetValueOrDefault(step.Ordinal) != told)
                {
                    _told[step.Ordinal] = told;
                    Console.Error.WriteLine($"  {Sentence(step)}{(step.Failed > 0 ? $" · {step.Failed} parts failed" : "")}");
                }
            }
        }
    }

    private sealed class Bars(ProgressContext context) : IProgress<IReadOnlyList<StepView>>
    {
        private readonly Dictionary<int, ProgressTask> _bars = [];

        public void Report(IReadOnlyList<StepView> value)
        {
            foreach (var step in value.Where(step => step.State != "waiting"))
            {
                if (!_bars.TryGetValue(step.Ordinal, out var bar))
                {
                    bar = context.AddTask(step.Name);
                    _bars[step.Ordinal] = bar;
                }

                bar.Description = Markup.Escape(
                    step.Pace is { Act: "work" } pace ? $"{Sentence(step)} · left: {pace.Left}" : Sentence(step));
                bar.MaxValue = Math.Max(1, step.Parts);
                bar.Value = step.State == "closed" ? bar.MaxValue : step.Done;
                // A full bar counts as finished, but its clock runs on until it is stopped.
                if (step.State == "closed" && bar.StopTime is null)
                {
                    bar.StopTask();
                }
            }
        }
    }
}
