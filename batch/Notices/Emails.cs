using MyNumber.Batch.Intake;
using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Notices;

/// <summary>What became of one message.</summary>
/// <param name="Key">The application's key.</param>
/// <param name="Number">The message's number.</param>
/// <param name="File">The staged file; null where the applicant gave no usable address.</param>
/// <param name="Content">What it says.</param>
public sealed record WrittenEmail(string Key, int Number, StagedFile? File, byte[]? Content);

/// <summary>R51. Messages to online applicants: one per application and set of errors, each in a file of its own.</summary>
public static class Emails
{
    /// <summary>The flat drop's product and folder.</summary>
    public const string Product = "email";

    private const string WantSql = $"""
        WITH incident AS (
          SELECT application.key, {IncompleteNotices.ErrorsSql} AS errors
          FROM application JOIN finding ON finding.application_key = application.key AND finding.severity = 'incomplete'
          WHERE application.state = 'incomplete' AND application.channel <> 'mail'
          GROUP BY application.key)
        INSERT INTO message (application_key, number, kind, occasion, reasons, business_date)
        SELECT key, 1 + (SELECT count(*) FROM message WHERE application_key = key), 'incomplete', errors, errors, $1
        FROM incident
        WHERE NOT EXISTS (SELECT 1 FROM message WHERE application_key = key AND occasion = errors)
        """;

    /// <summary>Wants the messages that are due; returns the keys of all that are to be written, also of a held part.</summary>
    public static async Task<IReadOnlyList<string>> WantAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        await Sql.ExecuteAsync(context.Connection, context.Transaction, WantSql, cancellation, context.BusinessDate);
        return await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """SELECT application_key FROM message WHERE state = 'wanted' ORDER BY application_key COLLATE "C", number""",
            row => row.GetString(0), cancellation);
    }

    /// <summary>Puts the wanted messages into a drop.</summary>
    public static Task FreezeAsync(StoreContext context, long dropId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Sql.ExecuteAsync(
            context.Connection, context.Transaction, "UPDATE message SET drop_id = $1 WHERE state = 'wanted'",
            cancellation, dropId);
    }

    /// <summary>Writes the messages of a range of applications into staging.</summary>
    public static async Task<IReadOnlyList<WrittenEmail>> StageAsync(
        NightServices services, DropRow drop, string fromKey, string toKey, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(drop);
        var written = new List<WrittenEmail>();
        foreach (var message in await LoadAsync(services, drop, fromKey, toKey, cancellation))
        {
            StagedFile? file = null;
            byte[]? bytes = null;
            if (EmailMessage.IsAddress(message.To))
            {
                bytes = message.ToBytes(services.Policy.MailFrom, services.Policy.ApplicationSite);
                file = await services.Staging.StageAsync(
                    drop.Folder, message.FileName, (stream, cancel) => stream.WriteAsync(bytes, cancel).AsTask(),
                    cancellation);
            }

            written.Add(new(message.Key, message.Number, file, bytes));
        }

        return written;
    }

    /// <summary>Stores what became of them.</summary>
    public static Task StoreAsync(
        StoreContext context, IReadOnlyList<WrittenEmail> written, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE message SET state = new.state
            FROM unnest($1::text[], $2::int[], $3::text[]) AS new (key, number, state)
            WHERE application_key = new.key AND message.number = new.number
            """,
            cancellation, written.Select(email => email.Key).ToArray(), written.Select(email => email.Number).ToArray(),
            written.Select(email => email.File is null ? "no-address" : "written").ToArray());
    }

    /// <summary>Loads the messages of a drop in a range of application keys.</summary>
    internal static async Task<IReadOnlyList<EmailMessage>> LoadAsync(
        NightServices services, DropRow drop, string fromKey, string toKey, CancellationToken cancellation)
    {
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        var rows = await Sql.QueryAsync(
            connection, null,
            """
            SELECT message.application_key, message.number, message.business_date, application.application_id,
              application.online_cipher, key_slot.received_on, key_slot.slot,
              array(SELECT finding.rule || '/' || finding.detail FROM finding
                    WHERE finding.application_key = application.key AND finding.severity = 'incomplete'
                    ORDER BY finding.rule COLLATE "C", finding.detail COLLATE "C")
            FROM message
            JOIN application ON application.key = message.application_key
            JOIN key_slot ON key_slot.application_key = application.key
            WHERE message.drop_id = $1 AND message.application_key BETWEEN $2 AND $3
            ORDER BY message.application_key, message.number
            """,
            row => (Key: row.GetString(0), Number: row.GetInt32(1), Id: row.IsDBNull(3) ? "" : row.GetString(3),
                Cipher: row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4), On: row.GetFieldValue<DateOnly>(5),
                Slot: row.GetInt32(6), Errors: row.GetFieldValue<string[]>(7)),
            cancellation, drop.Id, fromKey, toKey);
        var keys = services.Keys;
        return [.. rows.Select(row => new EmailMessage(
            row.Key, row.Number,
            row.Cipher is null ? "" : OnlineApplication.Open(row.Cipher, row.Key, keys.Key(row.On, row.Slot)).Email,
            row.Id, [.. row.Errors.Select(ErrorTexts.Of)], drop.BusinessDate))];
    }
}
