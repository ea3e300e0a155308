using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Batch.People;

/// <summary>What an approval brought.</summary>
public enum ApprovalOutcome
{
    /// <summary>The first of two; another person must say the same.</summary>
    First,

    /// <summary>Two different people have approved: do it.</summary>
    Complete,

    /// <summary>The same person again, or an account that the first one made or changed: refused, nothing was written.</summary>
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
    /// <param name="kind">`disposal`, `piece-lost` …: an act of two people in the table of acts.</param>
    /// <param name="subject">What is approved: a list's id, a piece's id.</param>
    /// <exception cref="OperatorRefusedException">The person's account may not do this.</exception>
    public static async Task<ApprovalOutcome> ApproveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string kind, string subject, string person,
        string reason, DateTimeOffset at, CancellationToken cancellation)
    {
        // Two people at the same moment must not both be the first: one waits here for the other's commit.
        await Sql.ExecuteAsync(
            connection, transaction, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", cancellation,
            $"approval|{kind}|{subject}");
        var act = Acts.Of(kind);
        if (await TwoPeople.IsBarredAsync(connection, transaction, person, act, cancellation))
        {
            throw new OperatorRefusedException(
                $"This account may not do this: it takes {string.Join(" or ", act.Roles)}, and a password of one's own.");
        }

        var before = 0;
        foreach (var other in await PeopleAsync(connection, transaction, kind, subject, cancellation))
        {
            // Who may no longer do it has not done it: somebody else must be the first.
            if (await TwoPeople.IsBarredAsync(connection, transaction, other, act, cancellation))
            {
                await WithdrawAsync(connection, transaction, kind, subject, other, at, cancellation);
                continue;
            }

            if (!await TwoPeople.AreAsync(connection, transaction, other, person, cancellation))
            {
                return ApprovalOutcome.SamePerson;
            }

            before++;
        }

        await Sql.ExecuteAsync(
            connection, transaction,
            "INSERT INTO approval (kind, subject, person, reason, at) VALUES ($1, $2, $3, $4, $5)",
            cancellation, kind, subject, person, reason, at.ToUniversalTime());
        await Audit.WriteAsync(connection, transaction, person, $"approve-{kind}", subject, reason, at, cancellation);
        return before + 1 >= PeopleNeeded ? ApprovalOutcome.Complete : ApprovalOutcome.First;
    }

    /// <summary>Who has approved a subject so far, in order of time.</summary>
    public static Task<IReadOnlyList<string>> PeopleAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string kind, string subject,
        CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, transaction,
            """SELECT person FROM approval WHERE kind = $1 AND subject = $2 ORDER BY at, person COLLATE "C" """,
            row => row.GetString(0), cancellation, kind, subject);

    private static async Task WithdrawAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string kind, string subject, string person,
        DateTimeOffset at, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction, "DELETE FROM approval WHERE kind = $1 AND subject = $2 AND person = $3", cancellation,
            kind, subject, person);
        await Audit.WriteAsync(
            connection, transaction, "engine", $"withdraw-{kind}", subject,
            $"The account {person} may no longer approve this.", at, cancellation);
    }
}
