using System.Globalization;

namespace MyNumber.Tests.Bench;

/// <summary>What became of hostile files; told by several readers at once.</summary>
internal sealed class HostileTally(double secondsMax, long megabytesMax)
{
    private readonly SortedDictionary<string, long> _files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);
    private readonly List<string> _bad = [];
    private readonly Lock _one = new();
    private (double Seconds, string Where) _slowest;
    private (long Megabytes, string Where) _largest;
    private long _pages;

    public bool IsClean => _bad.Count == 0;

    public void File(string kind)
    {
        var type = kind.Split(' ')[0];
        lock (_one)
        {
            _files[type] = _files.GetValueOrDefault(type) + 1;
        }
    }

    public void Page(int number, string kind, string how, string outcome, double seconds, long megabytes)
    {
        var said = $"{how} | {outcome.Split(" at ")[0]}";
        var where = $"file {number} ({kind}), {how}";
        lock (_one)
        {
            _pages++;
            _outcomes[said] = _outcomes.GetValueOrDefault(said) + 1;
            _slowest = seconds > _slowest.Seconds ? (seconds, where) : _slowest;
            _largest = megabytes > _largest.Megabytes ? (megabytes, where) : _largest;
        }

        if (outcome.StartsWith("threw", StringComparison.Ordinal) || outcome.StartsWith("unstable", StringComparison.Ordinal))
        {
            Bad($"{where}: {outcome}");
        }
        else if (seconds > secondsMax || megabytes > megabytesMax)
        {
            Bad(string.Create(CultureInfo.InvariantCulture, $"{where}: {seconds:0.0} s, {megabytes} MB"));
        }
    }

    public void Death(int number, string kind, int exit) => Bad($"file {number} ({kind}): its process ended with {exit}");

    public void Print(int seed)
    {
        Console.WriteLine("| how it was taken | outcome | times |");
        Console.WriteLine("|---|---|---|");
        foreach (var (outcome, times) in _outcomes)
        {
            Console.WriteLine($"| {outcome} | {times} |");
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {seed}: {_files.Values.Sum()} files ({string.Join(", ", _files.Select(type => $"{type.Key} {type.Value}"))}), {_pages} readings; slowest {_slowest.Seconds:0.0} s: {_slowest.Where}; largest {_largest.Megabytes} MB: {_largest.Where}."));
        Console.WriteLine($"{_bad.Count} deaths, throws, unstable reasons or pages over their bounds ({secondsMax:0} s, {megabytesMax} MB).");
    }

    private void Bad(string what)
    {
        lock (_one)
        {
            _bad.Add(what);
        }

        Console.WriteLine(what);
    }
}
