using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Least confidence, per mille, of a handwritten digit that is taken; below it a person looks. `bench floors` chooses
/// them (Models/digits-floors.md).
/// </summary>
internal static class DigitFloors
{
    /// <summary>Digits of a date: the calendar refuses some wrong ones.</summary>
    public const int Date = 970;

    /// <summary>Digits of an Individual Number: the check digit refuses most wrong ones (R07), a person the rest.</summary>
    public const int Number = 970;

    /// <summary>Digits of a telephone number: nothing else would show a wrong one.</summary>
    public const int Phone = 970;

    /// <summary>The floor of a field of a form.</summary>
    public static int Of(FormField field) => field switch
    {
        { Answer: FieldAnswer.Digits, DigitCount: not null } => Number,
        { Answer: FieldAnswer.Digits } => Phone,
        _ => Date,
    };
}
