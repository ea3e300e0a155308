namespace MyNumber.Templates.Letters;

/// <summary>Questions that documents ask of the facts that they must say.</summary>
internal static class Facts
{
    public static bool IsApplicationId(string? id) => id is { Length: 23 } && id.All(char.IsAsciiDigit);

    public static bool IsEmpty(string? text) => string.IsNullOrWhiteSpace(text);
}
