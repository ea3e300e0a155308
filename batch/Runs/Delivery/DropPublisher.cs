using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Runs.Delivery;

/// <summary>
/// Puts the files of a sealed drop in place (ENGINE.md, Files, d): safe to repeat after a kill at any moment, the marker
/// last, other content never overwritten.
/// </summary>
public sealed class DropPublisher(string outbox)
{
    private const string FolderMarker = "READY";

    private readonly Staging _staging = new(outbox);

    /// <summary>Hands one drop over.</summary>
    /// <param name="render">
    /// Writes a file's content from the frozen rows: for files that were never staged (manifest, control file) and for
    /// staged ones that were lost. What it writes must have the recorded hash.
    /// </param>
    /// <param name="cancellation">Ends early; publishing again goes on from there.</param>
    /// <exception cref="DropStoppedException">Other content is in place, or was rendered.</exception>
    public async Task PublishAsync(
        DropRow drop, IReadOnlyList<StagedFile> files, Func<string, Stream, CancellationToken, Task> render,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(drop);
        ArgumentNullException.ThrowIfNull(files);
        var folder = Path.Combine(outbox, drop.Folder);
        Directory.CreateDirectory(folder);
        // The control file names the hashes of the others, so it comes after them.
        var ordered = files.OrderBy(file => file.Path == "control.json").ThenBy(file => file.Path, StringComparer.Ordinal);
        foreach (var file in ordered)
        {
            await PlaceAsync(drop, file, Path.Combine(folder, file.Path), render, cancellation);
        }

        FaultPoints.Hit(FaultPoints.BeforeReady);
        foreach (var (marker, content) in Markers(drop.Shape, files))
        {
            await PlaceMarkerAsync(drop, Path.Combine(folder, marker), content, cancellation);
        }

        FaultPoints.Hit(FaultPoints.AfterReady);
    }

    /// <summary>The markers of a drop with their content: lines as sha256sum prints them, sorted by name.</summary>
    public static IReadOnlyDictionary<string, string> Markers(DropShape shape, IReadOnlyList<StagedFile> files) =>
        files.GroupBy(file => shape == DropShape.Folder ? FolderMarker : Path.ChangeExtension(file.Path, ".done"))
            .ToDictionary(
                group => group.Key,
                group => string.Concat(group.OrderBy(file => file.Path, StringComparer.Ordinal).Select(
                    file => $"{file.Sha256}  {(shape == DropShape.Folder ? file.Path : Path.GetFileName(file.Path))}\n")));

    private async Task PlaceAsync(
        DropRow drop, StagedFile file, string place, Func<string, Stream, CancellationToken, Task> render,
        CancellationToken cancellation)
    {
        if (File.Exists(place))
        {
            if (await HashAsync(place, cancellation) != file.Sha256)
            {
                throw new DropStoppedException(drop.Folder, file.Path, "a file of this name with other content lies there");
            }

            return;
        }

        var staged = _staging.FullPath(drop.Folder, file);
        if (!await IsStagedAsync(staged, file.Sha256, cancellation))
        {
            var again = await _staging.StageAsync(
                drop.Folder, file.Path, (stream, cancel) => render(file.Path, stream, cancel), cancellation);
            if (again.Sha256 != file.Sha256)
            {
                throw new DropStoppedException(drop.Folder, file.Path, "rendered again, it has other content");
            }
        }

        var folder = Directory.CreateDirectory(Path.GetDirectoryName(place)!).FullName;
        try
        {
            File.Move(staged, place, overwrite: false);
        }
        catch (IOException) when (File.Exists(place))
        {
            // A zombie of an earlier try was faster by a moment; what counts is what lies there now.
            await PlaceAsync(drop, file, place, render, cancellation);
        }

        Durable.SyncFolder(folder);
        FaultPoints.Hit(FaultPoints.BetweenRenames);
    }

    private async Task PlaceMarkerAsync(
        DropRow drop, string place, string content, CancellationToken cancellation)
    {
        if (File.Exists(place))
        {
            if (await File.ReadAllTextAsync(place, cancellation) != content)
            {
                throw new DropStoppedException(drop.Folder, Path.GetFileName(place), "another marker lies there");
            }

            return;
        }

        // Staged like any file: what a full disk or a kill leaves half written lies where it is swept, not in what leaves
        // the house.
        var staged = await _staging.StageAsync(
            drop.Folder, Path.GetFileName(place),
            (stream, cancel) => stream.WriteAsync(Encoding.UTF8.GetBytes(content), cancel).AsTask(), cancellation);
        try
        {
            File.Move(_staging.FullPath(drop.Folder, staged), place, overwrite: true);
        }
        catch (IOException) when (File.Exists(place))
        {
            // A zombie of an earlier try took it along; what counts is what lies there now.
            await PlaceMarkerAsync(drop, place, content, cancellation);
        }

        Durable.SyncFolder(Path.GetDirectoryName(place)!);
    }

    // Opened, not looked for first: a zombie may put it in place in between.
    private static async Task<bool> IsStagedAsync(string staged, string sha256, CancellationToken cancellation)
    {
        try
        {
            return await HashAsync(staged, cancellation) == sha256;
        }
        catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }
}
