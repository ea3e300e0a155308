using MyNumber.Batch.Privacy;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>A value that the reader was sure of.</summary>
/// <param name="Field">Item name of the form definition.</param>
/// <param name="Rule">The rule that uses it.</param>
/// <param name="Value">As a person would key it: digits, a date, `1` or `0` for a box, empty for nothing written.</param>
internal sealed record SureValue(string Field, string Rule, string Value)
{
    /// <summary>The field only: the value is personal data and must not reach a log in a message.</summary>
    public override string ToString() => $"{nameof(SureValue)} {Field}";
}

/// <summary>A sure value that people key once more.</summary>
/// <param name="Field">See <see cref="SureValue"/>.</param>
/// <param name="Rule">See <see cref="SureValue"/>.</param>
internal sealed record RekeyedField(string Item, string Field, string Rule);

/// <summary>What a reading is sure of, and which of it is keyed once more (DESIGN.md, Reading).</summary>
internal static class SureValues
{
    private static readonly IReadOnlyList<FormField> Measured = [.. FormDefinitions.Fields.Values.Where(field => field.IsMeasured)];

    /// <summary>All of a page.</summary>
    public static IEnumerable<SureValue> Of(PageReading reading) => Measured
        .Select(field => Value(reading, field.Name) is { } value ? new SureValue(field.Name, field.Rule!, value) : null)
        .OfType<SureValue>();

    /// <summary>What the reader was sure of in that field; null where it was not, or the page has no such field.</summary>
    public static string? Value(PageReading reading, string field) =>
        field == "application_id" ? reading.ApplicationId.Value
        : reading.Marks.TryGetValue(field, out var mark) ? mark.Filled switch { true => "1", false => "0", null => null }
        : reading.Fields.GetValueOrDefault(field) switch
        {
            { State: FieldState.Blank } => "",
            { State: FieldState.Read, Value: { } value } => value,
            _ => null,
        };

    /// <summary>The share of a page that is keyed once more: by a keyed function, so that no re-run changes it.</summary>
    public static IReadOnlyList<RekeyedField> Sample(PageReading reading, string applicationKey, string side, Ids ids, int perMille) =>
        [.. Of(reading).Where(value => ids.IsRekeyed(applicationKey, side, value.Field, perMille))
            .Select(value => new RekeyedField(ids.RekeyItemId(applicationKey, side, value.Field), value.Field, value.Rule))];

    /// <summary>
    /// The scanner of a drop. A manifest names none; whoever writes a drop names it after the station: its name without the
    /// parts that are only digits (dates, running numbers), so that `20261124-mail` and `20261125-mail` are one scanner.
    /// </summary>
    public static string ScannerOf(string drop)
    {
        var parts = drop.Split('-', '_', '.').Where(part => part.Any(c => !char.IsAsciiDigit(c)));
        return string.Join('-', parts) is { Length: > 0 } name ? name : "scanner";
    }
}
