using System.Collections.Concurrent;
using System.Globalization;

namespace MyNumber.Tests.Bench;

/// <summary>Processor time of reading, by level and storing; the middle one counts, as other work disturbs the rest.</summary>
internal sealed class ReadSpeed
{
    private readonly ConcurrentBag<(string Level, Storing Storing, double Read, double Drawn)> _times = [];

    public int Count => _times.Count;

    public void Add(string level, Storing storing, double readSeconds, double drawnSeconds) =>
        _times.Add((level, storing, readSeconds, drawnSeconds));

    public IEnumerable<string> Rows()
    {
        foreach (var group in _times.GroupBy(time => (time.Level, time.Storing)).OrderBy(group => group.Key.Storing)
            .ThenBy(group => group.Key.Level, StringComparer.Ordinal))
        {
            yield return Row($"{group.Key.Level}, {(group.Key.Storing == Storing.Bitonal ? "one bit a pixel" : "gray")}", [.. group.Select(time => time.Read)]);
        }

        yield return Row("all, reading", [.. _times.Select(time => time.Read)]);
        yield return Row("all, drawing the sheet", [.. _times.Select(time => time.Drawn)]);
    }

    public static string Row(string what, List<double> seconds)
    {
        seconds.Sort();
        var middle = seconds[seconds.Count / 2];
        return string.Create(CultureInfo.InvariantCulture, $"| {what} | {1000 * middle:0} ms | {1 / middle:0.0} |");
    }
}
