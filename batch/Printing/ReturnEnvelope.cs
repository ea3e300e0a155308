namespace MyNumber.Batch.Printing;

/// <summary>
/// R50. The return envelope in stock carries a printed end date, which must lie after the last day on which a resident may
/// post. A form has no deadline (R12), so that last day is a policy, counted from the letter's own date. Every letter
/// that encloses one is held to it, not the notice of incomplete application alone.
/// </summary>
public static class ReturnEnvelope
{
    /// <summary>Why a piece is withheld until the stock is changed.</summary>
    public const string EndsTooSoon = "return-envelope-ends-too-soon";

    private const string Enclosure = "return-envelope";

    /// <summary>Null, or why the piece must not go out with this stock.</summary>
    /// <param name="enclosures">Names joined by `+`.</param>
    /// <param name="policy">Names the stock's end date, and how long a resident has to post.</param>
    public static string? Check(string enclosures, DateOnly printedOn, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(enclosures);
        ArgumentNullException.ThrowIfNull(policy);
        return enclosures.Split('+').Contains(Enclosure)
            && policy.ReturnEnvelopeValidUntil <= printedOn.AddDays(policy.ReturnEnvelopeDaysMin)
            ? EndsTooSoon
            : null;
    }
}
