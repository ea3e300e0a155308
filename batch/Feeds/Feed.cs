using MyNumber.Batch.Database;
using MyNumber.Batch.Files;

namespace MyNumber.Batch.Feeds;

/// <summary>The folders of the inbox.</summary>
public static class FeedArea
{
    /// <summary>Folders with `DONE`: municipalities, residents, forms, cards.</summary>
    public const string Register = "register";

    /// <summary>Single files with `NAME.done`.</summary>
    public const string Events = "events";

    /// <summary>Folders with `DONE`: applications.csv and photographs.</summary>
    public const string Online = "online";

    /// <summary>Folders with `DONE`: manifest.csv and images.</summary>
    public const string Scans = "scans";

    /// <summary>Single files with `NAME.done`: the print vendor's answers, taken by the step `vendor`.</summary>
    public const string Vendor = "vendor";

    /// <summary>Every area.</summary>
    public static IReadOnlyList<string> All { get; } = [Register, Events, Online, Scans, Vendor];

    /// <summary>True where a feed of the area is one CSV file, not a folder.</summary>
    public static bool IsFlat(string area) => area is Events or Vendor;
}

/// <summary>A feed whose marker is there; without it nothing is touched.</summary>
/// <param name="Name">The folder's name, or the file's without `.csv`.</param>
/// <param name="DataPath">The folder, or the CSV file.</param>
/// <param name="MarkerPath">`DONE` in the folder, or `NAME.done` beside the file.</param>
public sealed record Feed(string Area, string Name, string DataPath, string MarkerPath)
{
    private const string FolderMarker = "DONE";

    /// <summary>True where the feed is one CSV file.</summary>
    public bool IsFlat => FeedArea.IsFlat(Area);

    /// <summary>The folder of areas that it lies in, ours: the inbox, the archive, or that of refused feeds.</summary>
    public string Root => Path.GetDirectoryName(Path.GetDirectoryName(IsFlat ? MarkerPath : DataPath))!;

    /// <summary>The limit of one of its files: a table, or an image.</summary>
    public static long BytesMax(string file) =>
        file.EndsWith(".csv", StringComparison.Ordinal) ? GivenFile.TableBytesMax : GivenFile.ImageBytesMax;

    /// <summary>Full path of one of its files.</summary>
    public string FullPath(string file) => IsFlat ? DataPath : Path.Combine(DataPath, file);

    /// <summary>The feeds of an area whose marker is there, by name.</summary>
    public static IReadOnlyList<Feed> Marked(Home home, string area)
    {
        ArgumentNullException.ThrowIfNull(home);
        return MarkedIn(Path.Combine(home.Inbox, area), area);
    }

    /// <summary>The feeds with their marker in any folder: the inbox, or the archive of an area.</summary>
    internal static IReadOnlyList<Feed> MarkedIn(string folder, string area)
    {
        // What an area's folder links to is nobody's inbox; intake says so.
        if (GivenFile.KindOf(folder) != GivenKind.Folder)
        {
            return [];
        }

        var feeds = FeedArea.IsFlat(area)
            ? Directory.EnumerateFiles(folder, "*.done").Select(marker => FlatFeed(area, marker))
            : Directory.EnumerateDirectories(folder)
                .Select(drop => FolderFeed(area, drop))
                .Where(feed => File.Exists(feed.MarkerPath));
        return [.. feeds.OrderBy(feed => feed.Name, StringComparer.Ordinal)];
    }

    internal static Feed FlatFeed(string area, string marker) =>
        new(area, Path.GetFileNameWithoutExtension(marker), Path.ChangeExtension(marker, ".csv"), marker);

    internal static Feed FolderFeed(string area, string folder) =>
        new(area, Path.GetFileName(folder), folder, Path.Combine(folder, FolderMarker));
}

/// <summary>Why a feed is refused: the place, the class of value wanted there, and a code. Never the value itself.</summary>
/// <param name="File">Name of the file within the feed.</param>
/// <param name="Row">Data row from 1; 0 for the header or the whole file.</param>
/// <param name="Column">Column's name; empty for the whole row or file.</param>
/// <param name="ValueClass">What is wanted there: `date`, `application-id` …</param>
/// <param name="Reason">A stable code: `empty`, `check-digit`, `wrong-hash` …</param>
public sealed record FeedFault(string File, int Row, string Column, string ValueClass, string Reason);
