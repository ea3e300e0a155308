using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch.Files;

namespace MyNumber.Batch.Feeds;

/// <summary>
/// What a feed's marker says, compared with what lies there: every file's hash, no file missing, none unlisted.
/// </summary>
/// <param name="Sha256">
/// The feed's identity: the hash of its one file, or of its sorted marker lines, which name every file's hash.
/// </param>
/// <param name="Files">Hash by file name.</param>
/// <param name="Faults">Empty where all is as the marker says.</param>
public sealed record FeedMarker(
    string Sha256, IReadOnlyDictionary<string, string> Files, IReadOnlyList<FeedFault> Faults)
{
    private const int HashDigits = 64;
    private const int MarkerBytesMax = 100_000_000;
    private const string RegularFile = "regular-file";

    /// <summary>Reads the marker only: the feed's identity, without a look at its files.</summary>
    /// <exception cref="IOException">The marker went away or cannot be read.</exception>
    public static FeedMarker Read(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        var name = Path.GetFileName(feed.MarkerPath);
        byte[] bytes;
        try
        {
            bytes = GivenFile.ReadAllBytesBelow(feed.Root, feed.MarkerPath, MarkerBytesMax);
        }
        catch (NotAGivenFileException refused)
        {
            // It has no content that could be its identity: what it is, is.
            var kind = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{feed.Area} {refused.Reason}")));
            return new(kind, new Dictionary<string, string>(), [NoFile(name, refused.Reason)]);
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var faults = new List<FeedFault>();
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            if (Line(line.TrimEnd('\r')) is not { } entry || !IsPlainPath(entry.File) || !files.TryAdd(entry.File, entry.Hash))
            {
                faults.Add(new(name, number, "", "sha256sum-line", "not-a-marker-line"));
            }
        }

        var wanted = Path.GetFileName(feed.DataPath);
        if (feed.IsFlat && (files.Count != 1 || !files.ContainsKey(wanted)))
        {
            faults.Add(new(name, 0, "", "sha256sum-line", "names-another-file"));
        }

        var identity = feed.IsFlat && files.TryGetValue(wanted, out var hash)
            ? hash
            : Convert.ToHexStringLower(SHA256.HashData(files.Count == 0
                ? bytes
                : Encoding.UTF8.GetBytes(string.Concat(files.Select(file => $"{file.Value}  {file.Key}\n")))));
        return new(identity, files, faults);
    }

    /// <summary>Reads the marker and compares it with the files.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static FeedMarker Check(Feed feed)
    {
        var marker = Read(feed);
        if (marker.Faults.Any(fault => fault.ValueClass == RegularFile))
        {
            return marker;
        }

        var lying = Lying(feed);
        var present = lying.Entries.Select(entry => entry.Path).ToList();
        var faults = marker.Faults
            .Concat(lying.Fault is { } unbounded ? [NoFile(feed.Name, unbounded)] : [])
            .Concat(lying.Entries.Where(entry => entry.Kind != GivenKind.File)
                .Select(entry => NoFile(entry.Path, GivenFile.Reason(entry.Kind)!)))
            .Concat(marker.Files.Keys.Except(present).Select(file => new FeedFault(file, 0, "", "file", "missing")))
            .Concat(present.Except(marker.Files.Keys).Select(file => new FeedFault(file, 0, "", "file", "unlisted")))
            .Concat(marker.Files.Keys.Intersect(lying.Entries.Where(entry => entry.Kind == GivenKind.File).Select(entry => entry.Path))
                .AsParallel().AsOrdered().Select(file => HashFault(feed, file, marker.Files[file])).OfType<FeedFault>());
        return marker with { Faults = [.. faults.OrderBy(fault => fault.File, StringComparer.Ordinal)] };
    }

    // Everything that lies there but the marker.
    private static GivenEntries Lying(Feed feed)
    {
        if (feed.IsFlat)
        {
            return new(GivenFile.KindOf(feed.DataPath) is { } kind ? [new(Path.GetFileName(feed.DataPath), kind)] : [], null);
        }

        var all = GivenFolder.Walk(feed.DataPath);
        var marker = Path.GetFileName(feed.MarkerPath);
        return all with { Entries = [.. all.Entries.Where(entry => entry.Path != marker)] };
    }

    private static FeedFault? HashFault(Feed feed, string file, string listed)
    {
        try
        {
            using var stream = GivenFile.OpenBelow(feed.Root, feed.FullPath(file), Feed.BytesMax(file));
            return Convert.ToHexStringLower(SHA256.HashData(stream)) == listed ? null : new(file, 0, "", "sha256", "wrong-hash");
        }
        catch (NotAGivenFileException refused)
        {
            return NoFile(file, refused.Reason);
        }
    }

    private static FeedFault NoFile(string file, string reason) => new(file, 0, "", RegularFile, reason);

    // As sha256sum prints: hash, a space, a space or an asterisk (binary mode), the name.
    private static (string Hash, string File)? Line(string line)
    {
        if (line.Length < HashDigits + 3 || line[HashDigits] != ' ' || line[HashDigits + 1] is not (' ' or '*'))
        {
            return null;
        }

        var hash = line[..HashDigits];
        return hash.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f') ? (hash, line[(HashDigits + 2)..]) : null;
    }

    // A name may lead into a folder below the feed, never out of it.
    private static bool IsPlainPath(string file) =>
        !file.Contains('\0') && file.Split('/').All(segment => segment is not ("" or "." or ".."));
}
