namespace MyNumber.Batch.Database;

/// <summary>The folders of one home (FORMATS.md, Home). A home lies on a disk that all hosts see.</summary>
public sealed class Home
{
    /// <summary>Takes a folder as a home; makes what is missing of it.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public Home(string path)
    {
        Root = Directory.CreateDirectory(path).FullName;
        foreach (var folder in new[] { Inbox, Outbox, Archive, Keys, Store })
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>The home folder itself.</summary>
    public string Root { get; }

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
}
