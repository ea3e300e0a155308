namespace MyNumber.Batch.Reading;

/// <summary>One scan of one side of an application, as it stands.</summary>
/// <param name="Feed">Its drop.</param>
/// <param name="Row">Its row there.</param>
/// <param name="Side">`front` or `back`.</param>
/// <param name="Kind">`form` or `photo`.</param>
/// <param name="State">`received` where it is still to be read.</param>
/// <param name="AskedAnew">A person wants another scan of this side.</param>
/// <param name="Stored">Its name in the encrypted store.</param>
/// <param name="Page">Its page there.</param>
internal sealed record SideScan(
    string Feed, int Row, string Side, string Kind, string State, bool AskedAnew, string Stored, int Page)
{
    /// <summary>The photograph of an online application: not from a scanner.</summary>
    public bool IsOnline { get; init; }
}

/// <summary>What becomes of a scan.</summary>
/// <param name="Reason">A stable code; null where the state says it all.</param>
/// <param name="Outcome">What was read; null where nothing was.</param>
internal sealed record SideResult(SideScan Scan, string State, string? Reason, PageOutcome? Outcome);

/// <summary>
/// R03 within one sheet: a second scan of a side replaces one that was unreadable or that a person asked for anew;
/// otherwise it is a duplicate. In content order, so that arrival decides nothing.
/// </summary>
internal static class SideDecisions
{
    /// <summary>Goes through the scans of one application in content order and reads those that count.</summary>
    public static IReadOnlyList<SideResult> Decide(IEnumerable<SideScan> scans, Func<SideScan, PageOutcome> read)
    {
        var results = new List<SideResult>();
        foreach (var side in scans.GroupBy(scan => (scan.Kind, scan.Side)))
        {
            SideResult? current = null;
            foreach (var scan in side)
            {
                if (scan.State != "received")
                {
                    current = scan.State is "read" or "review" or "unreadable" ? new(scan, scan.State, null, null) : current;
                }
                else if (current is null || current.State == "unreadable" || current.Scan.AskedAnew)
                {
                    if (current is not null)
                    {
                        results.RemoveAll(result => result.Scan == current.Scan);
                        results.Add(new(current.Scan, "replaced", "scanned-again", null));
                    }

                    results.Add(current = Judge(scan, read(scan)));
                }
                else
                {
                    results.Add(new(scan, "duplicate", "same-side", null));
                }
            }
        }

        return results;
    }

    private static SideResult Judge(SideScan scan, PageOutcome outcome)
    {
        if (outcome.Reading is not { } reading)
        {
            return new(scan, "unreadable", outcome.Unreadable, outcome);
        }

        return scan.Kind == "photo" ? new(scan, "read", null, outcome)
            : reading.Findings.Contains("two-sheets") ? new(scan, "review", "two-sheets", outcome)
            : reading.Form is null ? new(scan, "review", "unknown-paper", outcome)
            : !reading.Registration.Ok ? new(scan, "review", "not-registered", outcome)
            : reading.FormPage != (scan.Side == "front" ? 1 : 2) ? new(scan, "review", "wrong-side", outcome)
            : new(scan, "read", null, outcome);
    }
}
