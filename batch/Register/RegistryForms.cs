namespace MyNumber.Batch.Register;

/// <summary>The kinds of forms as `forms.csv` and the form registry name them: what the form was printed for.</summary>
public static class RegistryForms
{
    /// <summary>Printed with its QR code for whoever asks.</summary>
    public const string Qr = "qr";

    /// <summary>Goes with a notice of incomplete application.</summary>
    public const string Reapplication = "reapplication";

    /// <summary>Goes with a Notification of Validation Period.</summary>
    public const string Renewal = "renewal";

    /// <summary>Enclosed with an Individual Number Notice.</summary>
    public const string Notice = "notice";
}
