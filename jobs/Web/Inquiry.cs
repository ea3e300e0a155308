using System.Globalization;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Status;
using Npgsql;

namespace MyNumber.Jobs.Web;

/// <summary>
/// R95. Looks an answer up by the keyed hash of Application ID and date of birth. What is unknown, malformed, or has
/// another birth date takes the same way and gets the same answer.
/// </summary>
/// <param name="ids">Makes the keyed hash.</param>
public sealed class Inquiry(NpgsqlDataSource database, Ids ids)
{
    /// <summary>The answer for everything that is not known.</summary>
    public const string Unknown = "unknown";

    /// <summary>The answer for what a person typed in.</summary>
    /// <param name="applicationId">23 digits, also full-width; spaces and hyphens between them are fine.</param>
    /// <param name="birthDate">`YYYY-MM-DD`.</param>
    public async Task<StatusAnswer> AskAsync(string? applicationId, string? birthDate, CancellationToken cancellation)
    {
        var digits = Digits(applicationId ?? "");
        _ = DateOnly.TryParseExact(birthDate, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        await using var command = database.CreateCommand("SELECT answer, confirmed_on FROM status_answer WHERE key_hash = $1");
        command.Parameters.Add(new() { Value = ids.InquiryHash(digits, date) });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new StatusAnswer(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateOnly>(1))
            : new StatusAnswer(Unknown, null);
    }

    // As people type it: 1234－5678, with whatever hyphen and space their keyboard has.
    private static string Digits(string typed) => string.Concat(typed
        .Where(character => !char.IsWhiteSpace(character) && !Hyphens.Contains(character, StringComparison.Ordinal))
        .Select(character => character is >= '０' and <= '９' ? (char)(character - '０' + '0') : character));

    private const string Hyphens = "-\u00AD\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30FC\uFF0D\uFF70";
}
