using MyNumber.Batch.Validation;

namespace MyNumber.Batch.Notices;

/// <summary>R52. The sentences for an incident's errors, from the rule table.</summary>
public static class ErrorTexts
{
    /// <summary>The sentence of one error, given as `RULE/detail`.</summary>
    public static Sentence Of(string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var slash = error.IndexOf('/', StringComparison.Ordinal);
        return Rules.ForResident(error[..slash], error[(slash + 1)..]);
    }
}
