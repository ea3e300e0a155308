using System.Collections.Concurrent;

namespace MyNumber.Templates.Forms;

/// <summary>
/// All forms there are, in every version that was ever printed, each as the data that prints, reads, crops and fills it.
/// A version is never taken away: its paper comes back for years.
/// </summary>
public static class FormDefinitions
{
    /// <summary>Newest version of every form. Raised with a change of the layout, which asks for the version there.</summary>
    public const int Version = 1;

    private static readonly ConcurrentDictionary<(string Kind, int Version), FormDefinition> Others = new();

    /// <summary>With QR code and Application ID, printed from the register.</summary>
    public static FormDefinition ApplicationForm => Get(FormKinds.Application);

    /// <summary>Blank: everything by hand, known by the Individual Number (R06).</summary>
    public static FormDefinition HandwrittenApplicationForm => Get(FormKinds.Handwritten);

    /// <summary>The newest version of every form, in the order of <see cref="FormMark"/>'s code.</summary>
    public static IReadOnlyList<FormDefinition> All { get; } = [.. Define(Version)];

    /// <summary>Every version of every form.</summary>
    public static IReadOnlyList<FormDefinition> Versions { get; } =
        [.. Enumerable.Range(1, Version - 1).SelectMany(Define), .. All];

    /// <summary>Every field that any version of any form asks for, by its name: its meaning is the same on all of them.</summary>
    public static IReadOnlyDictionary<string, FormField> Fields { get; } = Versions
        .SelectMany(form => form.Pages).SelectMany(page => page.Items).Select(item => item.Field)
        .DistinctBy(field => field.Name).ToDictionary(field => field.Name);

    /// <summary>The newest version of the form of that kind.</summary>
    /// <exception cref="ArgumentException">There is no such form.</exception>
    public static FormDefinition Get(string kind) =>
        All.FirstOrDefault(form => form.Kind == kind) ?? throw new ArgumentException($"There is no form `{kind}`.");

    /// <summary>The form that a sheet's mark names; null where this program does not know it.</summary>
    public static FormDefinition? Find(FormMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        return Versions.FirstOrDefault(form => form.Kind == mark.Kind && form.Version == mark.Version)
            ?? Others.GetValueOrDefault((mark.Kind, mark.Version));
    }

    /// <summary>The page that a sheet's mark names; null where this program does not know it.</summary>
    public static FormPage? FindPage(FormMark mark) => Find(mark)?.Pages.FirstOrDefault(page => page.Number == mark.Page);

    /// <summary>A version that only tests print, so that paper of two versions always exists. It is read, never printed for mail.</summary>
    internal static void AddForTests(FormDefinition form) => Others[(form.Kind, form.Version)] = form;

    /// <summary>All forms as they are in a version.</summary>
    internal static IEnumerable<FormDefinition> Define(int version) =>
    [
        ApplicationFormLayout.Define(FormKinds.Application, version, FormIdentity.ApplicationId, FormFilling.Printed),
        ApplicationFormLayout.Define(FormKinds.Handwritten, version, FormIdentity.IndividualNumber, FormFilling.Handwritten),
        // Renewal without an Application ID: the number by hand, by mail only (R06, R72).
        ApplicationFormLayout.Define(FormKinds.Renewal, version, FormIdentity.IndividualNumber, FormFilling.Printed),
        // Goes with a notice of incomplete application, under an Application ID of its own (R50).
        ApplicationFormLayout.Define(FormKinds.Reapplication, version, FormIdentity.ApplicationId, FormFilling.Printed),
    ];
}
