using System.Security.Cryptography;

namespace MyNumber.Batch.Files;

/// <summary>Under which name a file is staged.</summary>
public enum StagedName
{
    /// <summary>Hash and name: the only way but in tests.</summary>
    Hashed,

    /// <summary>Its own name, written in place: what the fault harness must find out.</summary>
    Plain,
}

/// <summary>A file that lies staged under its content's hash.</summary>
/// <param name="Path">Its final name, relative to its drop's folder.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="Bytes">Length.</param>
public sealed record StagedFile(string Path, string Sha256, long Bytes)
{
    /// <summary>What made it, where that decides its bytes beside rows; null where it does not.</summary>
    public string? MadeWith { get; init; }
}

/// <summary>
/// The staging area of a home's outbox: <c>outbox/.staging/DROP/HASH-NAME</c>. Same content, same name, so that a zombie
/// and its successor cannot hurt each other. Nothing here is decided yet; what no living drop names is swept.
/// </summary>
public sealed class Staging(string outbox)
{
    internal StagedName Name { get; init; }

    /// <summary>Where drops of <paramref name="drop"/> (its path below the outbox) are staged.</summary>
    public string Folder(string drop) => Path.Combine(outbox, ".staging", drop.Replace('/', '+'));

    /// <summary>The staged file's full path.</summary>
    public string FullPath(string drop, StagedFile file) =>
        Path.Combine(Folder(drop), (Name == StagedName.Hashed ? $"{file.Sha256}-" : "") + file.Path.Replace('/', '+'));

    /// <summary>
    /// Writes one file: unique temporary name, fsync, rename to its hash's name, fsync of the folder.
    /// </summary>
    /// <param name="drop">The drop's folder below the outbox, e.g. `print/20261124-issuance-notice-001`.</param>
    /// <param name="path">Final name within the drop.</param>
    /// <param name="cancellation">Ends early; the temporary file is swept later.</param>
    public async Task<StagedFile> StageAsync(
        string drop, string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        var folder = Directory.CreateDirectory(Folder(drop)).FullName;
        var temporary = Name == StagedName.Hashed
            ? Path.Combine(folder, $"{Path.GetRandomFileName()}.tmp")
            : Path.Combine(folder, path.Replace('/', '+'));
        string sha256;
        long bytes;
        await using (var stream = new FileStream(
            temporary, Name == StagedName.Hashed ? FileMode.CreateNew : FileMode.Create, FileAccess.ReadWrite))
        {
            await write(stream, cancellation);
            await stream.FlushAsync(cancellation);
            bytes = stream.Length;
            stream.Position = 0;
            sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
            stream.Flush(flushToDisk: true);
        }

        var staged = new StagedFile(path, sha256, bytes);
        File.Move(temporary, FullPath(drop, staged), overwrite: true);
        Durable.SyncFolder(folder);
        FaultPoints.Hit(FaultPoints.Staged);
        return staged;
    }
}
