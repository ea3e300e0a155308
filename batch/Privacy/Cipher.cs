using System.Security.Cryptography;
using System.Text;

namespace MyNumber.Batch.Privacy;

/// <summary>
/// AES-256-GCM. The context (where the value lies: a column, a store name) is authenticated with it, so that a value
/// moved to another row or file does not open. Layout: 1 byte version, 12 bytes nonce, 16 bytes tag, ciphertext.
/// </summary>
public static class Cipher
{
    /// <summary>Length of every key, bytes.</summary>
    public const int KeyBytes = 32;

    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + NonceBytes + TagBytes;

    /// <summary>Encrypts under a fresh random nonce: the same plain text gives other bytes each time.</summary>
    public static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> plain, string context)
    {
        var encrypted = new byte[HeaderBytes + plain.Length];
        encrypted[0] = Version;
        var nonce = encrypted.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(
            nonce,
            plain,
            encrypted.AsSpan(HeaderBytes),
            encrypted.AsSpan(1 + NonceBytes, TagBytes),
            Encoding.UTF8.GetBytes(context));
        return encrypted;
    }

    /// <summary>Decrypts what <see cref="Encrypt"/> made under the same key and context.</summary>
    /// <exception cref="CryptographicException">Another key, another context, or changed bytes.</exception>
    public static byte[] Decrypt(byte[] key, ReadOnlySpan<byte> encrypted, string context)
    {
        if (encrypted.Length < HeaderBytes || encrypted[0] != Version)
        {
            throw new CryptographicException("Not an encrypted value of this version.");
        }

        var plain = new byte[encrypted.Length - HeaderBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            encrypted.Slice(1, NonceBytes),
            encrypted[HeaderBytes..],
            encrypted.Slice(1 + NonceBytes, TagBytes),
            plain,
            Encoding.UTF8.GetBytes(context));
        return plain;
    }
}
