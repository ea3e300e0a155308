using System.Security.Cryptography;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;

namespace MyNumber.Batch.Privacy;

/// <summary>
/// The four long-lived keys of a home: files of 32 bytes under `keys/`, apart from the database and its backups. An
/// environment variable (64 hex digits) takes the place of a file: MYNUMBER_NUMBER_KEY, MYNUMBER_NUMBER_HASH_KEY,
/// MYNUMBER_ID_KEY, MYNUMBER_PIECE_KEY.
/// </summary>
/// <param name="NumberKey">Encrypts Individual Numbers in their column.</param>
/// <param name="NumberHashKey">Keys the hash by which an Individual Number is looked up.</param>
/// <param name="IdKey">Keys every id that we make (<see cref="Ids"/>).</param>
/// <param name="PieceKey">Encrypts what is printed on a piece, while it is frozen.</param>
public sealed record Secrets(byte[] NumberKey, byte[] NumberHashKey, byte[] IdKey, byte[] PieceKey)
{
    // Fixed on purpose: the same input gives the same outbox in any home (FORMATS.md, Home). Never for production.
    private static readonly byte[] LocalIdKey = SHA256.HashData("MyNumber.Batch local id key"u8);

    private static readonly IReadOnlyList<string> Made = ["number", "number-hash", "piece"];

    /// <summary>Loads the keys; makes what is missing of them, but for the id key of a production home.</summary>
    /// <exception cref="InvalidOperationException">A key has not 32 bytes, or production has no id key of its own.</exception>
    public static Secrets LoadOrCreate(Home home, bool production)
    {
        ArgumentNullException.ThrowIfNull(home);
        return new(
            LoadOrMake(home, "number"),
            LoadOrMake(home, "number-hash"),
            LoadIdKey(home, production),
            LoadOrMake(home, "piece"));
    }

    /// <summary>
    /// The key files that a home lacks and that <see cref="LoadOrCreate"/> would make anew: what was encrypted under the
    /// lost ones could never be read again.
    /// </summary>
    public static IReadOnlyList<string> Missing(Home home)
    {
        ArgumentNullException.ThrowIfNull(home);
        return [.. Made
            .Where(name => FromEnvironment(name) is null && !File.Exists(PathOf(home, name)))
            .Select(name => $"keys/{name}.key")];
    }

    private static byte[] LoadIdKey(Home home, bool production)
    {
        var key = FromEnvironment("id") ?? FromFile(PathOf(home, "id")) ?? (production ? null : LocalIdKey);
        if (key is null)
        {
            throw new InvalidOperationException("Production needs an id key of its own: keys/id.key or MYNUMBER_ID_KEY.");
        }

        return production && key.AsSpan().SequenceEqual(LocalIdKey)
            ? throw new InvalidOperationException("The local id key is refused in production.")
            : key;
    }

    private static byte[] LoadOrMake(Home home, string name)
    {
        var path = PathOf(home, name);
        if ((FromEnvironment(name) ?? FromFile(path)) is { } key)
        {
            return key;
        }

        // Several processes may start at once in a new home: all write, the first rename stands, and all read that one.
        var temporary = Path.Combine(home.Keys, $"{Path.GetRandomFileName()}.tmp");
        using (var stream = PrivateFile.Open(temporary, FileMode.CreateNew))
        {
            stream.Write(RandomNumberGenerator.GetBytes(Cipher.KeyBytes));
            stream.Flush(flushToDisk: true);
        }

        if (!Durable.TryLink(temporary, path) && !File.Exists(path))
        {
            throw new IOException("A key file could not be made.");
        }

        File.Delete(temporary);
        Durable.SyncFolder(home.Keys);
        return FromFile(path)!;
    }

    private static byte[]? FromFile(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var key = File.ReadAllBytes(path);
        return key.Length == Cipher.KeyBytes
            ? key
            : throw new InvalidOperationException($"Key file {Path.GetFileName(path)} has not {Cipher.KeyBytes} bytes.");
    }

    private static byte[]? FromEnvironment(string name)
    {
        var variable = $"MYNUMBER_{name.ToUpperInvariant().Replace('-', '_')}_KEY";
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } hex)
        {
            return null;
        }

        return hex.Length == 2 * Cipher.KeyBytes && hex.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(hex)
            : throw new InvalidOperationException($"{variable} has not {2 * Cipher.KeyBytes} hex digits.");
    }

    private static string PathOf(Home home, string name) => Path.Combine(home.Keys, $"{name}.key");
}
