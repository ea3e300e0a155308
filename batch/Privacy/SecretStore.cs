using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;

namespace MyNumber.Batch.Privacy;

/// <summary>
/// Encrypted files under `store/`: scans and photographs, each under the key of its application. Names tell a received
/// date, a slot and a count, nothing of a person. With the key destroyed a file is noise; it is deleted as well.
/// </summary>
public sealed class SecretStore(Home home)
{
    // One folder for what is being written, on the same disk: what a killed process left is found without a search.
    private string Unfinished => Path.Combine(home.Store, ".unfinished");

    /// <summary>
    /// Encrypts and writes one file: temporary name, fsync, rename, fsync of the folder. Again with the same arguments:
    /// the same file, so a zombie and its successor cannot hurt each other.
    /// </summary>
    /// <param name="receivedOn">Received date of the application.</param>
    /// <param name="name">Unique within the application; letters, digits, `-`; free of personal data.</param>
    /// <returns>The name to read it by.</returns>
    /// <exception cref="ArgumentException">The name holds other characters.</exception>
    public string Write(DateOnly receivedOn, int slot, string name, byte[] plain, byte[] key)
    {
        if (name is null || name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            throw new ArgumentException("A name in the store has letters, digits and - only.", nameof(name));
        }

        // A folder holds a thousand applications at most: a hundred thousand a day would be slow to list in one.
        var stored = string.Create(
            CultureInfo.InvariantCulture, $"{receivedOn:yyyy-MM-dd}/{slot / 1000:D3}/{slot:D6}-{name}");
        var path = Path.Combine(home.Store, stored);
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName;
        var temporary = Path.Combine(Directory.CreateDirectory(Unfinished).FullName, Path.GetRandomFileName());
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(Cipher.Encrypt(key, plain, stored));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        Durable.SyncFolder(folder);
        return stored;
    }

    /// <summary>
    /// Deletes what killed processes left half written. Call it when nobody writes any more: a zombie that still does fails
    /// on its rename, and its result would have been refused.
    /// </summary>
    public void SweepUnfinished()
    {
        if (Directory.Exists(Unfinished))
        {
            foreach (var file in Directory.GetFiles(Unfinished))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Reads one file back.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Another key, or changed bytes.</exception>
    public byte[] Read(string stored, byte[] key) =>
        Cipher.Decrypt(key, File.ReadAllBytes(Path.Combine(home.Store, stored)), stored);

    /// <summary>Deletes one file; harmless where it is gone. Without its key it was noise already.</summary>
    public void Delete(string stored) => File.Delete(Path.Combine(home.Store, stored));
}
