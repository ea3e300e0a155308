using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Validation;

/// <summary>
/// Comparing what was keyed with what the register has. Spaces and the width of letters and digits are the typist's, not
/// the resident's; every other character counts, and a placeholder is no text that anything could be the same as (R99).
/// </summary>
internal static class Texts
{
    public static bool Same(string? keyed, string register) =>
        keyed is not null && !Placeholders.In(register)
        && string.Equals(Fold(keyed), Fold(register), StringComparison.Ordinal);

    private static string Fold(string text) => new([.. text.Where(c => !char.IsWhiteSpace(c)).Select(Narrow)]);

    private static char Narrow(char c) => c switch
    {
        >= '！' and <= '～' => (char)(c - 0xFEE0),
        // Every stroke that stands for a hyphen in an address; the long vowel mark looks the same in handwriting.
        '‐' or '‑' or '–' or '—' or '―' or '−' or 'ー' => '-',
        _ => c,
    };
}
