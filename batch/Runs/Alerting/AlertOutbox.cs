using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.Runs.Alerting;

/// <summary>One thing to tell about an alert.</summary>
/// <param name="Id">Stable: the same message told twice has the same id, in any home and after a restore (64 hex digits).</param>
/// <param name="Kind">`raised`, `reminder`, `lowered` (resolved; receivers know it by this word).</param>
/// <param name="Number">The n-th reminder; 0 for the others.</param>
/// <param name="WhatToDo">One sentence for an operator.</param>
public sealed record AlertMessage(
    string Id, string Kind, int Number, string Code, string Subject, string WhatToDo, DateTimeOffset Since, DateTimeOffset At);

/// <summary>Somewhere that alerts are told: a log, a mail server, a web address.</summary>
public interface IAlertChannel
{
    /// <summary>Stable name: deliveries are remembered under it.</summary>
    string Name { get; }

    /// <summary>Tells one message; throws where it was not taken. May be called twice with the same message.</summary>
    Task SendAsync(AlertMessage message, CancellationToken cancellation);
}

/// <summary>An attempt to tell failed. The class is a type or a status, never a message that somebody else wrote.</summary>
public sealed class AlertNotTakenException(string errorClass) : Exception($"The message was not taken: {errorClass}.")
{
    /// <summary>What the channel's row remembers.</summary>
    public string ErrorClass => errorClass;
}

/// <summary>How one channel stands.</summary>
/// <param name="Waiting">Messages that it has not taken yet.</param>
/// <param name="NextAttempt">No attempt before; null: now.</param>
/// <param name="ErrorClass">Of the last failure.</param>
public sealed record ChannelView(string Name, long Waiting, int Failures, DateTimeOffset? NextAttempt, string? ErrorClass);

/// <summary>
/// Tells messages: each to every channel, at least once, oldest first. A failure holds back the whole channel (doubled up
/// to a cap), so a receiver that is away costs one attempt a while however many messages wait; the message that failed
/// steps behind the others, so one that is never taken holds up nobody. Any number of processes may deliver: one at a time
/// takes the channel's row.
/// </summary>
public sealed class AlertOutbox(NpgsqlDataSource database, IReadOnlyList<IAlertChannel> channels, TimeProvider clock)
{
    /// <summary>Code of the alert about a channel that takes nothing.</summary>
    public const string ChannelAlert = "alert-channel-down";

    private const int FailuresBeforeAlert = 5;
    private const int MessagesMax = 100;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);

    // Longer than any channel waits for its receiver.
    private static readonly TimeSpan SendMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DelayMax = TimeSpan.FromMinutes(15);

    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>How every channel of this home stands.</summary>
    public static async Task<IReadOnlyList<ChannelView>> ChannelsAsync(
        NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT channel.name, (SELECT count(*) FROM alert_message message WHERE message.at >= channel.since
                AND NOT EXISTS (SELECT FROM alert_delivery WHERE message_id = message.id AND channel = channel.name
                  AND delivered_at IS NOT NULL)),
              channel.failures, channel.not_before, channel.error_class
            FROM alert_channel channel ORDER BY channel.name COLLATE "C"
            """,
            row => new ChannelView(
                row.GetString(0), row.GetInt64(1), row.GetInt32(2),
                row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3), row.IsDBNull(4) ? null : row.GetString(4)),
            cancellation);
    }

    /// <summary>Makes the channels' rows: from now on they hear of what happens.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Sql.ExecuteAsync(
            connection, null,
            "INSERT INTO alert_channel (name, since) SELECT unnest($1::text[]), $2 ON CONFLICT DO NOTHING", cancellation,
            channels.Select(channel => channel.Name).ToArray(), Now);
    }

    /// <summary>Tells what is due, on every channel at once; a channel that is away does not hold up another.</summary>
    /// <returns>How many messages were taken.</returns>
    public async Task<int> DeliverAsync(CancellationToken cancellation) =>
        (await Task.WhenAll(channels.Select(channel => DeliverAsync(channel, cancellation)))).Sum();

    private async Task<int> DeliverAsync(IAlertChannel channel, CancellationToken cancellation)
    {
        var taken = 0;
        while (taken < MessagesMax && await DeliverNextAsync(channel, cancellation))
        {
            taken++;
        }

        return taken;
    }

    // No transaction is open while a receiver takes its time: the channel is taken by its row, for as long as any send may
    // last. Killed after the receiver took the message and before that was stored, it is told again.
    private async Task<bool> DeliverNextAsync(IAlertChannel channel, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await TakeAsync(connection, channel, cancellation) is not var (failures, next))
        {
            return false;
        }

        string? errorClass = null;
        try
        {
            await channel.SendAsync(next.Message, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Sql.ExecuteAsync(
                connection, null, "UPDATE alert_channel SET not_before = NULL WHERE name = $1", CancellationToken.None, channel.Name);
            throw;
        }
#pragma warning disable CA1031 // Whatever a receiver does wrong is the channel's row's concern: the night goes on.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            errorClass = (failed as AlertNotTakenException)?.ErrorClass ?? failed.GetType().Name;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await StoreAsync(connection, transaction, channel.Name, next, errorClass, failures, cancellation);
        await transaction.CommitAsync(cancellation);
        return errorClass is null;
    }

    private async Task<(int Failures, Due Next)?> TakeAsync(
        NpgsqlConnection connection, IAlertChannel channel, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var failures = await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT failures FROM alert_channel WHERE name = $1 AND (not_before IS NULL OR not_before <= $2)
            FOR UPDATE SKIP LOCKED
            """,
            row => row.GetInt32(0), cancellation, channel.Name, Now);
        if (failures.Count == 0 || await NextAsync(connection, transaction, channel, cancellation) is not { } next)
        {
            return null;
        }

        await Sql.ExecuteAsync(
            connection, transaction, "UPDATE alert_channel SET not_before = $2 WHERE name = $1", cancellation, channel.Name,
            Now + SendMax);
        await transaction.CommitAsync(cancellation);
        return (failures[0], next);
    }

    private async Task<Due?> NextAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IAlertChannel channel, CancellationToken cancellation)
    {
        var due = await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT message.id, message.kind, message.number, message.code, message.subject, message.what_to_do,
              message.since, message.at, coalesce(delivery.attempts, 0)
            FROM alert_message message JOIN alert_channel channel ON channel.name = $1 AND message.at >= channel.since
            LEFT JOIN alert_delivery delivery ON delivery.message_id = message.id AND delivery.channel = $1
            WHERE delivery.delivered_at IS NULL AND (delivery.not_before IS NULL OR delivery.not_before <= $2)
            ORDER BY coalesce(delivery.attempts, 0), message.id LIMIT 1
            """,
            row => new Due(
                row.GetInt64(0),
                Message(
                    row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5),
                    row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7)),
                row.GetInt32(8)),
            cancellation, channel.Name, Now);
        return due.Count == 0 ? null : due[0];
    }

    private async Task StoreAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string channel, Due next, string? errorClass,
        int failures, CancellationToken cancellation)
    {
        var taken = errorClass is null;
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO alert_delivery (message_id, channel, attempts, delivered_at, not_before) VALUES ($1, $2, 1, $3, $4)
            ON CONFLICT (message_id, channel) DO UPDATE SET attempts = alert_delivery.attempts + 1,
              delivered_at = excluded.delivered_at, not_before = excluded.not_before
            """,
            cancellation, next.RowId, channel, taken ? Now : null, taken ? null : Now + Doubled(next.Attempts));
        await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE alert_channel SET failures = $2, not_before = $3, error_class = $4 WHERE name = $1", cancellation, channel,
            taken ? 0 : failures + 1, taken ? null : Now + Doubled(failures), errorClass);
        if (taken && failures > 0)
        {
            await Alerts.ResolveAsync(connection, transaction, ChannelAlert, channel, Now, cancellation);
        }
        else if (!taken && failures + 1 >= FailuresBeforeAlert)
        {
            // Raised once while it stands, so the message about the channel that waits for the channel is one, not a loop.
            await Alerts.RaiseWhileAsync(
                connection, transaction, ChannelAlert, channel,
                $"The channel {channel} takes no alerts ({errorClass}). Look at its settings and at its server; what waits "
                + "is told when it is back.", Now, cancellation);
        }
    }

    private static TimeSpan Doubled(int before)
    {
        var delay = Delay * Math.Pow(2, Math.Min(before, 16));
        return delay < DelayMax ? delay : DelayMax;
    }

    private static AlertMessage Message(
        string kind, int number, string code, string subject, string whatToDo, DateTimeOffset since, DateTimeOffset at)
    {
        // Of what it says, not of a row number: after a restore the database gives the same numbers to other messages.
        var identity = string.Create(
            CultureInfo.InvariantCulture, $"{code}\n{subject}\n{since.UtcDateTime:O}\n{kind}\n{number}");
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
        return new AlertMessage(id, kind, number, code, subject, whatToDo, since, at);
    }

    private sealed record Due(long RowId, AlertMessage Message, int Attempts);
}
