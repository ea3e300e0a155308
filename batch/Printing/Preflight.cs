using MyNumber.Batch.Letters;

namespace MyNumber.Batch.Printing;

/// <summary>One thing wrong with a print drop.</summary>
/// <param name="Code">A stable code: `ready-missing`, `hash-differs`, `first-page-differs` …</param>
/// <param name="File">The file it concerns, relative to the drop; empty where it is the drop itself.</param>
/// <param name="Detail">
/// Row, field and page, what was expected and what was found; never a name, an address or a number of a person.
/// </param>
public sealed record PreflightFinding(string Code, string File, string Detail)
{
    /// <summary>What whoever holds the drop does about it.</summary>
    public string Advice => Code switch
    {
        "ready-missing" => "The drop is not complete: wait for READY, then check again.",
        "missing" or "hash-differs" or "differs-from-control" or "not-a-marker-line" =>
            "Fetch the whole drop again; if it stays so, print nothing and refuse the file in DROP.ack.csv.",
        "is-a-link" or "is-a-pipe" or "is-a-socket" or "is-a-device" or "is-a-folder" or "too-large" or "too-deep" or "too-many-files"
            or "unlisted" or "not-in-control" or "not-a-file-name" =>
            "Print nothing: the drop holds what its sender did not list. Ask for the drop anew.",
        _ => "Print nothing: refuse the file in DROP.ack.csv with this code; its pieces come again in another drop.",
    };
}

/// <summary>
/// Checks a print drop as the vendor would: from the files alone, without the database. Hashes, control totals, the
/// manifest against every page of the PDFs, the marker, and that no column of a CSV file is personal.
/// </summary>
public static class Preflight
{
    /// <summary>Everything that is wrong, in order of file; empty where the drop is good.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<PreflightFinding> Check(string dropFolder) => Check(dropFolder, Products.All);

    /// <summary>As above, of one of these products.</summary>
    internal static IReadOnlyList<PreflightFinding> Check(string dropFolder, Products products)
    {
        if (!Directory.Exists(dropFolder)) // Named by a person: a link to the folder is that person's choice.
        {
            throw new DirectoryNotFoundException($"There is no folder {dropFolder}.");
        }

        var check = new DropCheck(dropFolder, products);
        check.All();
        return [.. check.Findings.OrderBy(finding => finding.File, StringComparer.Ordinal)];
    }
}
