using System.Text.RegularExpressions;
using MyNumber.Batch.Feeds;

namespace MyNumber.Batch.Printing;

/// <summary>The vendor's answer files in `inbox/vendor` (FORMATS.md, In): `DROP.KIND.csv` with `DROP.KIND.done`.</summary>
internal static partial class VendorFeeds
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<FeedColumn>> Columns =
        new Dictionary<string, IReadOnlyList<FeedColumn>>
        {
            ["ack"] =
            [
                new("file", ValueClass.Text), new("sha256", ValueClass.Sha256), new("pieces", ValueClass.Whole(0, int.MaxValue)),
                new("accepted", ValueClass.Boolean), new("reason", AnyText),
            ],
            ["posted"] = [new("piece_id", ValueClass.Code), new("posted_on", ValueClass.Date, Happens: true)],
            ["spoiled"] = [new("piece_id", ValueClass.Code), new("reason", AnyText)],
            ["destroyed"] = [new("piece_id", ValueClass.Code), new("destroyed_on", ValueClass.Date, Happens: true)],
        };

    // The vendor's own words: nothing hangs on them.
    private static ValueClass AnyText => ValueClass.Text.OrEmpty();

    /// <summary>Reads and checks one answer.</summary>
    public static CheckedFeed Read(Feed feed, DateOnly on) => CheckedFeed.Read(feed, _ => ReadTable(feed, on));

    /// <summary>The drop and the kind that a feed's name tells; null where it tells none.</summary>
    public static (string Drop, string Kind)? NameOf(Feed feed) =>
        AnswerName().Match(feed.Name) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : null;

    private static (IReadOnlyList<FeedTable>, IEnumerable<FeedFault>) ReadTable(Feed feed, DateOnly on)
    {
        var file = Path.GetFileName(feed.DataPath);
        return NameOf(feed) is { } name
            ? ([FeedTable.Read(feed, file, Columns[name.Kind], on)], [])
            : ([], [new(file, 0, "", "DROP.ack|posted|spoiled|destroyed", "not-an-answer")]);
    }

    [GeneratedRegex("^(.+)\\.(ack|posted|spoiled|destroyed)$")]
    private static partial Regex AnswerName();
}
