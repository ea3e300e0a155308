using System.Text.Json;

namespace MyNumber.Templates.Documents;

/// <summary>`print DOCUMENT` of the command line: renders documents from JSON, without a database.</summary>
public static class PrintCommand
{
    /// <summary>Copies in one file at most: a mistyped number must not fill the disk.</summary>
    public const int CopiesMax = 5_000;

    /// <summary>
    /// Renders the document of that data as often as asked. Null where it was printed, else the reason why not
    /// (<see cref="PieceDocuments.Check"/>); then nothing was written.
    /// </summary>
    /// <exception cref="ArgumentException">Unknown document, bad JSON, or a number of copies out of range.</exception>
    public static string? Render(string document, string json, int copies, Stream output)
    {
        Require(document);
        if (copies is < 1 or > CopiesMax)
        {
            throw new ArgumentException($"Copies lie between 1 and {CopiesMax}.");
        }

        var pieces = PieceJson.Parse(document, json);
        foreach (var piece in pieces)
        {
            if (PieceDocuments.Check(piece) is { } reason)
            {
                return reason;
            }
        }

        PieceDocuments.Render([.. Enumerable.Repeat(pieces, copies).SelectMany(copy => copy)], output);
        return null;
    }

    /// <summary>An example of the document's JSON; nobody of that name or number exists.</summary>
    /// <exception cref="ArgumentException">Unknown document.</exception>
    public static string Example(string document)
    {
        Require(document);
        return JsonSerializer.Serialize(Examples.Of(document), PieceJson.Options);
    }

    private static void Require(string document)
    {
        if (!PieceDocuments.Names.Contains(document))
        {
            throw new ArgumentException($"There is no document `{document}`; there are {string.Join(", ", PieceDocuments.Names)}.");
        }
    }
}
