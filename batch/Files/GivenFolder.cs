using System.ComponentModel;
using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace MyNumber.Batch.Files;

/// <summary>One thing in a folder that somebody gave us.</summary>
/// <param name="Path">Relative to the folder.</param>
/// <param name="Kind">What it is, itself: a link is a link.</param>
public sealed record GivenEntry(string Path, GivenKind Kind);

/// <summary>Everything in a folder that somebody gave us.</summary>
/// <param name="Entries">All but real folders, which only hold them; in the order of their names.</param>
/// <param name="Fault">`too-many-files` or `too-deep` where not all of it was looked at; null where it was.</param>
public sealed record GivenEntries(IReadOnlyList<GivenEntry> Entries, string? Fault);

/// <summary>
/// Walks folders that others gave us: never through a link, so that no loop of them is endless and nothing outside is seen,
/// and never further than some depth and some number of names.
/// </summary>
public static partial class GivenFolder
{
    private const int NoSuchFile = 2;
    private const int Exists = 17;
    private const int OtherDevice = 18;
    private const int NotAFolder = 20;
    private const int IsAFolder = 21;
    private const int NotEmpty = 39;

    /// <summary>A day of 110,000 applications as one drop has a third of it.</summary>
    public const int FilesMax = 1_000_000;

    /// <summary>Folders in folders.</summary>
    public const int DepthMax = 16;

    /// <summary>Everything in it.</summary>
    /// <param name="folder">The folder; a real one.</param>
    /// <param name="filesMax">Number of names after which it gives up.</param>
    public static GivenEntries Walk(string folder, int filesMax = FilesMax)
    {
        var found = new List<GivenEntry>();
        var open = new Queue<(string Path, int Depth)>([("", 0)]);
        var names = 0;
        while (open.TryDequeue(out var next))
        {
            foreach (var name in Names(Path.Combine(folder, next.Path)))
            {
                if (++names > filesMax)
                {
                    return new(InOrder(found), "too-many-files");
                }

                var path = Path.Combine(next.Path, name);
                switch (GivenFile.KindOf(Path.Combine(folder, path)))
                {
                    case GivenKind.Folder when next.Depth + 1 > DepthMax:
                        return new(InOrder(found), "too-deep");
                    case GivenKind.Folder:
                        open.Enqueue((path, next.Depth + 1));
                        break;
                    case { } kind:
                        found.Add(new(path, kind));
                        break;
                    default:
                        break; // Gone meanwhile.
                }
            }
        }

        return new(InOrder(found), null);
    }

    /// <summary>The names of the real folders in a folder; links to folders are none.</summary>
    public static IReadOnlyList<string> Folders(string folder) =>
        [.. Names(folder).Where(name => GivenFile.KindOf(Path.Combine(folder, name)) == GivenKind.Folder).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Moves one thing by its name alone, over what has that name there: nothing is opened, no link followed. What is gone from
    /// here and lies there was moved before, by a try that was killed or by a worker that woke.
    /// </summary>
    public static void Move(string path, string target)
    {
        if (Rename(path, target) == 0)
        {
            return;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case NoSuchFile when GivenFile.KindOf(path) is null && GivenFile.KindOf(target) is not null:
                return;
            case NoSuchFile:
                throw new FileNotFoundException($"There is no {Path.GetFileName(path)} to be moved.", path);
            case NotAFolder or IsAFolder or NotEmpty or Exists:
                Delete(target);
                break;
            case OtherDevice:
                MoveToOtherDevice(path, target);
                return;
        }

        if (Rename(path, target) != 0)
        {
            throw new IOException($"Cannot move {Path.GetFileName(path)}.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>Deletes one thing, a folder with all that is in it; of a link the link.</summary>
    public static void Delete(string path)
    {
        switch (GivenFile.KindOf(path))
        {
            case GivenKind.Folder:
                // Links in it are deleted, not followed.
                Directory.Delete(path, recursive: true);
                break;
            case not null:
                File.Delete(path);
                break;
        }
    }

    // Only regular files can be copied; what else lies there is named in what says why it was refused, and goes.
    private static void MoveToOtherDevice(string path, string target)
    {
        switch (GivenFile.KindOf(path))
        {
            case GivenKind.File:
                File.Move(path, target, overwrite: true);
                break;
            case GivenKind.Folder:
                foreach (var entry in Walk(path).Entries.Where(entry => entry.Kind == GivenKind.File))
                {
                    var file = Path.Combine(target, entry.Path);
                    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                    File.Move(Path.Combine(path, entry.Path), file, overwrite: true);
                }

                break;
        }

        Delete(path);
    }

    private static IReadOnlyList<GivenEntry> InOrder(List<GivenEntry> found) =>
        [.. found.OrderBy(entry => entry.Path, StringComparer.Ordinal)];

    private static IEnumerable<string> Names(string folder) => new FileSystemEnumerable<string>(
        folder, (ref FileSystemEntry entry) => entry.FileName.ToString(),
        new EnumerationOptions { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false, ReturnSpecialDirectories = false });

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
