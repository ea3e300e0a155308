using System.ComponentModel;
using System.Runtime.InteropServices;

namespace MyNumber.Batch.Files;

/// <summary>What the base library lacks for files that must survive a power cut.</summary>
public static partial class Durable
{
    private const int OpenReadOnly = 0;
    private const int WriteAndSearch = 2 | 1; // W_OK and X_OK

    /// <summary>fsync of a folder, so that a rename in it survives a power cut.</summary>
    /// <exception cref="IOException">The folder cannot be opened or synced.</exception>
    public static void SyncFolder(string folder)
    {
        var descriptor = Open(folder, OpenReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open {folder}.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw new IOException($"Cannot sync {folder}.", new Win32Exception(Marshal.GetLastPInvokeError()));
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>
    /// Gives a file a second name unless something has that name: what rename cannot do without overwriting.
    /// </summary>
    /// <returns>False where the name is taken, or the link could not be made.</returns>
    public static bool TryLink(string existing, string name) => Link(existing, name) == 0;

    /// <summary>
    /// Whether this process may write in a folder. Asked, not tried: a probe that a kill leaves behind would lie among what
    /// leaves the house.
    /// </summary>
    public static bool IsWritable(string folder) => Access(folder, WriteAndSearch) == 0;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
