using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Reading;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Validation;
using MyNumber.Templates.Forms;
using Npgsql;

namespace MyNumber.Batch.Keying;

/// <summary>What waits for a person: where, and by which rule. No value.</summary>
/// <param name="Field">Item name of the form definition, or what else is asked.</param>
/// <param name="Side">`front` or `back`.</param>
/// <param name="Blind">The reader was sure of it; it is keyed once more to measure how often that is wrong. Nothing waits for it.</param>
public sealed record ReviewItem(string Item, string Key, string Field, string Rule, string Side, bool Blind = false);

/// <summary>What a decision brought.</summary>
public enum ReviewOutcome
{
    /// <summary>The value is stored; the next night's validation uses it.</summary>
    Decided,

    /// <summary>A new scan of the side is wanted (R03); the item goes on waiting.</summary>
    AskedAnew,

    /// <summary>There is no such item.</summary>
    Unknown,

    /// <summary>Somebody decided it before, or the rules withdrew it.</summary>
    NotOpen,

    /// <summary>The value cannot be one of this field: not a date, not twelve digits.</summary>
    ValueRefused,

    /// <summary>It is keyed once more, and this person did so already: another one is asked.</summary>
    AnotherPerson,

    /// <summary>What was keyed once more is taken; it measures the reader.</summary>
    Rekeyed,
}

/// <summary>Questions to keyers and their answers: the same path for the command line and the pages.</summary>
public static class Reviews
{
    /// <summary>The value by which a person asks for a new scan of the side.</summary>
    public const string Rescan = "rescan";

    /// <summary>Longest value that is taken, characters.</summary>
    public const int ValueMax = 500;

    /// <summary>Most items that are listed at once.</summary>
    public const int ItemsMax = 10_000;

    /// <summary>
    /// The open items, oldest first, then by application; what is only keyed once more comes last, as nothing waits for it.
    /// </summary>
    /// <param name="person">Leaves out what this person may not key again; null: all.</param>
    public static async Task<IReadOnlyList<ReviewItem>> ListAsync(
        NpgsqlDataSource database, CancellationToken cancellation, string? person = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT item, application_key, field, rule, side, blind FROM (
              SELECT item, application_key, field, rule, side, false AS blind, opened_on FROM review_item WHERE state = 'open'
              UNION ALL SELECT item, application_key, field, rule, side, true, opened_on FROM rekey_item
                WHERE state IN ('open', 'differs') AND ($2::text IS NULL OR first_by IS DISTINCT FROM $2)) AS waiting
            ORDER BY blind, opened_on, application_key, field COLLATE "C", item COLLATE "C" LIMIT $1
            """,
            row => new ReviewItem(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5)),
            cancellation, ItemsMax, person);
    }

    /// <summary>
    /// Stores what a person said: the value under the application's key, the audit entry, and the application's turn to
    /// be validated again, in one transaction.
    /// </summary>
    /// <exception cref="ArgumentException">Person or reason is missing.</exception>
    /// <exception cref="KeyDestroyedException">The application's data is destroyed.</exception>
    public static async Task<ReviewOutcome> DecideAsync(
        NpgsqlDataSource database, ApplicationKeys keys, string item, string value, string person, string reason,
        DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(value);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var found = await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT review_item.application_key, review_item.field, review_item.side, review_item.state,
                   key_slot.received_on, key_slot.slot
            FROM review_item JOIN key_slot USING (application_key)
            WHERE review_item.item = $1 FOR UPDATE OF review_item
            """,
            row => (Key: row.GetString(0), Field: row.GetString(1), Side: row.GetString(2), State: row.GetString(3),
                On: row.GetFieldValue<DateOnly>(4), Slot: row.GetInt32(5)),
            cancellation, item);
        if (found.Count == 0)
        {
            return await RekeyAsync(connection, transaction, keys, item, value, person, reason, at, cancellation);
        }

        var asked = found[0];
        if (asked.State != "open")
        {
            return ReviewOutcome.NotOpen;
        }

        if (value == Rescan)
        {
            await Sql.ExecuteAsync(
                connection, transaction,
                """
                UPDATE scan SET asked_anew = true
                WHERE application_key = $1 AND side = $2 AND state IN ('read', 'review', 'unreadable')
                """,
                cancellation, asked.Key, asked.Side);
            await Audit.WriteAsync(connection, transaction, person, "review-rescan", item, reason, at, cancellation);
            await transaction.CommitAsync(cancellation);
            return ReviewOutcome.AskedAnew;
        }

        if (!CanBe(asked.Field, value))
        {
            return ReviewOutcome.ValueRefused;
        }

        await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE review_item SET state = 'decided', value_cipher = $2, decided_by = $3, decided_at = $4 WHERE item = $1
            """,
            cancellation, item, ReadingStore.SealDecision(value, item, keys.Key(asked.On, asked.Slot)), person,
            at.ToUniversalTime());
        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE application SET to_validate = true WHERE key = $1", cancellation, asked.Key);
        await Audit.WriteAsync(connection, transaction, person, "review-decide", item, reason, at, cancellation);
        await transaction.CommitAsync(cancellation);
        return ReviewOutcome.Decided;
    }

    private static async Task<ReviewOutcome> RekeyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ApplicationKeys keys, string item, string value,
        string person, string reason, DateTimeOffset at, CancellationToken cancellation)
    {
        var field = await Sql.ScalarAsync<string>(
            connection, transaction, "SELECT field FROM rekey_item WHERE item = $1", cancellation, item);
        if (field is not null && value != DoubleKeying.Illegible && !CanBe(field, value))
        {
            return ReviewOutcome.ValueRefused;
        }

        var outcome = await DoubleKeying.KeyAsync(connection, transaction, keys, item, value, person, at, cancellation);
        if (outcome == DoubleKeyingOutcome.Taken)
        {
            await Audit.WriteAsync(connection, transaction, person, "review-rekey", item, reason, at, cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return outcome switch
        {
            DoubleKeyingOutcome.Taken => ReviewOutcome.Rekeyed,
            DoubleKeyingOutcome.AnotherPerson => ReviewOutcome.AnotherPerson,
            DoubleKeyingOutcome.NotOpen => ReviewOutcome.NotOpen,
            _ => ReviewOutcome.Unknown,
        };
    }

    // Empty is an answer too: nothing is written there. What the rules make of it is theirs to say.
    private static bool CanBe(string field, string value) => Answers.To(field) is { } answers ? answers.Contains(value) :
        value.Length == 0 || (value.Length <= ValueMax && !value.Any(char.IsControl)
            && (field == SignatureAndDate.DateField && value == SignatureAndDate.Impossible || FitsField(field, value)));

    // A wrong check digit may well be what the applicant wrote (R07): the rules judge it, not the keyer.
    private static bool FitsField(string field, string value) => FormDefinitions.Fields.GetValueOrDefault(field) switch
    {
        { Answer: FieldAnswer.Digits } asked =>
            value.All(char.IsAsciiDigit) && (asked.DigitCount is null || value.Length == asked.DigitCount),
        { Answer: FieldAnswer.Date } => ValueClass.Date.Fault(value) is null,
        { Answer: FieldAnswer.Mark } => value is "0" or "1",
        _ => true,
    };
}
