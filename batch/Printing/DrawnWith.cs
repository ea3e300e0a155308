using System.Text.Json;
using MyNumber.Batch.Files;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Printing;

/// <summary>
/// Versions of the templates and fonts that drew a PDF, recorded with the file. A new program or a new font may come
/// between freeze and READY: what others drew is drawn again at the seal, and the control file of a sealed drop says what
/// drew its pages, not what is installed now.
/// </summary>
internal sealed record DrawnWith(IReadOnlyDictionary<string, string> Templates, IReadOnlyDictionary<string, string> Fonts)
{
    /// <summary>What this program draws with, as it is recorded.</summary>
    public static string Now { get; } = JsonSerializer.Serialize(
        new DrawnWith(Sorted(PieceDocuments.TemplateVersions), Sorted(PieceDocuments.FontVersions)));

    /// <summary>What drew the PDFs of a sealed drop: the seal lets all of them pass only if the same drew them.</summary>
    public static DrawnWith Of(IEnumerable<StagedFile> files) =>
        files.FirstOrDefault(file => file.MadeWith is not null) is { } drawn
            ? JsonSerializer.Deserialize<DrawnWith>(drawn.MadeWith!)!
            // Sealed by a program that did not record it: every template was version 1, and three fonts drew them.
            : new(PieceDocuments.Names.ToDictionary(name => name, _ => "1"),
                Sorted(PieceDocuments.FontVersions.Where(font => FontsOfVersion1.Contains(font.Key))));

    private static readonly string[] FontsOfVersion1 = ["IPAexGothic", "IPAexMincho", "IPAmjMincho"];

    private static SortedDictionary<string, string> Sorted(IEnumerable<KeyValuePair<string, string>> versions) =>
        new(versions.ToDictionary(), StringComparer.Ordinal);
}
