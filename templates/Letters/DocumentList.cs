namespace MyNumber.Templates.Letters;

/// <summary>Every document there is. A new letter has its line here, and in batch/Letters/Products.cs.</summary>
public static class DocumentList
{
    /// <summary>All of them, in the order in which the command line names them.</summary>
    public static IReadOnlyList<Document> All { get; } =
    [
        .. ApplicationForm.Documents,
        .. IssuanceNotice.Documents,
        .. ValidityNotice.Documents,
        IncompleteNotice.Document,
        IndividualNumberNotice.Document,
        AddressMount.Document,
    ];

    private static readonly Dictionary<string, Document> ByName = All.ToDictionary(document => document.Name);

    /// <summary>The document of that name.</summary>
    /// <exception cref="ArgumentException">There is no such document.</exception>
    public static Document Get(string name) =>
        ByName.GetValueOrDefault(name) ?? throw new ArgumentException($"There is no document `{name}`.");
}
