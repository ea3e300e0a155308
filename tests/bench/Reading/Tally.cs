using System.Globalization;

namespace MyNumber.Tests.Bench;

/// <summary>What became of a value that was on the paper.</summary>
internal enum Verdict
{
    /// <summary>Accepted, and it is what was written.</summary>
    Read,

    /// <summary>Accepted, and it is something else.</summary>
    Wrong,

    /// <summary>Not accepted: a person looks.</summary>
    Doubtful,
}

/// <summary>Counts verdicts of one field at one damage level.</summary>
internal sealed class Tally
{
    private const double Confidence = 0.95;
    private readonly long[] _counts = new long[3];

    public long All => _counts.Sum();

    public void Add(Verdict verdict) => Interlocked.Increment(ref _counts[(int)verdict]);

    public string Row(string level, string field) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {level} | {field} | {All:N0} | {Share(Verdict.Read):0.00} % | {_counts[(int)Verdict.Wrong]:N0} | {Rate(UpperBound(_counts[(int)Verdict.Wrong], All))} | {Share(Verdict.Doubtful):0.00} % |");

    /// <summary>The rate that the true one does not exceed with 95 % (Clopper and Pearson, one-sided; 3/n for none).</summary>
    public static double UpperBound(long hits, long of)
    {
        if (of == 0 || hits >= of)
        {
            return 1;
        }

        var (low, high) = (0.0, 1.0);
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = AtMost(hits, of, middle) > 1 - Confidence ? (middle, high) : (low, middle);
        }

        return high;
    }

    // The chance of so few hits: the sum of binomial terms, each from the one before it, in logarithms.
    private static double AtMost(long hits, long of, double rate)
    {
        var (log, sum) = (of * Math.Log(1 - rate), 0.0);
        for (var k = 0L; k <= hits; k++)
        {
            sum += Math.Exp(log);
            log += Math.Log(of - k) - Math.Log(k + 1) + Math.Log(rate) - Math.Log(1 - rate);
        }

        return sum;
    }

    private double Share(Verdict verdict) => All == 0 ? 0 : 100.0 * _counts[(int)verdict] / All;

    /// <summary>A rate as people say it.</summary>
    public static string Rate(double rate) => rate >= 0.01
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * rate:0.0} %")
        : string.Create(CultureInfo.InvariantCulture, $"1 in {1 / rate:N0}");
}
