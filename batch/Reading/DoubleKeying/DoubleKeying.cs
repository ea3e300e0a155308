using System.Globalization;
using System.Text;
using MyNumber.Batch.Database;
using MyNumber.Batch.People;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Reading;

/// <summary>What became of a value that a person keyed once more.</summary>
internal enum DoubleKeyingOutcome
{
    /// <summary>There is no such item.</summary>
    Unknown,

    /// <summary>It is settled, or its scan is destroyed.</summary>
    NotOpen,

    /// <summary>This person keyed it already: another one is asked.</summary>
    AnotherPerson,

    /// <summary>Taken.</summary>
    Taken,
}

/// <summary>
/// Keying once more what the reader was sure of. Nobody who keys is told what it read; one answer that agrees with it
/// settles the item, one that differs is put to another person, since people slip more often than the reader does. Two who
/// agree against it have found a substitution. No application ever waits for this.
/// </summary>
public static class DoubleKeying
{
    /// <summary>Code of the alert about a scanner whose sure values are wrong more often than the policy puts up with.</summary>
    public const string Misreading = "scanner-misreads";

    /// <summary>Code of the alert about a substitution that was found too late to mend.</summary>
    public const string TooLate = "value-misread";

    /// <summary>The answer of a person who cannot read it.</summary>
    public const string Illegible = "rescan";

    /// <summary>Every scanner's rate since <paramref name="from"/>, by name.</summary>
    public static async Task<IReadOnlyList<MisreadRate>> RatesAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, DateOnly from, CancellationToken cancellation) =>
        await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT scanner, count(*) FILTER (WHERE state IN ('agreed', 'misread', 'unclear')),
              count(*) FILTER (WHERE state IN ('misread', 'unclear'))
            FROM rekey_item WHERE opened_on >= $1 GROUP BY scanner ORDER BY scanner
            """,
            row => new MisreadRate(row.GetString(0), row.GetInt64(1), row.GetInt64(2)), cancellation, from);

    /// <summary>Opens the items of a part's readings. Told again, it changes nothing.</summary>
    internal static Task OpenAsync(
        StoreContext context, IEnumerable<(string Key, string Feed, int Row, string Side, RekeyedField Field)> sampled,
        CancellationToken cancellation)
    {
        var all = sampled.ToList();
        return all.Count == 0 ? Task.CompletedTask : Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO rekey_item (item, application_key, feed, row, side, field, rule, scanner, opened_on)
            SELECT new.*, $1
            FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[]) AS new
            ON CONFLICT (item) DO NOTHING
            """,
            cancellation, context.BusinessDate, all.Select(one => one.Field.Item).ToArray(),
            all.Select(one => one.Key).ToArray(), all.Select(one => one.Feed).ToArray(),
            all.Select(one => one.Row).ToArray(), all.Select(one => one.Side).ToArray(),
            all.Select(one => one.Field.Field).ToArray(), all.Select(one => one.Field.Rule).ToArray(),
            all.Select(one => SureValues.ScannerOf(one.Feed)).ToArray());
    }

    /// <summary>Tells of scanners that surely misread more than the policy puts up with, and lowers what is no longer so.</summary>
    internal static async Task TellAsync(
        StoreContext context, Policy policy, DateTimeOffset at, CancellationToken cancellation)
    {
        var rates = await RatesAsync(
            context.Connection, context.Transaction, context.BusinessDate.AddDays(-policy.MisreadDays), cancellation);
        var drifted = rates.Where(rate => rate.LowerBound > policy.MisreadPer10000Max / 10_000.0).ToList();
        foreach (var rate in drifted)
        {
            await Alerts.RaiseWhileAsync(
                context.Connection, context.Transaction, Misreading, rate.Scanner,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Keyed once more, {rate.Wrong} of {rate.Keyed} values that the reader was sure of are wrong on the scans of {rate.Scanner}: surely more than {policy.MisreadPer10000Max} in 10,000. ")
                + "Clean and check that scanner, and look at its last scans with `read --debug`.",
                at, cancellation);
        }

        await Alerts.ResolveOthersAsync(
            context.Connection, context.Transaction, Misreading, drifted.Select(rate => rate.Scanner), at, cancellation);
    }

    /// <summary>Takes what a person keyed, in the transaction of the audit entry.</summary>
    internal static async Task<DoubleKeyingOutcome> KeyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ApplicationKeys keys, string item, string value,
        string person, DateTimeOffset at, CancellationToken cancellation)
    {
        if (await FindAsync(connection, transaction, item, cancellation) is not { } asked)
        {
            return DoubleKeyingOutcome.Unknown;
        }

        if (asked.State is not ("open" or "differs") || asked.Reading is null)
        {
            return DoubleKeyingOutcome.NotOpen;
        }

        if (asked.FirstBy is { } before
            && !await TwoPeople.AreAsync(connection, transaction, before, person, cancellation))
        {
            return DoubleKeyingOutcome.AnotherPerson;
        }

        var key = keys.Key(asked.On, asked.Slot);
        var read = ReadingStore.Decrypt(asked.Reading, asked.Feed, asked.Row, key).Reading is { } page
            ? SureValues.Value(page, asked.Field) : null;
        var first = asked.First is null ? null : Encoding.UTF8.GetString(Cipher.Decrypt(key, asked.First, Context(item)));
        var becomes = value == read ? "agreed"
            : first is null ? "differs"
            : value == first && value != Illegible ? "misread"
            : "unclear";
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE rekey_item SET state = $2, first_by = coalesce(first_by, $3), decided_at = $5,
              second_by = CASE WHEN first_by IS NOT NULL THEN $3 END, value_cipher = CASE WHEN $2 = 'differs' THEN $4::bytea END
            WHERE item = $1
            """,
            cancellation, item, becomes, person,
            becomes == "differs" ? Cipher.Encrypt(key, Encoding.UTF8.GetBytes(value), Context(item)) : null, at.ToUniversalTime());
        if (becomes == "misread")
        {
            await CorrectAsync(
                connection, transaction, item, asked, ReadingStore.SealDecision(value, item, key), person, at, cancellation);
        }

        return DoubleKeyingOutcome.Taken;
    }

    // What two people read counts as a keyer's answer, where it still can; where a card is on its way, a person must know.
    private static async Task CorrectAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string item, Asked asked, byte[] value, string person,
        DateTimeOffset at, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO review_item (item, application_key, field, rule, side, state, value_cipher, decided_by, decided_at, opened_on)
            SELECT item, application_key, field, rule, side, 'decided', $2, $3, $4, opened_on FROM rekey_item WHERE item = $1
            ON CONFLICT (item) DO NOTHING
            """,
            cancellation, item, value, person, at.ToUniversalTime());
        var judgedAgain = await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE application SET to_validate = true
            WHERE key = $1 AND state IN ('received', 'review', 'waiting', 'selected', 'superseded')
            """,
            cancellation, asked.Key);
        if (judgedAgain == 0)
        {
            await Alerts.RaiseAsync(
                connection, transaction, TooLate, $"application {asked.Key} {asked.Field}",
                $"Two people read {asked.Field} of application {asked.Key} otherwise than the reader, and it is decided already: "
                + "see what became of it (`application`), and tell its municipality where the card or the answer is wrong.",
                at, cancellation);
        }
    }

    private static async Task<Asked?> FindAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string item, CancellationToken cancellation) =>
        (await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT rekey_item.application_key, rekey_item.feed, rekey_item.row, rekey_item.field, rekey_item.state, first_by,
              value_cipher, scan.reading_cipher, key_slot.received_on, key_slot.slot
            FROM rekey_item
            JOIN scan ON scan.feed = rekey_item.feed AND scan.row = rekey_item.row
            JOIN key_slot ON key_slot.application_key = rekey_item.application_key
            WHERE rekey_item.item = $1 FOR UPDATE OF rekey_item
            """,
            row => new Asked(
                row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4),
                row.IsDBNull(5) ? null : row.GetString(5), row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6),
                row.IsDBNull(7) ? null : row.GetFieldValue<byte[]>(7), row.GetFieldValue<DateOnly>(8), row.GetInt32(9)),
            cancellation, item)).SingleOrDefault();

    private static string Context(string item) => $"rekey_item.value_cipher|{item}";

    private sealed record Asked(
        string Key, string Feed, int Row, string Field, string State, string? FirstBy, byte[]? First, byte[]? Reading,
        DateOnly On, int Slot);
}
