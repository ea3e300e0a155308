using Npgsql;

namespace MyNumber.Batch.Runs;

/// <summary>What needs a person, with what to do. One open alert per code and subject.</summary>
public static class Alerts
{
    /// <summary>Raises an alert; where it stands already, nothing changes but that it is open again.</summary>
    /// <param name="connection">The connection of whoever raises it.</param>
    /// <param name="transaction">Its transaction, if any: the alert then exists exactly if its cause does.</param>
    /// <param name="code">A stable code: `part-failed`, `law-broken`, `disk-full` …</param>
    /// <param name="subject">What it concerns; never a name or a number of a person.</param>
    /// <param name="whatToDo">One sentence for an operator.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellation">Gives up.</param>
    public static Task RaiseAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, string subject, string whatToDo,
        DateTimeOffset at, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO alert (at, code, subject, what_to_do) VALUES ($1, $2, $3, $4)
            ON CONFLICT (code, subject) DO UPDATE
              SET at = excluded.at, what_to_do = excluded.what_to_do, acknowledged_by = NULL, acknowledged_at = NULL
              WHERE alert.acknowledged_by IS NOT NULL
            """,
            cancellation, at.ToUniversalTime(), code, subject, whatToDo);

    /// <summary>Lowers an alert whose cause is gone by itself.</summary>
    public static Task LowerAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, string subject, DateTimeOffset at,
        CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE alert SET acknowledged_by = 'engine', acknowledged_at = $3
            WHERE code = $1 AND subject = $2 AND acknowledged_by IS NULL
            """,
            cancellation, code, subject, at.ToUniversalTime());

    /// <summary>Lowers every alert about a subject or about something in it: `run 7` names all parts of run 7.</summary>
    public static Task LowerOfAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string subject, DateTimeOffset at,
        CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE alert SET acknowledged_by = 'engine', acknowledged_at = $2
            WHERE (subject = $1 OR starts_with(subject, $1 || ' ')) AND acknowledged_by IS NULL
            """,
            cancellation, subject, at.ToUniversalTime());
}
