namespace MyNumber.Batch.Reading;

/// <summary>Which printed fields are read as text; everything else is always read.</summary>
public enum PrintedText
{
    /// <summary>Only what a rule then needs: the date of birth where the QR code could not be read (R02). For the night.</summary>
    WhenNeeded,

    /// <summary>All of them.</summary>
    All,
}

/// <summary>How a page is read.</summary>
/// <param name="Printed">Which printed fields are read as text.</param>
/// <param name="Form">The form that is expected; a page of another kind gets the finding `other-form`. Null: any.</param>
public sealed record ReadOptions(PrintedText Printed = PrintedText.WhenNeeded, string? Form = null);
