using Npgsql;

namespace MyNumber.Batch.Runs;

/// <summary>What an approval brought.</summary>
public enum ApprovalOutcome
{
    /// <summary>The first of two; another person must say the same.</summary>
    First,

    /// <summary>Two different people have approved: do it.</summary>
    Complete,

    /// <summary>The same person again: refused, nothing was written.</summary>
    SamePerson,
}

/// <summary>Approval by two different people, for whatever leaves the house or is destroyed.</summary>
public static class Approvals
{
    private const int PeopleNeeded = 2;

    /// <summary>
    /// Writes one person's approval with its audit entry. The caller acts on <see cref="ApprovalOutcome.Complete"/> in
    /// the same transaction.
    /// </summary>
    /// <param name="connection">The connection of the act.</param>
    /// <param name="transaction">The transaction of the act.</param>
    /// <param name="kind">`disposal`, `piece-lost` …</param>
    /// <param name="subject">What is approved: a list's id, a piece's id.</param>
    /// <param name="person">The signed-in person.</param>
    /// <param name="reason">As the person gave it.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ApprovalOutcome> ApproveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string kind, string subject, string person,
        string reason, DateTimeOffset at, CancellationToken cancellation)
    {
        // Two people at the same moment must not both be the first: one waits here for the other's commit.
        await Sql.ExecuteAsync(
            connection, transaction, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", cancellation,
            $"approval|{kind}|{subject}");
        var before = await PeopleAsync(connection, transaction, kind, subject, cancellation);
        if (before.Any(other => IsSamePerson(other, person)))
        {
            return ApprovalOutcome.SamePerson;
        }

        await Sql.ExecuteAsync(
            connection, transaction,
            "INSERT INTO approval (kind, subject, person, reason, at) VALUES ($1, $2, $3, $4, $5)",
            cancellation, kind, subject, person, reason, at.ToUniversalTime());
        await Audit.WriteAsync(connection, transaction, person, $"approve-{kind}", subject, reason, at, cancellation);
        return before.Count + 1 >= PeopleNeeded ? ApprovalOutcome.Complete : ApprovalOutcome.First;
    }

    /// <summary>R47. One person however the name is typed: case, width and spaces make nobody another person.</summary>
    public static bool IsSamePerson(string one, string other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return string.Equals(Plain(one), Plain(other), StringComparison.OrdinalIgnoreCase);

        static string Plain(string name) => new([.. name.Where(c => !char.IsWhiteSpace(c) && !char.IsControl(c)).Select(Narrow)]);

        static char Narrow(char c) => c is >= '！' and <= '～' ? (char)(c - 0xFEE0) : c;
    }

    /// <summary>Who has approved a subject so far, in order of time.</summary>
    public static Task<IReadOnlyList<string>> PeopleAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string kind, string subject,
        CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, transaction,
            """SELECT person FROM approval WHERE kind = $1 AND subject = $2 ORDER BY at, person COLLATE "C" """,
            row => row.GetString(0), cancellation, kind, subject);
}
