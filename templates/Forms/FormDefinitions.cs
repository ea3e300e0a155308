namespace MyNumber.Templates.Forms;

/// <summary>All forms there are, each as the data that prints, reads, crops and fills it.</summary>
public static class FormDefinitions
{
    /// <summary>With QR code and Application ID, printed from the register.</summary>
    public static readonly FormDefinition ApplicationForm =
        ApplicationFormLayout.Define("application-form", 1, FormIdentity.ApplicationId, FormFilling.Printed);

    /// <summary>Blank: everything by hand, known by the Individual Number (R06).</summary>
    public static readonly FormDefinition HandwrittenApplicationForm = ApplicationFormLayout.Define(
        "handwritten-application-form", 1, FormIdentity.IndividualNumber, FormFilling.Handwritten);

    /// <summary>Renewal without an Application ID: printed from the register, the number by hand, by mail only (R06, R72).</summary>
    public static readonly FormDefinition RenewalApplicationForm =
        ApplicationFormLayout.Define("renewal-application-form", 1, FormIdentity.IndividualNumber, FormFilling.Printed);

    /// <summary>Goes with a notice of incomplete application, under an Application ID of its own (R50).</summary>
    public static readonly FormDefinition ReapplicationForm =
        ApplicationFormLayout.Define("reapplication-form", 1, FormIdentity.ApplicationId, FormFilling.Printed);

    /// <summary>Every form, in the order of <see cref="FormMark"/>'s code.</summary>
    public static IReadOnlyList<FormDefinition> All { get; } =
        [ApplicationForm, HandwrittenApplicationForm, RenewalApplicationForm, ReapplicationForm];

    /// <summary>The form of that kind.</summary>
    /// <exception cref="ArgumentException">There is no such form.</exception>
    public static FormDefinition Get(string kind) =>
        All.FirstOrDefault(form => form.Kind == kind) ?? throw new ArgumentException($"There is no form `{kind}`.");
}
