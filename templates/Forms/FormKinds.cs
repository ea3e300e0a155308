namespace MyNumber.Templates.Forms;

/// <summary>
/// The kinds of application form, as `form describe`, readings, a sheet's mark and the documents that print one name them.
/// </summary>
public static class FormKinds
{
    /// <summary>With QR code and Application ID, printed from the register.</summary>
    public const string Application = "application-form";

    /// <summary>Blank: everything by hand, known by the Individual Number (R06).</summary>
    public const string Handwritten = "handwritten-application-form";

    /// <summary>Renewal without an Application ID: the number by hand, by mail only (R06, R72).</summary>
    public const string Renewal = "renewal-application-form";

    /// <summary>Goes with a notice of incomplete application, under an Application ID of its own (R50).</summary>
    public const string Reapplication = "reapplication-form";
}
