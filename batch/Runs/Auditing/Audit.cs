using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.Runs.Auditing;

/// <summary>
/// The append-only record of what persons did, each entry chained to the one before by its hash, so that neither a
/// change nor a removal goes unseen. Written in the transaction of the act itself: neither exists without the other.
/// </summary>
public static class Audit
{
    private const string First = "0000000000000000000000000000000000000000000000000000000000000000";

    // Any number will do; it only must not be used for another lock.
    private const long ChainLock = 0x4d594e41;

    /// <summary>Adds one entry. Entries of parallel transactions are put in line by a lock held until the commit.</summary>
    /// <param name="action">A stable code: `rerun`, `skip`, `approve` …</param>
    /// <param name="subject">What it was done to; never a name or a number of a person.</param>
    /// <param name="at">When; kept to the microsecond.</param>
    /// <exception cref="ArgumentException">Person or reason is missing.</exception>
    public static async Task WriteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string person, string action, string subject,
        string reason, DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(person);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        await Sql.ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock($1)", cancellation, ChainLock);
        var last = await Sql.QueryAsync(
            connection, transaction, "SELECT sequence, sha256 FROM audit ORDER BY sequence DESC LIMIT 1",
            row => (Sequence: row.GetInt64(0), Sha256: row.GetString(1)), cancellation);
        var (sequence, previous) = last.Count == 0 ? (0, First) : last[0];
        var instant = new DateTimeOffset(at.UtcTicks / 10 * 10, TimeSpan.Zero);
        // By the account, too: whatever a name may look like, its number is one.
        var account = await Sql.ScalarAsync<long>(
            connection, transaction, "SELECT id FROM account WHERE person = person_plain($1)", cancellation, person);
        var entry = new AuditEntry(
            sequence + 1, instant, person, action, subject, reason, previous, account == 0 ? null : account);
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO audit (sequence, at, person, action, subject, reason, previous_sha256, sha256, account_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            cancellation, entry.Sequence, entry.At, person, action, subject, reason, previous, entry.Hash(), entry.Account);
    }

    /// <summary>Walks the chain. Returns the first sequence number that does not fit, or null where all do.</summary>
    public static async Task<long?> FirstBrokenAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT sequence, at, person, action, subject, reason, previous_sha256, sha256, account_id FROM audit ORDER BY sequence
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (expected, previous) = (1L, First);
        while (await reader.ReadAsync(cancellation))
        {
            var entry = new AuditEntry(
                reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetString(3),
                reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.IsDBNull(8) ? null : reader.GetInt64(8));
            if (entry.Sequence != expected || entry.Previous != previous || entry.Hash() != reader.GetString(7))
            {
                return expected;
            }

            (expected, previous) = (expected + 1, reader.GetString(7));
        }

        return null;
    }

    private sealed record AuditEntry(
        long Sequence, DateTimeOffset At, string Person, string Action, string Subject, string Reason, string Previous,
        long? Account)
    {
        public string Hash()
        {
            string[] fields =
            [
                Sequence.ToString(CultureInfo.InvariantCulture),
                At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), Person, Action, Subject, Reason, Previous,
                // Entries of before accounts had numbers keep the hash that they have.
                .. Account is { } account ? new[] { account.ToString(CultureInfo.InvariantCulture) } : [],
            ];
            // A length before each field: moving a character from one to the next must change the hash.
            var text = string.Concat(fields.Select(field => $"{field.Length}:{field}|"));
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }
    }
}
