using MyNumber.Batch.Reading;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Validation;

/// <summary>R03. A form is used once. Which application used it is decided over all of them when validate is planned.</summary>
public static class FormUsedOnce
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R03";

    /// <summary>Finding for every application but the one that used the form.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.FormWasUsed ? [Finding.Reject(Id, "form-was-used")] : [];
}

/// <summary>R04. By mail, printed name and address are those of the register, or were corrected by hand to them.</summary>
/// <remarks>Online the register decides, so an old form needs no correction. The card is always made from the register.</remarks>
public static class PrintedDataCurrent
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R04";

    /// <summary>Findings: one for the name, one for the address.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts)
    {
        if (!facts.ByMail || facts.FrontPage is null || facts.Resident is not { } resident
            || (facts.Form is { } masked && MaskedForm.IsMasked(masked)))
        {
            yield break;
        }

        if (IsOld(facts, "name", facts.Form?.PrintedName, resident.Name))
        {
            yield return Finding.Incomplete(Id, "name-not-the-registers");
        }

        if (IsOld(facts, "address", facts.Form?.PrintedAddress, resident.Address))
        {
            yield return Finding.Incomplete(Id, "address-not-the-registers");
        }
    }

    private static bool IsOld(ApplicationFacts facts, string field, string? printed, string register) =>
        facts.Field(field).State switch
        {
            // R99 asks the municipality first what the register should say.
            _ when Placeholders.In(register) => false,
            // R05 asks a keyer first what the correction says.
            FieldState.Corrected => false,
            _ when facts.IsDecided(field) => !Texts.Same(facts.Field(field).Value, register),
            // What was printed is known from the registry, better than OCR can tell; of a form without an Application ID it
            // is not known, and number, name and birth date say whose it is (R06).
            _ => printed is not null && !Texts.Same(printed, register),
        };
}

/// <summary>R05. Corrections by hand go to a keyer with the crop; machine text never overrides them.</summary>
public static class Corrections
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R05";

    /// <summary>One finding for each corrected field that a keyer has not read yet.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts)
    {
        foreach (var (page, side) in new[] { (facts.FrontPage, "front"), (facts.BackPage, "back") })
        {
            // The back matters only where a representative is needed; kana only with Braille, where R14 speaks.
            if (page is null || (side == "back" && !Representative.IsNeeded(facts)))
            {
                continue;
            }

            foreach (var name in page.Fields.Where(f => f.Value.State == FieldState.Corrected && f.Key != BrailleWish.KanaField)
                .Select(f => f.Key).Order(StringComparer.Ordinal).Where(name => !facts.IsDecided(name)))
            {
                yield return Of(name, side);
            }
        }
    }

    /// <summary>The finding for a field of that name.</summary>
    internal static Finding Of(string field, string side = "front") =>
        Finding.Review(Id, $"{field.Replace('_', '-')}-corrected", field, side);
}

/// <summary>R08. A form whose name and address are masked by asterisks cannot be used.</summary>
public static class MaskedForm
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R08";

    /// <summary>Finding for a masked form.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.Form is { } form && IsMasked(form) ? [Finding.Reject(Id, "form-masked")] : [];

    /// <summary>As the registry says, or as what it prints shows: asterisks, narrow or wide, and nothing else.</summary>
    internal static bool IsMasked(FormFacts form) => form.Masked || (Hidden(form.PrintedName) && Hidden(form.PrintedAddress));

    private static bool Hidden(string printed) =>
        printed.AsSpan().Trim().Length > 0 && !printed.AsSpan().ContainsAnyExcept("*＊ 　");
}

/// <summary>R98. The ID of a spoiled or lost piece is void: the sheet should not exist, so a person must look.</summary>
/// <remarks>The keyer says `accept` (the sheet is genuine, the piece was found) or `reject`.</remarks>
public static class VoidId
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R98";

    /// <summary>The review item's field.</summary>
    public const string Field = "void_id";

    /// <summary>Finding for an ID whose piece was spoiled or lost.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) =>
        facts.Form is not { Void: true } ? []
        : facts.Answer(Field) switch
        {
            "accept" => [],
            "reject" => [Finding.Reject(Id, "void-id")],
            _ => [Finding.Review(Id, "void-id", Field)],
        };
}
