using System.Globalization;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;

namespace MyNumber.Jobs.Hosting;

/// <summary>How far an open step is, in lines for a terminal.</summary>
public static class PaceText
{
    /// <summary>Pace and remaining time; then each straggler. Empty where no step is open.</summary>
    public static IEnumerable<string> Lines(StepPace? pace)
    {
        if (pace is null)
        {
            yield break;
        }

        yield return string.Join(" · ", Facts(pace));
        foreach (var part in pace.Stragglers)
        {
            yield return Straggler(pace, part);
        }
    }

    /// <summary>One straggler: who, what, since when, and how long the others took.</summary>
    public static string Straggler(StepPace pace, PartInHand part)
    {
        ArgumentNullException.ThrowIfNull(pace);
        ArgumentNullException.ThrowIfNull(part);
        return Text(
            $"part {part.Part} straggles: worker {part.Worker} (process {part.Pid} on {part.Host}) since ")
            + Text($"{part.Since.ToOffset(NightHours.Japan):HH:mm:ss} Tokyo, {part.Seconds:0} s; the others took {pace.MedianSeconds:0.0} s");
    }

    /// <summary>Throughput: "12 parts/min, 6,000 items/min"; null before there is evidence.</summary>
    public static string? Throughput(StepPace pace) => pace switch
    {
        { ItemsPerMinute: { } items, PartsPerMinute: { } parts } => Text($"{parts:0.#} parts/min, {items:#,0} items/min"),
        { PartsPerMinute: { } parts } => Text($"{parts:0.#} parts/min"),
        _ => null,
    };

    private static IEnumerable<string> Facts(StepPace pace)
    {
        yield return Text($"{pace.InHand.Count} in hand, {Math.Max(0, pace.PartsOpen - pace.InHand.Count)} waiting");
        if (pace.PartsFailed > 0)
        {
            yield return Text($"{pace.PartsFailed} failed");
        }

        if (Throughput(pace) is { } throughput)
        {
            yield return throughput;
        }

        yield return $"left: {pace.Left}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
