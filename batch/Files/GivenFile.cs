using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MyNumber.Batch.Files;

/// <summary>What lies under a name.</summary>
public enum GivenKind
{
    /// <summary>A regular file: the only thing that is read.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link, to whatever.</summary>
    Link,

    /// <summary>A named pipe: whoever opens it waits for a writer.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A device: reading it may never end.</summary>
    Device,
}

/// <summary>A name that somebody gave us is not a file that we read. The reason is a stable code.</summary>
public sealed class NotAGivenFileException(string path, string reason)
    : Exception($"{Path.GetFileName(path)} is not taken: {reason}. Only regular files are, without links, up to their limit.")
{
    /// <summary>`is-a-link`, `is-a-pipe`, `is-a-socket`, `is-a-device`, `is-a-folder`, `too-large`.</summary>
    public string Reason => reason;
}

/// <summary>
/// The one way in which files that others gave us are opened: a regular file, never through a link, never waiting, never more
/// of it than its limit. What it is is asked of the open descriptor, so that nobody can put something else there in between.
/// </summary>
public static partial class GivenFile
{
    /// <summary>Largest table or list. A register of 1,200,000 residents has some 400 MB.</summary>
    public const long TableBytesMax = 1L << 30;

    /// <summary>Largest image file, of however many pages.</summary>
    public const long ImageBytesMax = 256L << 20;

    /// <summary>Largest print file of a drop.</summary>
    public const long PrintBytesMax = 8L << 30;

    /// <summary>Largest JSON or list of keys that a person names.</summary>
    public const long SmallBytesMax = 64L << 20;

    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;      // O_NONBLOCK: a pipe or a device is opened without waiting
    private const int NoFollow = 0x20000;       // O_NOFOLLOW, as every Linux but on ARM has it
    private const int NoFollowOnArm = 0x8000;
    private const int FolderOnly = 0x10000;     // O_DIRECTORY
    private const int FolderOnlyOnArm = 0x4000;
    private const int CloseOnExec = 0x80000;    // O_CLOEXEC
    private const int WorkingFolder = -100;     // AT_FDCWD
    private const int NotFollowed = 0x100;      // AT_SYMLINK_NOFOLLOW
    private const int Itself = 0x1000;          // AT_EMPTY_PATH
    private const uint TypeAndSize = 0x201;     // STATX_TYPE | STATX_SIZE
    private const int ModeAt = 28;              // of struct statx, the same on every architecture
    private const int SizeAt = 40;
    private const int StatBytes = 256;
    private const int NoSuchFile = 2;
    private const int NoSuchDevice = 6;         // ENXIO: a socket
    private const int NotAFolder = 20;
    private const int TooManyLinks = 40;        // ELOOP: a link, where none is followed

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;

    /// <summary>Opens a file that a person named: its folders are that person's choice, the file itself is no link.</summary>
    /// <exception cref="NotAGivenFileException">It is no regular file, or too large.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static FileStream Open(string path, long bytesMax) => OpenAt(WorkingFolder, path, path, bytesMax);

    /// <summary>Opens a file below a folder of ours: no folder in between is a link either.</summary>
    /// <param name="root">Our folder: how it is reached is the host's affair.</param>
    /// <exception cref="NotAGivenFileException">It is no regular file, too large, or behind a link.</exception>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static FileStream OpenBelow(string root, string path, long bytesMax)
    {
        var segments = Path.GetRelativePath(root, path).Split('/');
        if (segments.Contains(".."))
        {
            throw new ArgumentException("The path leads out of its folder.", nameof(path));
        }

        var folder = new SafeFileHandle(Checked(OpenAtRaw(WorkingFolder, root, ReadOnly | Folder | CloseOnExec), root), ownsHandle: true);
        try
        {
            foreach (var segment in segments[..^1])
            {
                var next = OpenAtRaw(Descriptor(folder), segment, ReadOnly | Folder | NoLink | CloseOnExec);
                var error = Marshal.GetLastPInvokeError();
                folder.Dispose();
                // Asked for a folder, the system calls a link "not a folder".
                folder = next >= 0 ? new SafeFileHandle(next, ownsHandle: true)
                    : throw (error is NotAFolder or TooManyLinks ? new NotAGivenFileException(path, "is-a-link") : Failed(error, path));
            }

            return OpenAt(Descriptor(folder), segments[^1], path, bytesMax);
        }
        finally
        {
            folder.Dispose();
        }
    }

    /// <summary>Reads the whole of a file that a person named.</summary>
    public static byte[] ReadAllBytes(string path, long bytesMax)
    {
        using var stream = Open(path, bytesMax);
        return All(stream, bytesMax);
    }

    /// <summary>Reads the whole of a file below a folder of ours.</summary>
    public static byte[] ReadAllBytesBelow(string root, string path, long bytesMax)
    {
        using var stream = OpenBelow(root, path, bytesMax);
        return All(stream, bytesMax);
    }

    /// <summary>Reads the whole of a text in UTF-8 that a person named.</summary>
    public static string ReadAllText(string path, long bytesMax)
    {
        using var text = new StreamReader(Open(path, bytesMax), Encoding.UTF8);
        return text.ReadToEnd();
    }

    /// <summary>What lies under a name, without following it; null where there is nothing.</summary>
    public static GivenKind? KindOf(string path)
    {
        Span<byte> stat = stackalloc byte[StatBytes];
        return Stat(WorkingFolder, path, NotFollowed, TypeAndSize, stat) == 0 ? Kind(stat)
            : Marshal.GetLastPInvokeError() is NoSuchFile or NotAFolder ? null
            : throw Failed(Marshal.GetLastPInvokeError(), path);
    }

    /// <summary>Code of why something of a kind is not taken; null where it is a regular file.</summary>
    public static string? Reason(GivenKind? kind) => kind switch
    {
        GivenKind.File => null,
        GivenKind.Folder => "is-a-folder",
        GivenKind.Link => "is-a-link",
        GivenKind.Pipe => "is-a-pipe",
        GivenKind.Socket => "is-a-socket",
        GivenKind.Device => "is-a-device",
        _ => "missing",
    };

    private static int Folder => IsArm ? FolderOnlyOnArm : FolderOnly;

    private static int NoLink => IsArm ? NoFollowOnArm : NoFollow;

    private static FileStream OpenAt(int folder, string name, string path, long bytesMax)
    {
        var descriptor = OpenAtRaw(folder, name, ReadOnly | NonBlocking | NoLink | CloseOnExec);
        if (descriptor < 0)
        {
            throw Marshal.GetLastPInvokeError() switch
            {
                TooManyLinks => new NotAGivenFileException(path, "is-a-link"),
                NoSuchDevice => new NotAGivenFileException(path, "is-a-socket"),
                var error => Failed(error, path),
            };
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            Span<byte> stat = stackalloc byte[StatBytes];
            Checked(Stat(descriptor, "", Itself, TypeAndSize, stat), path);
            if (Reason(Kind(stat)) is { } reason)
            {
                throw new NotAGivenFileException(path, reason);
            }

            return BitConverter.ToInt64(stat[SizeAt..]) > bytesMax
                ? throw new NotAGivenFileException(path, "too-large")
                : new FileStream(handle, FileAccess.Read);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    // Somebody may still write to it: no more is read than was allowed.
    private static byte[] All(FileStream stream, long bytesMax)
    {
        var bytes = new byte[stream.Length];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return stream.ReadByte() >= 0 && stream.Length > bytesMax ? throw new NotAGivenFileException(stream.Name, "too-large")
            : read == bytes.Length ? bytes : bytes[..read];
    }

    private static GivenKind Kind(ReadOnlySpan<byte> stat) => (BitConverter.ToUInt16(stat[ModeAt..]) & 0xF000) switch
    {
        0x8000 => GivenKind.File,
        0x4000 => GivenKind.Folder,
        0xA000 => GivenKind.Link,
        0x1000 => GivenKind.Pipe,
        0xC000 => GivenKind.Socket,
        _ => GivenKind.Device,
    };

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static int Checked(int result, string path) =>
        result >= 0 ? result : throw Failed(Marshal.GetLastPInvokeError(), path);

    private static Exception Failed(int error, string path) => error is NoSuchFile or NotAFolder
        ? new FileNotFoundException($"There is no file {path}.", path)
        : new IOException($"{Path.GetFileName(path)} cannot be opened.", new Win32Exception(error));

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAtRaw(int folder, string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, Span<byte> stat);
}
