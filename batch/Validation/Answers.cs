namespace MyNumber.Batch.Validation;

/// <summary>
/// The answers that a question takes where it is about no item of a form. Any other answer settles nothing: it is refused
/// when it is given, and a rule that meets one asks again. None of them may carry what a person typed into a finding.
/// </summary>
public static class Answers
{
    private static readonly Dictionary<string, IReadOnlyList<string>> ByField = new()
    {
        [Photograph.Field] = [Photograph.Accepted, .. Photograph.Codes],
        [Photograph.ReasonField] = [Photograph.Exempt, "none"],
        [SamePhotograph.Field] = [SamePhotograph.Applicant, SamePhotograph.OtherPerson],
        [Representative.BackField] = [Representative.Complete, "missing"],
        [VoidId.Field] = ["accept", "reject"],
        [RegisterData.Field] = ["again", "reject"],
        // Nobody can say by a word what stands on a front: a new scan is asked for.
        ["front"] = [],
    };

    /// <summary>The answers to the question of that field; null where the field is an item of a form, whose value is keyed.</summary>
    public static IReadOnlyList<string>? To(string field) => ByField.GetValueOrDefault(field);
}
