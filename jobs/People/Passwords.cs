using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace MyNumber.Jobs.People;

/// <summary>Passwords: how one-time ones are made, what is stored of a password, and whether one fits.</summary>
internal static class Passwords
{
    private const string OneTimeAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
    private const int OneTimeLength = 16;

    // Each half withstands guessing by whoever knows the other.
    private const int HalfLength = 12;

    private static readonly PasswordHasher<string> Hasher = new();

    // Somebody who does not exist takes as long as somebody who does.
    private static readonly string Nobody = Hash(NewOneTime());

    public static string NewOneTime() => RandomNumberGenerator.GetString(OneTimeAlphabet, OneTimeLength);

    public static string NewHalf() => RandomNumberGenerator.GetString(OneTimeAlphabet, HalfLength);

    public static string Hash(string password) => Hasher.HashPassword("", password);

    /// <summary>Whether a password fits; `second` is the hash of a one-time password's second half.</summary>
    public static bool Fits(string? hash, string? second, string password)
    {
        if (second is null)
        {
            return FitsOne(hash ?? Nobody, password) && hash is not null;
        }

        var cut = Math.Min(HalfLength, password.Length);
        return FitsOne(hash ?? Nobody, password[..cut]) & FitsOne(second, password[cut..]);
    }

    private static bool FitsOne(string hash, string password) =>
        Hasher.VerifyHashedPassword("", hash, password) != PasswordVerificationResult.Failed;
}
