using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using MyNumber.Batch.Reading;

namespace MyNumber.Tests.Bench;

/// <summary>
/// Whether printed text as tesseract reads it can be told to be what the form registry says was printed, or another's. The
/// other's is the same field of another sheet, so most addresses of one prefecture begin alike.
/// </summary>
internal sealed class PrintedTally
{
    // Of the longer text's characters, that must agree in order; between the two nobody can tell.
    private const double SameMin = 0.7;
    private const double DifferentMax = 0.55;

    private readonly ConcurrentDictionary<string, ConcurrentBag<(string Read, string Printed)>> _texts = new();

    /// <summary>Adds a sheet; what was struck out, and handwritten forms, are left out.</summary>
    public void Add(LabelledSheet sheet, PageReading? reading)
    {
        if (sheet.Truth.Printed is not { } person || reading is null)
        {
            return;
        }

        var (readAll, printedAll) = ("", "");
        Add("name", person.Name);
        Add("name_kana", person.Kana);
        Add("address", sheet.Truth.CorrectedAddress is null ? person.Address : null);
        _texts.GetOrAdd("together", _ => []).Add((readAll, printedAll));

        void Add(string field, string? printed)
        {
            if (printed is not null && reading.Fields.GetValueOrDefault(field) is { State: FieldState.Read or FieldState.Doubtful } read)
            {
                var pair = (Read: Plain(read.Value ?? ""), Printed: Plain(printed));
                _texts.GetOrAdd(field, _ => []).Add(pair);
                (readAll, printedAll) = (readAll + pair.Read, printedAll + pair.Printed);
            }
        }
    }

    /// <summary>A line a field: how often its own text is told the same, and the next sheet's another.</summary>
    public IEnumerable<string> Rows()
    {
        foreach (var (field, bag) in _texts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var texts = bag.ToList();
            var own = texts.Select(text => Likeness(text.Read, text.Printed)).ToList();
            // A namesake's name is the same name.
            var other = texts.Select((text, i) => (text.Read, Own: text.Printed, Printed: texts[(i + 1) % texts.Count].Printed))
                .Where(pair => pair.Own != pair.Printed).Select(pair => Likeness(pair.Read, pair.Printed)).ToList();
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"| {field} | {texts.Count:N0} | {Share(texts, text => text.Read == text.Printed)} | {Share(own, like => like >= SameMin)} | {own.Count(like => like <= DifferentMax)} | {Share(other, like => like <= DifferentMax)} | {other.Count(like => like >= SameMin)} |");
        }
    }

    private static string Share<T>(List<T> all, Func<T, bool> holds) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * all.Count(holds) / Math.Max(1, all.Count):0.0} %");

    private static string Plain(string text) =>
        string.Concat(text.Normalize(NormalizationForm.FormKC).Where(character => !char.IsWhiteSpace(character)));

    private static double Likeness(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var before = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = before + (a[i - 1] == b[j - 1] ? 0 : 1);
                before = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return 1 - (row[b.Length] / (double)Math.Max(1, Math.Max(a.Length, b.Length)));
    }
}
