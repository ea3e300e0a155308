namespace MyNumber.Templates.Forms;

/// <summary>What a person who keys a field may answer.</summary>
public enum FieldAnswer
{
    /// <summary>Free text, as it stands there.</summary>
    Text,

    /// <summary>Digits only.</summary>
    Digits,

    /// <summary>A calendar day.</summary>
    Date,

    /// <summary>A box: filled in or empty.</summary>
    Mark,

    /// <summary>Nobody keys it: a photograph, a code, a registration mark.</summary>
    Nothing,
}

/// <summary>
/// What is asked at one or more places of a form, said once: reading, keying, blind double-keying, the rules and the
/// operators' pages derive from it. A date written into cells is one field with four items.
/// </summary>
/// <param name="Name">As readings, rules, review items and `read --json` name it; it keeps its meaning in every version.</param>
/// <param name="Label">The field's name as residents see it.</param>
public sealed record FormField(string Name, FieldAnswer Answer, string Label)
{
    /// <summary>The field's name in English, for operators.</summary>
    public string EnglishLabel { get; init; } = Name.Replace('_', ' ');

    /// <summary>How many digits the value has; null where their number is not fixed.</summary>
    public int? DigitCount { get; init; }

    /// <summary>The rule that uses the value; null where none does.</summary>
    public string? Rule { get; init; }

    /// <summary>
    /// A share of what the reader is sure of is keyed once more, blind. Only where a rule uses the value: a telephone number
    /// that is wrong costs nobody anything.
    /// </summary>
    public bool IsMeasured { get; init; }
}
