using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Files;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>What became of one message.</summary>
/// <param name="File">The staged file; null where the applicant gave no usable address.</param>
public sealed record WrittenEmail(string Key, int Number, StagedFile? File, byte[]? Content)
{
    /// <summary>The error that came over it; null where none did. It stays wanted, and the next night tries again.</summary>
    public FailedItem? Failed { get; init; }
}

/// <summary>
/// R51. Messages to online applicants: one when an application is taken in, one for each end that it comes to. What a
/// message says is fixed when it is wanted, so that it is written again with the same bytes whatever changes meanwhile.
/// </summary>
public static class Emails
{
    /// <summary>The flat drop's product and folder.</summary>
    public const string Product = "email";

    private const string Ends = "('incomplete', 'rejected', 'superseded', 'cancelled', 'void')";

    // As the index application_untold has it; what intake holds back is not encrypted yet, so its address is not known.
    private const string Untold = $"""
        application.channel <> 'mail' AND (application.told IS NULL
          OR (application.told <> application.state AND application.state IN {Ends}))
          AND (application.online_cipher IS NOT NULL OR application.state <> 'received')
        """;

    private const string Died = """
        EXISTS (SELECT FROM resident WHERE resident.resident_id = application.resident_id
          AND resident.left_reason = 'died' AND resident.left_on <= $1)
        """;

    // Wanted in a night whose part was skipped or which was given up. A message that is not true any more never goes out;
    // if its end comes back (a superseded one won and lost again), it is wanted anew.
    private const string OvertakenSql = $"""
        WITH overtaken AS (
          UPDATE message SET drop_id = NULL, business_date = $1, state = CASE WHEN {Died} THEN 'died' ELSE 'overtaken' END
          FROM application
          WHERE message.state = 'wanted' AND application.key = message.application_key
            AND ({Died} OR message.kind NOT IN ('taken-in', application.state))
          RETURNING message.application_key, message.kind, message.state)
        UPDATE application SET told = 'taken-in' FROM overtaken
        WHERE application.key = overtaken.application_key AND application.told = overtaken.kind
          AND overtaken.state = 'overtaken'
        """;

    // Who was rejected the night it came in was not taken in: one message says so. Where the ID or the date of birth did not
    // fit (R02), nothing else is said, as any other word would be about a form that may be somebody else's.
    private const string WantSql = $"""
        WITH owed AS (
          SELECT application.key, end_of.kind, end_of.place, {Died} AS died,
            CASE end_of.kind
              WHEN 'incomplete' THEN (
                SELECT {IncompleteNotices.ErrorsSql} FROM finding
                WHERE finding.application_key = application.key AND finding.severity = 'incomplete')
              WHEN 'rejected' THEN (
                SELECT {IncompleteNotices.ErrorsSql} FROM finding
                WHERE finding.application_key = application.key AND finding.severity = 'reject'
                  AND (finding.rule = 'R02' OR NOT EXISTS (
                    SELECT FROM finding AS mismatch WHERE mismatch.application_key = application.key
                      AND mismatch.severity = 'reject' AND mismatch.rule = 'R02')))
              WHEN 'void' THEN (
                SELECT why || '/void' FROM history
                WHERE subject_kind = 'application' AND subject = application.key AND what = 'void'
                ORDER BY id DESC LIMIT 1)
              END AS reasons
          FROM application
          CROSS JOIN LATERAL (
            SELECT 'taken-in' AS kind, 0 AS place WHERE application.told IS NULL AND application.state <> 'rejected'
            UNION ALL SELECT application.state, 1
            WHERE application.state IN {Ends} AND application.told IS DISTINCT FROM application.state) AS end_of
          WHERE {Untold}),
        wanted AS (
          INSERT INTO message (application_key, number, kind, occasion, reasons, business_date, state)
          SELECT key,
            (SELECT coalesce(max(number), 0) FROM message WHERE application_key = key)
              + row_number() OVER (PARTITION BY key ORDER BY place),
            kind, CASE kind WHEN 'incomplete' THEN coalesce(reasons, kind) ELSE kind END, coalesce(reasons, ''), $1,
            CASE WHEN died THEN 'died' ELSE 'wanted' END
          FROM owed ORDER BY key, place
          ON CONFLICT (application_key, occasion) DO UPDATE
            SET state = excluded.state, reasons = excluded.reasons, business_date = excluded.business_date
            WHERE message.state = 'overtaken')
        UPDATE application SET told = CASE WHEN state IN {Ends} THEN state ELSE 'taken-in' END WHERE {Untold}
        """;

    /// <summary>What holds of the messages of a night.</summary>
    internal static IReadOnlyList<BalanceCheck> Checks { get; } =
    [
        new(
            "messages written = files in tonight's e-mail drops",
            """
            SELECT (SELECT count(*) FROM message JOIN drop ON drop.id = message.drop_id
                    WHERE drop.run_id = @run AND message.state = 'written'),
                   (SELECT count(*) FROM file JOIN drop ON drop.id = file.drop_id
                    WHERE drop.run_id = @run AND drop.product = 'email')
            """),
        // What ended after this step is told by the next night.
        new(
            "online applications that ended = with the message of that end, no usable address, or died + ended since",
            $"""
            SELECT count(*), count(*) FILTER (WHERE
              EXISTS (SELECT FROM message WHERE application_key = key AND kind = application.state AND state <> 'overtaken')
              OR told = 'before' OR (told IS DISTINCT FROM application.state AND state_on >= @date))
            FROM application WHERE channel <> 'mail' AND state IN {Ends}
            """),
        new(
            "online applications of tonight = with a first message + held by intake",
            """
            SELECT count(*), count(*) FILTER (WHERE told IS NULL OR told = 'before'
              OR EXISTS (SELECT FROM message WHERE application_key = key))
            FROM application JOIN feed ON feed.kind = 'online' AND feed.name = application.feed AND feed.state = 'taken'
            WHERE application.channel <> 'mail' AND feed.run_id = @run
            """),
    ];

    /// <summary>
    /// Wants the messages that are due, and says in the ledger which are not written although they would be; returns the keys
    /// of all that are to be written, also of a held part.
    /// </summary>
    public static async Task<IReadOnlyList<string>> WantAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var sql in new[] { OvertakenSql, WantSql })
        {
            await Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, context.BusinessDate);
        }

        var unwritten = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT application_key, number, state FROM message WHERE state IN ('died', 'overtaken') AND business_date = $1
            ORDER BY application_key, number
            """,
            row => new ItemOutcome(Subject(row.GetString(0), row.GetInt32(1)), row.GetString(2)), cancellation,
            context.BusinessDate);
        await context.LedgerAsync(unwritten, cancellation);
        return await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """SELECT application_key FROM message WHERE state = 'wanted' ORDER BY application_key COLLATE "C", number""",
            row => row.GetString(0), cancellation);
    }

    /// <summary>A message in the ledger. No line of that may hold an address: key and number say it all.</summary>
    internal static string Subject(string key, int number) => $"{key}-{number}";

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
        NightServices services, PartContext part, DropRow drop, string fromKey, string toKey, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(drop);
        var messages = await LoadAsync(services, drop, fromKey, toKey, cancellation);
        var written = await part.Items.EachAsync(
            "message", messages, message => Subject(message.Key, message.Number),
            (message, cancel) => StageAsync(services, drop, message, cancel), cancellation);
        return [.. written.Done, .. written.Failed.Select(failed => new WrittenEmail("", 0, null, null) { Failed = failed })];
    }

    private static async Task<WrittenEmail> StageAsync(
        NightServices services, DropRow drop, EncryptedEmail encrypted, CancellationToken cancellation)
    {
        var message = encrypted.Open(services, drop.BusinessDate);
        StagedFile? file = null;
        byte[]? bytes = null;
        if (EmailMessage.IsAddress(message.To))
        {
            bytes = message.ToBytes(services.Policy.MailFrom, services.Policy.ApplicationSite);
            file = await services.Staging.StageAsync(
                drop.Folder, message.FileName, (stream, cancel) => stream.WriteAsync(bytes, cancel).AsTask(), cancellation);
        }

        return new(message.Key, message.Number, file, bytes);
    }

    /// <summary>Stores what became of them, with a line of the ledger each.</summary>
    public static async Task StoreAsync(
        StoreContext context, IReadOnlyList<WrittenEmail> written, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        var done = written.Where(email => email.Failed is null).ToList();
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE message SET state = new.state
            FROM unnest($1::text[], $2::int[], $3::text[]) AS new (key, number, state)
            WHERE application_key = new.key AND message.number = new.number
            """,
            cancellation, done.Select(email => email.Key).ToArray(), done.Select(email => email.Number).ToArray(),
            done.Select(Word).ToArray());
        await context.LedgerAsync(
            done.Select(email => new ItemOutcome(Subject(email.Key, email.Number), Word(email))), cancellation);
        await context.ReportAsync(
            [.. written.Select(email => email.Failed).OfType<FailedItem>()], "message", "held", cancellation);

        static string Word(WrittenEmail email) => email.File is null ? "no-address" : "written";
    }

    /// <summary>Loads the messages of a drop in a range of application keys.</summary>
    internal static async Task<IReadOnlyList<EncryptedEmail>> LoadAsync(
        NightServices services, DropRow drop, string fromKey, string toKey, CancellationToken cancellation)
    {
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        // An address that was destroyed with its application's key (R48) is none any more.
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT message.application_key, message.number, message.kind, message.reasons,
              coalesce(application.application_id, ''),
              CASE WHEN key_slot.state = 'live' THEN application.online_cipher END, key_slot.received_on, key_slot.slot
            FROM message
            JOIN application ON application.key = message.application_key
            JOIN key_slot ON key_slot.application_key = application.key
            WHERE message.drop_id = $1 AND message.state IN ('wanted', 'written', 'no-address')
              AND message.application_key BETWEEN $2 AND $3
            ORDER BY message.application_key, message.number
            """,
            row => new EncryptedEmail(
                row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4),
                row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5), row.GetFieldValue<DateOnly>(6), row.GetInt32(7)),
            cancellation, drop.Id, fromKey, toKey);
    }
}

/// <summary>A message whose receiver is still encrypted.</summary>
internal sealed record EncryptedEmail(
    string Key, int Number, string Kind, string Reasons, string ApplicationId, byte[]? Cipher, DateOnly KeyOn, int Slot)
{
    /// <summary>With its address; empty where that is destroyed.</summary>
    public EmailMessage Open(NightServices services, DateOnly day) => new(
        Key, Number, Kind,
        Cipher is null ? "" : OnlineApplication.Decrypt(Cipher, Key, services.Keys.Key(KeyOn, Slot)).Email,
        ApplicationId, Reasons.Split('+', StringSplitOptions.RemoveEmptyEntries), day);
}
