using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Batch.Storage;

/// <summary>What a person's word about what waits over the limit brought.</summary>
public enum ReleaseOutcome
{
    /// <summary>Nothing of that night waits. Nothing changed.</summary>
    NothingWaits,

    /// <summary>The same person again: refused.</summary>
    SamePerson,

    /// <summary>The first of two.</summary>
    First,

    /// <summary>Two people said so: the next run of step `storage` does it.</summary>
    Released,
}

/// <summary>Two people release what was over a night's limit.</summary>
public static class DestructionRelease
{
    private const string Kind = "destruction";

    /// <summary>What waits, by night.</summary>
    public static async Task<IReadOnlyList<WaitingNight>> WaitingAsync(
        NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await WaitingDestruction.NightsAsync(connection, null, cancellation);
    }

    /// <summary>One person's word.</summary>
    public static async Task<ReleaseOutcome> ApproveAsync(
        NpgsqlDataSource database, DateOnly date, Because because, DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(because);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var waiting = await Sql.ScalarAsync<long>(
            connection, transaction, "SELECT count(*) FROM destruction_waiting WHERE since = $1 AND NOT released", cancellation,
            date);
        if (waiting == 0)
        {
            return ReleaseOutcome.NothingWaits;
        }

        var subject = await SubjectAsync(connection, transaction, date, cancellation);
        var approval = await Approvals.ApproveAsync(
            connection, transaction, Kind, subject, because.By, because.Reason, at, cancellation);
        if (approval == ApprovalOutcome.SamePerson)
        {
            return ReleaseOutcome.SamePerson;
        }

        if (approval == ApprovalOutcome.Complete)
        {
            await Sql.ExecuteAsync(
                connection, transaction, "UPDATE destruction_waiting SET released = true WHERE since = $1", cancellation, date);
            await WaitingDestruction.TellAsync(connection, transaction, at, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return approval == ApprovalOutcome.Complete ? ReleaseOutcome.Released : ReleaseOutcome.First;
    }

    /// <summary>
    /// Where what was released is done at once: date and scope of a run of kind `disposal`; null while a night is under
    /// way.
    /// </summary>
    public static async Task<(DateOnly Date, string Scope)?> RunOfAsync(
        NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var runs = await Sql.QueryAsync(
            connection, null,
            """
            SELECT max(business_date) FILTER (WHERE kind = 'night' AND state = 'complete'),
              count(*) FILTER (WHERE kind = 'disposal' AND starts_with(scope, 'release-')) + 1
            FROM run HAVING NOT bool_or(kind = 'night' AND state IN ('running', 'stopped'))
            """,
            row => (Date: row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), Number: row.GetInt64(1)), cancellation);
        return runs is [{ Date: { } date, Number: var number }]
            ? (date, string.Create(CultureInfo.InvariantCulture, $"release-{number}"))
            : null;
    }

    // A night may come to wait a second time (a proposal on the same day): that takes two people again.
    private static async Task<string> SubjectAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DateOnly date, CancellationToken cancellation)
    {
        var day = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var before = await Sql.ScalarAsync<long>(
            connection, transaction, "SELECT count(*) FROM approval WHERE kind = $1 AND starts_with(subject, $2 || ' ')",
            cancellation, Kind, day);
        return string.Create(CultureInfo.InvariantCulture, $"{day} {(before / 2) + 1}");
    }
}
