using System.Buffers.Binary;
using System.Security.Cryptography;
using MyNumber.Batch.Files;

namespace MyNumber.Batch.Privacy;

/// <summary>An application's key was destroyed (R48): nothing under it can be read again.</summary>
public sealed class KeyDestroyedException(DateOnly receivedOn, int slot)
    : Exception($"The key in slot {slot} of {receivedOn:O} is destroyed.");

/// <summary>
/// One key file a received date: a header that counts the finished blocks, then blocks of random slots of 32 bytes. A
/// block is written and fsynced before the header counts it, so a key is on disk before anything is encrypted with it.
/// Slots are never moved or copied: overwriting one destroys the only copy.
/// </summary>
public sealed class ApplicationKeys(string folder)
{
    private const int BlockSlots = 4096;
    private const int HeaderBytes = 32;
    private static ReadOnlySpan<byte> Magic => "MYNKEYS1"u8;

    /// <summary>The key of one application.</summary>
    /// <exception cref="KeyDestroyedException">It was destroyed.</exception>
    /// <exception cref="InvalidOperationException">There is no such slot: the key file is lost or from another home.</exception>
    public byte[] Key(DateOnly receivedOn, int slot)
    {
        var path = PathOf(receivedOn);
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"There is no key file for {receivedOn:O}.");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (slot < 0 || slot >= Slots(file))
        {
            throw new InvalidOperationException($"The key file of {receivedOn:O} has no slot {slot}.");
        }

        var key = new byte[Cipher.KeyBytes];
        file.Position = Offset(slot);
        file.ReadExactly(key);
        return key.AsSpan().ContainsAnyExcept((byte)0) ? key : throw new KeyDestroyedException(receivedOn, slot);
    }

    /// <summary>Whether a slot is there and holds a key.</summary>
    public bool Holds(DateOnly receivedOn, int slot)
    {
        try
        {
            return File.Exists(PathOf(receivedOn)) && Key(receivedOn, slot).Length > 0;
        }
        catch (KeyDestroyedException)
        {
            return false;
        }
    }

    /// <summary>Makes sure that slots 0 to <paramref name="count"/> − 1 exist, on disk, before it returns.</summary>
    public void EnsureSlots(DateOnly receivedOn, int count)
    {
        Directory.CreateDirectory(folder);
        var path = PathOf(receivedOn);
        using var gate = Lock(path);
        var made = !File.Exists(path);
        using var file = PrivateFile.Open(path, FileMode.OpenOrCreate);
        for (var slots = Slots(file); slots < count; slots += BlockSlots)
        {
            AppendBlock(file, slots);
        }

        if (made)
        {
            Durable.SyncFolder(folder);
        }
    }

    /// <summary>Overwrites one slot and fsyncs. Repeating it is harmless; a slot that never was is destroyed already.</summary>
    public void Destroy(DateOnly receivedOn, int slot)
    {
        var path = PathOf(receivedOn);
        if (!File.Exists(path))
        {
            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (slot < 0 || slot >= Slots(file))
        {
            return;
        }

        file.Position = Offset(slot);
        file.Write(new byte[Cipher.KeyBytes]);
        file.Flush(flushToDisk: true);
    }

    // The header goes last: a block that a power cut left half written, or as zeros, is not counted and written anew.
    private static void AppendBlock(FileStream file, int slots)
    {
        file.Position = Offset(slots);
        file.Write(RandomNumberGenerator.GetBytes(BlockSlots * Cipher.KeyBytes));
        file.Flush(flushToDisk: true);
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(Magic.Length), slots + BlockSlots);
        file.Position = 0;
        file.Write(header);
        file.Flush(flushToDisk: true);
    }

    private static int Slots(FileStream file)
    {
        if (file.Length < HeaderBytes)
        {
            return 0;
        }

        var header = new byte[HeaderBytes];
        file.Position = 0;
        file.ReadExactly(header);
        if (header.AsSpan().StartsWith(Magic))
        {
            return BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(Magic.Length));
        }

        // Zeros are a first block that was never finished; anything else is not ours to overwrite.
        return header.AsSpan().ContainsAnyExcept((byte)0)
            ? throw new InvalidOperationException($"{Path.GetFileName(file.Name)} is no key file.")
            : 0;
    }

    // Two processes growing one file would count each other's slots. The lock goes with the process that holds it.
    private static FileStream Lock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists($"{path}.lock"))
            {
                Thread.Sleep(10);
            }
        }
    }

    private static long Offset(int slot) => HeaderBytes + ((long)slot * Cipher.KeyBytes);

    private string PathOf(DateOnly receivedOn) => Path.Combine(folder, $"{receivedOn:yyyy-MM-dd}.keys");
}
