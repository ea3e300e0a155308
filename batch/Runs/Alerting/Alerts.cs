using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.Runs.Alerting;

/// <summary>An alert that nobody has seen yet.</summary>
/// <param name="At">Since when.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Subject">What it concerns.</param>
/// <param name="WhatToDo">One sentence for an operator.</param>
public sealed record OpenAlert(DateTimeOffset At, string Code, string Subject, string WhatToDo);

/// <summary>
/// What needs a person, with what to do. One open alert per code and subject. An alert is open until a person has seen it,
/// and stands until its cause is gone. Raising and lowering write the message that tells of it (<see cref="AlertOutbox"/>)
/// in the same transaction.
/// </summary>
public static class Alerts
{
    private static readonly string RaiseEventSql = RaiseSql(again: "alert.acknowledged_by IS NOT NULL");
    private static readonly string RaiseStateSql = RaiseSql(again: "alert.lowered_at IS NOT NULL");
    private static readonly string RaiseGrownSql = RaiseSql(again: "true");

    /// <summary>Raises an alert about something that happened; where it is open already, nothing changes.</summary>
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
            connection, transaction, RaiseEventSql, cancellation, at.ToUniversalTime(), code, subject, whatToDo);

    /// <summary>
    /// Raises an alert about something that is so, and is looked at again and again: seen by a person it stays seen until
    /// it was lowered. The parameters are those of <see cref="RaiseAsync"/>.
    /// </summary>
    public static Task RaiseWhileAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, string subject, string whatToDo,
        DateTimeOffset at, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction, RaiseStateSql, cancellation, at.ToUniversalTime(), code, subject, whatToDo);

    /// <summary>
    /// Raises an alert whose cause grew: it is told anew, whether or not a person has seen it as it was. The parameters are
    /// those of <see cref="RaiseAsync"/>.
    /// </summary>
    public static Task RaiseAgainAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, string subject, string whatToDo,
        DateTimeOffset at, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction, RaiseGrownSql, cancellation, at.ToUniversalTime(), code, subject, whatToDo);

    /// <summary>Says what an alert that stands is about by now; nobody is told.</summary>
    public static Task RewordAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, string subject, string whatToDo,
        CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction, "UPDATE alert SET what_to_do = $3 WHERE code = $1 AND subject = $2 AND lowered_at IS NULL",
            cancellation, code, subject, whatToDo);

    /// <summary>Lowers an alert whose cause is gone by itself.</summary>
    public static Task LowerAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, string subject, DateTimeOffset at,
        CancellationToken cancellation) =>
        LowerWhereAsync(connection, transaction, "code = $2 AND subject = $3", at, cancellation, code, subject);

    /// <summary>Lowers the alerts of a code but for those whose cause is still there.</summary>
    public static Task LowerOthersAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, IEnumerable<string> standing,
        DateTimeOffset at, CancellationToken cancellation) =>
        LowerWhereAsync(
            connection, transaction, "code = $2 AND subject <> ALL($3)", at, cancellation, code, standing.ToArray());

    /// <summary>Lowers what concerned parts and runs that are no longer so: tried again, skipped, abandoned, gone on.</summary>
    internal static Task LowerSettledAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, DateTimeOffset at, CancellationToken cancellation) =>
        LowerWhereAsync(
            connection, transaction,
            """
            EXISTS (
              SELECT FROM part JOIN step ON step.id = part.step_id JOIN run ON run.id = step.run_id
              WHERE part.id = substring(alert.subject FROM ' part ([0-9]+)$')::bigint AND CASE alert.code
                WHEN 'part-failed' THEN part.state <> 'failed'
                WHEN 'law-broken' THEN part.state <> 'failed'
                WHEN 'item-stuck' THEN part.state NOT IN ('ready', 'leased')
                WHEN 'part-waits' THEN part.state NOT IN ('ready', 'leased') OR part.passing = 0
                WHEN 'disk-full' THEN run.state <> 'stopped'
                ELSE false END)
            """,
            at, cancellation);

    /// <summary>Lowers every alert about a subject or about something in it: `run 7` names all parts of run 7.</summary>
    public static Task LowerOfAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string subject, DateTimeOffset at,
        CancellationToken cancellation) =>
        LowerWhereAsync(
            connection, transaction, "(subject = $2 OR starts_with(subject, $2 || ' '))", at, cancellation, subject);

    /// <summary>What nobody has seen yet, oldest first.</summary>
    public static async Task<IReadOnlyList<OpenAlert>> OpenAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            "SELECT at, code, subject, what_to_do FROM alert WHERE acknowledged_at IS NULL ORDER BY at, id",
            row => new OpenAlert(
                row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetString(2), row.GetString(3)),
            cancellation);
    }

    private static Task LowerWhereAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string which, DateTimeOffset at,
        CancellationToken cancellation, params object?[] parameters) =>
        Sql.ExecuteAsync(
            connection, transaction,
            $"""
            WITH lowered AS (
              UPDATE alert SET lowered_at = $1, acknowledged_by = coalesce(acknowledged_by, 'engine'),
                acknowledged_at = coalesce(acknowledged_at, $1)
              WHERE lowered_at IS NULL AND {which}
              RETURNING id, at, code, subject, what_to_do)
            INSERT INTO alert_message (alert_id, kind, since, at, code, subject, what_to_do)
            SELECT id, 'lowered', at, $1, code, subject, what_to_do FROM lowered
            ON CONFLICT DO NOTHING
            """,
            cancellation, [at.ToUniversalTime(), .. parameters]);

    // Only what really changed is told: the statement in the middle returns no row where the alert stood already.
    private static string RaiseSql(string again) => $"""
        WITH raised AS (
          INSERT INTO alert (at, code, subject, what_to_do) VALUES ($1, $2, $3, $4)
          ON CONFLICT (code, subject) DO UPDATE
            SET at = excluded.at, what_to_do = excluded.what_to_do, acknowledged_by = NULL, acknowledged_at = NULL,
              lowered_at = NULL
            WHERE {again}
          RETURNING id, at, code, subject, what_to_do)
        INSERT INTO alert_message (alert_id, kind, since, at, code, subject, what_to_do)
        SELECT id, 'raised', at, at, code, subject, what_to_do FROM raised
        ON CONFLICT DO NOTHING
        """;
}
