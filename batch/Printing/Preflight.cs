namespace MyNumber.Batch.Printing;

/// <summary>One thing wrong with a print drop.</summary>
/// <param name="Code">A stable code: `ready-missing`, `hash-differs`, `pages-differ` …</param>
/// <param name="File">The file it concerns, relative to the drop; empty where it is the drop itself.</param>
/// <param name="Detail">Page, row or number; never a name, an address or a number of a person.</param>
public sealed record PreflightFinding(string Code, string File, string Detail);

/// <summary>
/// Checks a print drop as the vendor would: from the files alone, without the database. Hashes, control totals, the
/// manifest against every page of the PDFs, the marker, and that no column of a CSV file is personal.
/// </summary>
public static class Preflight
{
    /// <summary>Everything that is wrong, in order of file; empty where the drop is good.</summary>
    /// <param name="dropFolder">Path of the drop.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<PreflightFinding> Check(string dropFolder) => throw new NotSupportedException(dropFolder);
}
