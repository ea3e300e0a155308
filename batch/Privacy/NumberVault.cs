using System.Security.Cryptography;
using System.Text;

namespace MyNumber.Batch.Privacy;

/// <summary>Individual Numbers: encrypted where they lie, found by a keyed hash, in clear only in memory.</summary>
public sealed class NumberVault(byte[] numberKey, byte[] hashKey)
{
    private const string Context = "resident.number_cipher";

    /// <summary>Takes the two keys it needs.</summary>
    public NumberVault(Secrets secrets)
        : this((secrets ?? throw new ArgumentNullException(nameof(secrets))).NumberKey, secrets.NumberHashKey)
    {
    }

    /// <summary>The keyed hash to look a number up by: HMAC-SHA256, 32 bytes. Any text may be asked for.</summary>
    public byte[] Hash(string individualNumber) =>
        HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(individualNumber));

    /// <summary>The number as it lies in its column.</summary>
    public byte[] Encrypt(string individualNumber) =>
        Cipher.Encrypt(numberKey, Encoding.UTF8.GetBytes(individualNumber), Context);

    /// <summary>The number in clear: for printing it on the resident's own piece, and nothing else.</summary>
    /// <exception cref="CryptographicException">The key is another one, or the bytes were changed.</exception>
    public string Decrypt(byte[] cipher) => Encoding.UTF8.GetString(Cipher.Decrypt(numberKey, cipher, Context));
}
