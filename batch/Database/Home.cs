using System.Security.Cryptography;
using System.Text;

namespace MyNumber.Batch.Database;

/// <summary>The folders of one home (FORMATS.md, Home). A home lies on a disk that all hosts see.</summary>
public sealed class Home
{
    private const int IdDigits = 8;

    /// <summary>Takes a folder as a home; makes what is missing of it.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public Home(string path)
    {
        Root = Directory.CreateDirectory(path).FullName;
        Id = ReadOrWriteId(Path.Combine(Root, "home.id"));
        foreach (var folder in new[] { Inbox, Outbox, Archive, Keys, Store })
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>The home folder itself.</summary>
    public string Root { get; }

    /// <summary>Eight hex digits, written at first use; the home's database is named after it.</summary>
    public string Id { get; }

    /// <summary>What comes in: scans, register, events, online, vendor; and `rejected`.</summary>
    public string Inbox => Path.Combine(Root, "inbox");

    /// <summary>What leaves the house.</summary>
    public string Outbox => Path.Combine(Root, "outbox");

    /// <summary>What was taken, as it came.</summary>
    public string Archive => Path.Combine(Root, "archive");

    /// <summary>Key files: apart from the database and from backups of it.</summary>
    public string Keys => Path.Combine(Root, "keys");

    /// <summary>Encrypted scans and photographs.</summary>
    public string Store => Path.Combine(Root, "store");

    /// <summary>The home's path with all symbolic links resolved: what the database remembers.</summary>
    /// <exception cref="IOException">The folder is gone.</exception>
    public string RealPath() => RealPaths.Resolve(Root);

    private static string ReadOrWriteId(string path)
    {
        if (!File.Exists(path))
        {
            var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
            using (var stream = new FileStream(temporary, FileMode.CreateNew))
            {
                stream.Write(Encoding.ASCII.GetBytes($"{RandomNumberGenerator.GetHexString(IdDigits, lowercase: true)}\n"));
                stream.Flush(flushToDisk: true);
            }

            try
            {
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Two first starts at once: whoever was first has named the home.
                File.Delete(temporary);
            }
        }

        var id = File.ReadAllText(path).Trim();
        return id.Length == IdDigits && id.All(char.IsAsciiHexDigitLower)
            ? id
            : throw new InvalidDataException($"{path} does not hold eight hex digits: put the home's id back from a backup.");
    }
}
