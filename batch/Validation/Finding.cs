namespace MyNumber.Batch.Validation;

/// <summary>What a finding does (RULES.md). The order is that of the state: the first that applies wins.</summary>
public enum Severity
{
    /// <summary>The application is rejected.</summary>
    Reject,

    /// <summary>A person must look; nothing else is told to anybody until then.</summary>
    Review,

    /// <summary>The applicant is told what is missing, all of it at once (R52).</summary>
    Incomplete,

    /// <summary>Noted; changes nothing.</summary>
    Remark,
}

/// <summary>What a rule says about an application.</summary>
/// <param name="Rule">Its id, as in RULES.md.</param>
/// <param name="Detail">A stable code: `photo-missing`, `signature-missing` …</param>
/// <param name="Field">Only with review: the field a person must look at, by its item name.</param>
/// <param name="Side">Only with review: `front` or `back`.</param>
public sealed record Finding(string Rule, Severity Severity, string Detail, string? Field = null, string Side = "front")
{
    internal static Finding Reject(string rule, string detail) => new(rule, Severity.Reject, detail);

    internal static Finding Incomplete(string rule, string detail) => new(rule, Severity.Incomplete, detail);

    internal static Finding Remark(string rule, string detail) => new(rule, Severity.Remark, detail);

    internal static Finding Review(string rule, string detail, string field, string side = "front") =>
        new(rule, Severity.Review, detail, field, side);

    /// <summary>The word in the database and in JSON.</summary>
    public static string Word(Severity severity) => severity switch
    {
        Severity.Reject => "reject",
        Severity.Review => "review",
        Severity.Incomplete => "incomplete",
        Severity.Remark => "remark",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, "There are four severities."),
    };
}
