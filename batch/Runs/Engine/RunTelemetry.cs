using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// What a worker process does, as metrics and traces: .NET's own instruments, so that a host may export them or not. Labels
/// are steps, acts and outcomes; no key of an item is ever one.
/// </summary>
public static class RunTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "MyNumber.Batch";

    internal static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Source = new(Name);

    private static readonly Counter<long> Claims = Meter.CreateCounter<long>(
        "mynumber.part.claims", "{claim}", "Parts claimed by this process; taken_over: from a worker that was evicted.");

    private static readonly Counter<long> Parts = Meter.CreateCounter<long>(
        "mynumber.part.outcomes", "{part}", "What became of claimed parts: done, fenced, failed, halved …");

    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>(
        "mynumber.part.duration", "s", "From claim to commit.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.1, 1, 5, 15, 30, 60, 120, 300, 900, 1800] });

    private static readonly Counter<long> Beats = Meter.CreateCounter<long>(
        "mynumber.worker.beats", "{beat}", "Signs of life of this process.");

    internal static void Beat() => Beats.Add(1);

    /// <summary>A span and the counts of one claimed part; ended by its outcome.</summary>
    internal static async Task<PartOutcome> MeasureAsync(ClaimedPart claimed, long workerId, Func<Task<PartOutcome>> work)
    {
        var act = claimed.Part.Act.ToString().ToLowerInvariant();
        Claims.Add(1, new("step", claimed.StepName), new("act", act), new("taken_over", claimed.TakenOver));
        using var span = Source.StartActivity($"{claimed.StepName} {act}");
        span?.SetTag("mynumber.run", claimed.Run.Id)
            .SetTag("mynumber.business_date", claimed.Run.BusinessDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            .SetTag("mynumber.step", claimed.StepName).SetTag("mynumber.act", act).SetTag("mynumber.part", claimed.Part.Id)
            .SetTag("mynumber.epoch", claimed.Part.Epoch).SetTag("mynumber.worker", workerId);
        var began = Stopwatch.GetTimestamp();
        var outcome = await work();
        var label = outcome.ToString().ToLowerInvariant();
        Parts.Add(1, new("step", claimed.StepName), new("act", act), new("outcome", label));
        Seconds.Record(
            Stopwatch.GetElapsedTime(began).TotalSeconds, new("step", claimed.StepName), new("act", act));
        span?.SetTag("mynumber.outcome", label)
            .SetStatus(outcome == PartOutcome.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        return outcome;
    }
}
