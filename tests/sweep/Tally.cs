using System.Text;

namespace MyNumber.Tests.Sweep;

/// <summary>How often each kind of fault struck, and in how many of its nights something was wrong afterwards.</summary>
internal sealed class Tally(IReadOnlyList<FaultKind> kinds)
{
    private readonly Dictionary<string, Line> _lines = kinds.ToDictionary(kind => kind.Name, _ => new Line());

    /// <summary>Faults that struck.</summary>
    public int Struck => _lines.Values.Sum(line => line.Struck);

    /// <summary>How often the kind that struck least did so.</summary>
    public int Least => _lines.Values.Min(line => line.Struck);

    /// <summary>How often one kind struck.</summary>
    public int StruckBy(FaultKind kind) => _lines[kind.Name].Struck;

    public int Nights { get; private set; }

    public int BadNights { get; private set; }

    public void Add(IReadOnlyCollection<FaultKind> struck, bool lost, bool twice, bool stuck)
    {
        Nights++;
        BadNights += lost || twice || stuck ? 1 : 0;
        foreach (var line in struck.Select(kind => _lines[kind.Name]))
        {
            line.Struck++;
            line.Lost += lost ? 1 : 0;
            line.Twice += twice ? 1 : 0;
            line.Stuck += stuck ? 1 : 0;
            line.Other += lost || twice ? 1 : 0;
        }
    }

    /// <summary>The table of docs/measurements.md. A bad night counts against every kind that struck it.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder("| fault | struck | lost | twice | stuck | other digest |\n|---|---|---|---|---|---|\n");
        foreach (var (name, line) in _lines)
        {
            text.Append($"| {name} | {line.Struck} | {line.Lost} | {line.Twice} | {line.Stuck} | {line.Other} |\n");
        }

        return text.Append($"| **{Struck} faults in {Nights} nights** | **{Struck}** | {_lines.Values.Sum(line => line.Lost)} | "
            + $"{_lines.Values.Sum(line => line.Twice)} | {_lines.Values.Sum(line => line.Stuck)} | {_lines.Values.Sum(line => line.Other)} |\n").ToString();
    }

    private sealed class Line
    {
        public int Struck, Lost, Twice, Stuck, Other;
    }
}
