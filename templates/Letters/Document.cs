using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Letters;

/// <summary>A document that can be printed: all that anybody asks about one stands where it is defined, beside its pages.</summary>
public sealed class Document
{
    // Raised with every change of a page; the golden pages (tests/integration/Templates/golden) hold both together. Most
    // documents carry a form, so a new version of the forms is one of the templates too.
    private static readonly string NewestVersion = FormDefinitions.Version == 1 ? "3" : $"3.{FormDefinitions.Version}";

    internal Document(string name, Func<PieceData, IEnumerable<Page>> pages, Func<string, PieceData> example)
    {
        Name = name;
        Pages = pages;
        MakeExample = example;
    }

    /// <summary>DOCUMENT of `print` and of `piece.document`.</summary>
    public string Name { get; }

    /// <summary>Version of its template, for control.json.</summary>
    public string Version { get; } = NewestVersion;

    /// <summary>An example: made-up people, with the longest kinds of values that are usual; no piece id.</summary>
    public PieceData Example => MakeExample(Name);

    /// <summary>All its pages, two to a sheet.</summary>
    internal Func<PieceData, IEnumerable<Page>> Pages { get; }

    /// <summary>Whether a piece has every fact that only this document must say.</summary>
    internal Func<PieceData, bool> HasFacts { get; init; } = _ => true;

    /// <summary>A form with each Application ID of the piece in a QR code lies in it.</summary>
    internal bool CarriesIds { get; init; }

    /// <summary>It is a form and has no address of its own: as a piece of mail it lies behind a mount.</summary>
    internal bool IsForm { get; init; }

    /// <summary>Nobody's in particular: filled in by hand by whoever asks for it, it names no municipality.</summary>
    internal bool IsBlank { get; init; }

    private Func<string, PieceData> MakeExample { get; }
}
