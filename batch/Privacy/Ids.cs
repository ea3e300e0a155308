using System.Security.Cryptography;
using System.Text;

namespace MyNumber.Batch.Privacy;

/// <summary>
/// Every id that we make: a keyed function (HMAC-SHA256) of what it stands for, so that the same input gives the same
/// ids in any home, after any fault, and nobody without the key can derive anything from one (R01, FORMATS.md Home).
/// </summary>
public sealed class Ids(byte[] key)
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>
    /// A new Application ID (R01): 23 decimal digits. <paramref name="attempt"/> is raised where the registry holds the
    /// result already.
    /// </summary>
    public string ApplicationId(string kind, string subject, string occasion, int generation, int attempt = 0)
    {
        var hash = Hash("application-id", kind, subject, occasion, Number(generation), Number(attempt));
        // 23 digits are 76.4 bits: the remainder of 128 bits is even enough.
        var number = new System.Numerics.BigInteger(hash.AsSpan(0, 16), isUnsigned: true, isBigEndian: true);
        var modulus = System.Numerics.BigInteger.Pow(10, 23);
        return (number % modulus).ToString("D23", System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A piece's id: 16 characters of Crockford's base 32.</summary>
    public string PieceId(string product, string subject, string occasion, int generation) =>
        Base32(Hash("piece", product, subject, occasion, Number(generation)));

    /// <summary>A disposal list's id: 16 characters.</summary>
    public string ListId(string municipality, DateOnly date, int number) =>
        Base32(Hash("list", municipality, date.ToString("O"), Number(number)));

    /// <summary>A review item's id: 16 characters.</summary>
    public string ReviewItemId(string applicationKey, string field, string rule) =>
        Base32(Hash("review", applicationKey, field, rule));

    /// <summary>The id of a value that is keyed once more, blind: 16 characters.</summary>
    public string RekeyItemId(string applicationKey, string side, string field) =>
        Base32(Hash("rekey", applicationKey, side, field));

    /// <summary>
    /// Whether that value is one of the share that is keyed once more: the same ones on every re-run, and nobody without
    /// the key can tell which.
    /// </summary>
    public bool IsRekeyed(string applicationKey, string side, string field, int perMille) =>
        BitConverter.ToUInt32(Hash("rekey-share", applicationKey, side, field)) % 1000 < perMille;

    /// <summary>The keyed hash under which the same photograph is found again (R24): hex, 64 characters.</summary>
    public string PhotoHash(string fingerprint) => Convert.ToHexStringLower(Hash("photograph", fingerprint));

    /// <summary>The keyed hash under which an inquiry finds its answer (R95): hex, 64 characters.</summary>
    public string InquiryHash(string applicationId, DateOnly birthDate) =>
        Convert.ToHexStringLower(Hash("inquiry", applicationId, birthDate.ToString("O")));

    private byte[] Hash(params string[] parts)
    {
        // A length before each part: ("a","bc") and ("ab","c") must differ.
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part.Length).Append(':').Append(part).Append('|');
        }

        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Base32(byte[] hash)
    {
        var bits = new System.Numerics.BigInteger(hash.AsSpan(0, 10), isUnsigned: true, isBigEndian: true);
        var characters = new char[16];
        for (var i = 15; i >= 0; i--)
        {
            characters[i] = Alphabet[(int)(bits % 32)];
            bits /= 32;
        }

        return new string(characters);
    }
}
