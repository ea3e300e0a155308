using System.Text.Json;
using MyNumber.Batch.Privacy;

namespace MyNumber.Batch.Feeds;

/// <summary>What an online applicant sent, but for the photograph, which lies in the encrypted store.</summary>
/// <param name="Email">Where messages go (R51).</param>
/// <param name="BirthDate">Must agree with the register (R02).</param>
/// <param name="Braille">R14.</param>
/// <param name="NoSignatureCertificate">R13.</param>
/// <param name="NoUserCertificate">R13.</param>
/// <param name="RepresentativeName">R10; empty where there is none.</param>
/// <param name="RepresentativeRelation">R10.</param>
public sealed record OnlineApplication(
    string Email,
    DateOnly BirthDate,
    bool Braille,
    bool NoSignatureCertificate,
    bool NoUserCertificate,
    string RepresentativeName,
    string RepresentativeRelation)
{
    /// <summary>As it lies in application.online_cipher.</summary>
    public byte[] Encrypt(string applicationKey, byte[] key) =>
        Cipher.Encrypt(key, JsonSerializer.SerializeToUtf8Bytes(this), Context(applicationKey));

    /// <summary>What lies in application.online_cipher.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Another key or another application.</exception>
    public static OnlineApplication Decrypt(byte[] cipher, string applicationKey, byte[] key) =>
        JsonSerializer.Deserialize<OnlineApplication>(Cipher.Decrypt(key, cipher, Context(applicationKey)))!;

    /// <summary>The type's name only: a record would print its members, and these must not reach a log in a message.</summary>
    public override string ToString() => nameof(OnlineApplication);

    private static string Context(string applicationKey) => $"application.online_cipher|{applicationKey}";
}
