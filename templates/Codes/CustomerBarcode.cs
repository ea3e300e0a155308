namespace MyNumber.Templates.Codes;

/// <summary>Japan Post's customer barcode (R97).</summary>
public static class CustomerBarcode
{
    /// <summary>The 21 characters with their check (`2`, `-`, `CC4` …); null where R97 allows none.</summary>
    public static IReadOnlyList<string>? Encode(string postalCode, string address) =>
        throw new NotSupportedException(postalCode + address.Length);

    /// <summary>The same as the command line prints it, separated by blanks; empty where R97 allows none.</summary>
    public static string Text(string postalCode, string address) =>
        string.Join(' ', Encode(postalCode, address) ?? []);
}
