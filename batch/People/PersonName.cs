using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.People;

/// <summary>
/// A person's name in its normal form: width, composition and case folded away, nothing invisible in it, trimmed. The
/// database folds it (migration 0021), so that code and constraints cannot differ.
/// </summary>
/// <param name="Plain">The normal form; what is stored and shown.</param>
/// <param name="Look">The same for names that look alike: タ (kana) and 夕 (kanji), 1 and l.</param>
/// <param name="Allowed">An account may have it: up to 64 letters, digits, kana, kanji, and . _ - between them.</param>
public sealed record PersonName(string Plain, string Look, bool Allowed)
{
    /// <summary>Longest text that is taken for a name, characters.</summary>
    public const int TypedMax = 200;

    /// <summary>What an account's name may be, as a sentence.</summary>
    public const string WhatIsAllowed =
        "A name has up to 64 letters a to z, digits, kana or kanji, and between them . _ or -; upper case is lower case.";

    /// <summary>Acts that no person did are written under these.</summary>
    private static readonly string[] Reserved = ["engine", "host", "system"];

    /// <summary>Reads a name as somebody typed it.</summary>
    public static async Task<PersonName> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string? typed, CancellationToken cancellation)
    {
        // PostgreSQL takes neither a NUL nor half of a surrogate pair; longer texts are nobody's name.
        if (typed is null || typed.Length > TypedMax || typed.Contains('\0') || !IsWhole(typed))
        {
            return new("", "", Allowed: false);
        }

        return (await Sql.QueryAsync(
            connection, transaction,
            "SELECT person_plain($1), person_look($1), person_allowed(person_plain($1)) AND NOT person_look($1) = ANY ($2::text[])",
            row => new PersonName(row.GetString(0), row.GetString(1), row.GetBoolean(2)), cancellation, typed, Reserved))[0];
    }

    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i += char.IsSurrogate(text[i]) ? 2 : 1)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])))
            {
                return false;
            }
        }

        return true;
    }
}
