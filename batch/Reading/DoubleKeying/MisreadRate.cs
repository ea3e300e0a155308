namespace MyNumber.Batch.Reading;

/// <summary>How often a scanner's sure values turned out wrong.</summary>
/// <param name="Scanner">Its name, from its drops.</param>
/// <param name="Keyed">Values that were keyed once more and settled.</param>
/// <param name="Wrong">Of them, those that people read otherwise; what stayed unclear among them.</param>
public sealed record MisreadRate(string Scanner, long Keyed, long Wrong)
{
    private const double Confidence = 0.95;

    /// <summary>The rate that the true one exceeds with 95 % (Clopper and Pearson, one-sided); 0 where nothing was wrong.</summary>
    public double LowerBound => Wrong == 0 ? 0 : Bisect(rate => 1 - AtMost(Wrong - 1, rate) < 1 - Confidence);

    /// <summary>The rate that the true one does not exceed with 95 %; 1 where nothing was keyed.</summary>
    public double UpperBound => Wrong >= Keyed ? 1 : Bisect(rate => AtMost(Wrong, rate) > 1 - Confidence);

    // The rate up to which that holds.
    private static double Bisect(Func<double, bool> holds)
    {
        var (low, high) = (0.0, 1.0);
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = holds(middle) ? (middle, high) : (low, middle);
        }

        return low;
    }

    // The chance of so few at that rate: the sum of binomial terms, each from the one before it, in logarithms.
    private double AtMost(long wrong, double rate)
    {
        var (log, sum) = (Keyed * Math.Log(1 - rate), 0.0);
        for (var k = 0L; k <= wrong; k++)
        {
            sum += Math.Exp(log);
            log += Math.Log(Keyed - k) - Math.Log(k + 1) + Math.Log(rate) - Math.Log(1 - rate);
        }

        return sum;
    }
}
