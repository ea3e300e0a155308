using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.Runs.Alerting;

/// <summary>An alert that nobody has seen yet.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="WhatToDo">One sentence for an operator.</param>
public sealed record OpenAlert(DateTimeOffset At, string Code, string Subject, string WhatToDo);

/// <summary>What an alert concerns: its words, and the run and the part that it is about, where it is about one.</summary>
/// <param name="Text">Names it for a person; never a name or a number of a person.</param>
/// <param name="RunId">Resolved when this run is abandoned.</param>
/// <param name="PartId">Resolved when this part is no longer so.</param>
public readonly record struct AlertSubject(string Text, long? RunId = null, long? PartId = null)
{
    /// <summary>Something that is neither of a run nor of a part.</summary>
    public static implicit operator AlertSubject(string text) => new(text);
}

/// <summary>
/// What needs a person, with what to do. One open alert per code and subject. An alert is open until a person has seen it,
/// and stands until its cause is gone. Raising and resolving write the message that tells of it (<see cref="AlertOutbox"/>)
/// in the same transaction.
/// </summary>
public static class Alerts
{
    private static readonly string RaiseEventSql = RaiseSql(again: "alert.acknowledged_by IS NOT NULL");
    private static readonly string RaiseStateSql = RaiseSql(again: "alert.resolved_at IS NOT NULL");
    private static readonly string RaiseGrownSql = RaiseSql(again: "true");

    /// <summary>Raises an alert about something that happened; where it is open already, nothing changes.</summary>
    /// <param name="transaction">Its transaction, if any: the alert then exists exactly if its cause does.</param>
    /// <param name="code">A stable code: `part-failed`, `law-broken`, `disk-full` …</param>
    /// <param name="subject">What it concerns; never a name or a number of a person.</param>
    /// <param name="whatToDo">One sentence for an operator.</param>
    public static Task RaiseAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, AlertSubject subject, string whatToDo,
        DateTimeOffset at, CancellationToken cancellation) =>
        RaiseAsync(RaiseEventSql, connection, transaction, code, subject, whatToDo, at, cancellation);

    /// <summary>
    /// Raises an alert about something that is so, and is looked at again and again: seen by a person it stays seen until
    /// it was resolved. The parameters are those of the first.
    /// </summary>
    public static Task RaiseWhileAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, AlertSubject subject, string whatToDo,
        DateTimeOffset at, CancellationToken cancellation) =>
        RaiseAsync(RaiseStateSql, connection, transaction, code, subject, whatToDo, at, cancellation);

    /// <summary>
    /// Raises an alert whose cause grew: it is told anew, whether or not a person has seen it as it was. The parameters are
    /// those of the first.
    /// </summary>
    public static Task RaiseAgainAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, AlertSubject subject, string whatToDo,
        DateTimeOffset at, CancellationToken cancellation) =>
        RaiseAsync(RaiseGrownSql, connection, transaction, code, subject, whatToDo, at, cancellation);

    /// <summary>Says what an alert that stands is about by now; nobody is told.</summary>
    public static Task RewordAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, string subject, string whatToDo,
        CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction, "UPDATE alert SET what_to_do = $3 WHERE code = $1 AND subject = $2 AND resolved_at IS NULL",
            cancellation, code, subject, whatToDo);

    /// <summary>Resolves an alert whose cause is gone by itself.</summary>
    public static Task ResolveAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, AlertSubject subject, DateTimeOffset at,
        CancellationToken cancellation) =>
        ResolveWhereAsync(connection, transaction, "code = $2 AND subject = $3", at, cancellation, code, subject.Text);

    /// <summary>Resolves the alerts of a code but for those whose cause is still there.</summary>
    public static Task ResolveOthersAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, IEnumerable<string> standing,
        DateTimeOffset at, CancellationToken cancellation) =>
        ResolveWhereAsync(
            connection, transaction, "code = $2 AND subject <> ALL($3)", at, cancellation, code, standing.ToArray());

    /// <summary>Resolves what concerned parts and runs that are no longer so: tried again, skipped, abandoned, gone on.</summary>
    internal static Task ResolveSettledAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, DateTimeOffset at, CancellationToken cancellation) =>
        ResolveWhereAsync(
            connection, transaction,
            """
            EXISTS (
              SELECT FROM part JOIN step ON step.id = part.step_id JOIN run ON run.id = step.run_id
              WHERE part.id = alert.part_id AND CASE alert.code
                WHEN 'part-failed' THEN part.state <> 'failed'
                WHEN 'law-broken' THEN part.state <> 'failed'
                WHEN 'item-stuck' THEN part.state NOT IN ('ready', 'leased')
                WHEN 'part-waits' THEN part.state NOT IN ('ready', 'leased') OR part.transient_errors = 0
                WHEN 'disk-full' THEN run.state <> 'stopped'
                ELSE false END)
            """,
            at, cancellation);

    /// <summary>Resolves every alert about a run or about something in it.</summary>
    public static Task ResolveOfRunAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long runId, DateTimeOffset at,
        CancellationToken cancellation) =>
        ResolveWhereAsync(connection, transaction, "run_id = $2", at, cancellation, runId);

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

    private static Task RaiseAsync(
        string sql, NpgsqlConnection connection, NpgsqlTransaction? transaction, string code, AlertSubject subject,
        string whatToDo, DateTimeOffset at, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction, sql, cancellation, at.ToUniversalTime(), code, subject.Text, whatToDo, subject.RunId,
            subject.PartId);

    private static Task ResolveWhereAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string which, DateTimeOffset at,
        CancellationToken cancellation, params object?[] parameters) =>
        Sql.ExecuteAsync(
            connection, transaction,
            $"""
            WITH resolved AS (
              UPDATE alert SET resolved_at = $1, acknowledged_by = coalesce(acknowledged_by, 'engine'),
                acknowledged_at = coalesce(acknowledged_at, $1)
              WHERE resolved_at IS NULL AND {which}
              RETURNING id, at, code, subject, what_to_do)
            INSERT INTO alert_message (alert_id, kind, since, at, code, subject, what_to_do)
            SELECT id, 'lowered', at, $1, code, subject, what_to_do FROM resolved
            ON CONFLICT DO NOTHING
            """,
            cancellation, [at.ToUniversalTime(), .. parameters]);

    // Only what really changed is told: the statement in the middle returns no row where the alert stood already.
    private static string RaiseSql(string again) => $"""
        WITH raised AS (
          INSERT INTO alert (at, code, subject, what_to_do, run_id, part_id) VALUES ($1, $2, $3, $4, $5::bigint, $6::bigint)
          ON CONFLICT (code, subject) DO UPDATE
            SET at = excluded.at, what_to_do = excluded.what_to_do, run_id = excluded.run_id, part_id = excluded.part_id,
              acknowledged_by = NULL, acknowledged_at = NULL, resolved_at = NULL
            WHERE {again}
          RETURNING id, at, code, subject, what_to_do)
        INSERT INTO alert_message (alert_id, kind, since, at, code, subject, what_to_do)
        SELECT id, 'raised', at, at, code, subject, what_to_do FROM raised
        ON CONFLICT DO NOTHING
        """;
}
