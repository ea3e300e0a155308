using MyNumber.Batch.Feeds;

namespace MyNumber.Batch.Intake;

/// <summary>The feeds that intake takes beside the register: events, online applications, scans (FORMATS.md, In).</summary>
public static class IntakeFeeds
{
    /// <summary>File of an online feed.</summary>
    public const string Applications = "applications.csv";

    /// <summary>File of a scan drop.</summary>
    public const string Manifest = "manifest.csv";

    /// <summary>Columns of an event file.</summary>
    public static readonly IReadOnlyList<FeedColumn> EventColumns =
    [
        new("event_id", ValueClass.Code),
        new("occurred_at", ValueClass.Instant, Happens: true),
        new("kind", ValueClass.Code),
        new("municipality_code", ValueClass.Code.OrEmpty()),
        new("subject", ValueClass.Code),
        new("value", ValueClass.Text.OrEmpty()),
        new("note", ValueClass.Text.OrEmpty()),
    ];

    /// <summary>Columns of applications.csv.</summary>
    public static readonly IReadOnlyList<FeedColumn> OnlineColumns =
    [
        new("application_id", ValueClass.ApplicationId),
        new("submitted_at", ValueClass.Instant, Happens: true),
        new("email", ValueClass.Text.OrEmpty()),
        new("birth_date", ValueClass.Date),
        new("braille", ValueClass.Boolean),
        new("no_signature_certificate", ValueClass.Boolean),
        new("no_user_certificate", ValueClass.Boolean),
        new("photo", ValueClass.Text.OrEmpty()),
        new("representative_name", ValueClass.Text.OrEmpty()),
        new("representative_relation", ValueClass.Text.OrEmpty()),
        new("channel", ValueClass.OneOf("online", "booth", "counter").OrEmpty(), MayLack: true),
    ];

    /// <summary>Columns of manifest.csv.</summary>
    public static readonly IReadOnlyList<FeedColumn> ManifestColumns =
    [
        new("envelope", ValueClass.Code),
        new("sheet", ValueClass.Sheet),
        new("side", ValueClass.OneOf("front", "back")),
        new("file", ValueClass.Text),
        new("page", ValueClass.Whole(1, 10_000)),
        new("sha256", ValueClass.Sha256),
        new("received_on", ValueClass.Date, Happens: true),
        new("locator", ValueClass.Text.OrEmpty()),
        new("kind", ValueClass.OneOf("form", "photo", "other")),
    ];

    /// <summary>Reads and checks an event file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CheckedFeed ReadEvents(Feed feed, DateOnly on) =>
        CheckedFeed.Read(feed, marker => ([FeedTable.Read(feed, marker.Files.Keys.First(), EventColumns, on)], []));

    /// <summary>Reads and checks an online feed: every photograph named is there, and none else.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CheckedFeed ReadOnline(Feed feed, DateOnly on) => CheckedFeed.Read(feed, marker =>
    {
        if (!marker.Files.ContainsKey(Applications))
        {
            return ([], [Missing(Applications)]);
        }

        var table = FeedTable.Read(feed, Applications, OnlineColumns, on);
        var named = table.Rows.Select(row => (Row: row.Number, Photo: table.Text(row, "photo")))
            .Where(row => row.Photo.Length > 0)
            .ToList();
        var faults = named.Where(row => row.Photo == Applications || !marker.Files.ContainsKey(row.Photo))
            .Select(row => new FeedFault(Applications, row.Row, "photo", "file", "missing"))
            .Concat(Unnamed(marker, Applications, table, named.Select(row => row.Photo)));
        return ([table], faults);
    });

    /// <summary>Reads and checks a scan drop: every image is named with its hash, and none is there unnamed.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CheckedFeed ReadScans(Feed feed, DateOnly on) => CheckedFeed.Read(feed, marker =>
    {
        if (!marker.Files.ContainsKey(Manifest))
        {
            return ([], [Missing(Manifest)]);
        }

        var table = FeedTable.Read(feed, Manifest, ManifestColumns, on);
        var faults = table.Rows
            .Select(row => (Row: row.Number, Hash: table.Text(row, "sha256"),
                Listed: table.Text(row, "file") == Manifest
                    ? null
                    : marker.Files.GetValueOrDefault(table.Text(row, "file"))))
            .Where(row => row.Listed != row.Hash)
            .Select(row => row.Listed is null
                ? new FeedFault(Manifest, row.Row, "file", "file", "missing")
                : new FeedFault(Manifest, row.Row, "sha256", "sha256", "wrong-hash"))
            .Concat(Unnamed(marker, Manifest, table, table.Rows.Select(row => table.Text(row, "file"))));
        return ([table], faults);
    });

    private static FeedFault Missing(string file) => new(file, 0, "", "file", "missing");

    // A table with a faulty row names files that we did not read: it is refused for that row, not for its files.
    private static IEnumerable<FeedFault> Unnamed(
        FeedMarker marker, string list, FeedTable table, IEnumerable<string> named) =>
        table.Faults.Count > 0
            ? []
            : marker.Files.Keys.Except(named).Where(file => file != list)
                .Select(file => new FeedFault(file, 0, "", "file", "not-in-the-list"));
}
