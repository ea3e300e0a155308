namespace MyNumber.Batch.Intake;

/// <summary>The statements by which events, online applications and scans are taken, over the rows of one feed.</summary>
internal static class IntakeSql
{
    /// <summary>
    /// $1 feed, $2 business date. An event id is taken once; of two rows in one feed the one that occurred first. One whose
    /// own day lies ahead waits for it.
    /// </summary>
    public const string TakeEvents = """
        INSERT INTO event (event_id, feed, row, occurred_at, kind, municipality_code, subject, value, note, waits_for)
        SELECT DISTINCT ON (event_id COLLATE "C")
          event_id, $1, row, occurred_at::timestamptz, kind, municipality_code, subject, value, note,
          CASE WHEN (occurred_at::timestamptz AT TIME ZONE 'Asia/Tokyo')::date > $2 THEN 'day-to-come' END
        FROM new_event ORDER BY event_id COLLATE "C", occurred_at::timestamptz, row
        ON CONFLICT (event_id) DO NOTHING
        """;

    /// <summary>$1 feed. Rows whose key another application has: an envelope that is named like a feed.</summary>
    public const string OnlineFaults = """
        SELECT 'applications.csv', row, 'application_id', 'code', 'key-already-taken' FROM new_online
        WHERE EXISTS (SELECT FROM application WHERE application.key = $1 || '-' || new_online.row)
          OR EXISTS (SELECT FROM key_slot WHERE key_slot.application_key = $1 || '-' || new_online.row)
        ORDER BY row LIMIT 1000
        """;

    /// <summary>$1 feed, $2 business date. What is personal comes later, encrypted.</summary>
    public const string TakeOnline = """
        WITH new AS (
          SELECT $1 || '-' || row AS key, coalesce(nullif(channel, ''), 'online') AS channel,
            (submitted_at::timestamptz AT TIME ZONE 'Asia/Tokyo')::date AS received_on, submitted_at::timestamptz AS submitted_at,
            row, application_id
          FROM new_online),
        waiting AS (
          INSERT INTO waiting_application (key, channel, received_on, submitted_at, feed, row, application_id)
          SELECT key, channel, received_on, submitted_at, $1, row, application_id FROM new WHERE received_on > $2)
        INSERT INTO application (key, channel, received_on, submitted_at, feed, row, application_id, state_on)
        SELECT key, channel, received_on, submitted_at, $1, row, application_id, $2 FROM new WHERE received_on <= $2
        """;

    /// <summary>
    /// $1 feed, $2 names and $3 hashes of its files, $4 business date. Photographs are scans of their own, of the area
    /// `online`.
    /// </summary>
    public const string TakePhotos = """
        INSERT INTO scan (area, feed, row, envelope, sheet, side, kind, file, page, sha256, received_on, locator,
          application_key, waits)
        SELECT 'online', 'online/' || $1, row, '', '', 'front', 'photo', photo, 1, listed.sha256,
          (submitted_at::timestamptz AT TIME ZONE 'Asia/Tokyo')::date, '', $1 || '-' || row,
          (submitted_at::timestamptz AT TIME ZONE 'Asia/Tokyo')::date > $4
        FROM new_online JOIN unnest($2::text[], $3::text[]) AS listed (file, sha256) ON listed.file = photo
        """;

    /// <summary>Rows whose key an online application has.</summary>
    public const string ScanFaults = """
        SELECT 'manifest.csv', row, 'envelope', 'code', 'key-already-taken' FROM new_scan
        WHERE EXISTS (SELECT FROM application
                      WHERE application.key = envelope || '-' || sheet AND application.channel <> 'mail')
          OR EXISTS (SELECT FROM waiting_application WHERE waiting_application.key = envelope || '-' || sheet)
        ORDER BY row LIMIT 1000
        """;

    /// <summary>$1 feed, $2 business date. What is `other` belongs to no application and is neither read nor kept.</summary>
    public const string TakeScans = """
        INSERT INTO scan (feed, row, envelope, sheet, side, kind, file, page, sha256, received_on, locator, application_key, state,
          waits)
        SELECT $1, row, envelope, sheet, side, kind, file, page::int, sha256, received_on::date, locator,
          CASE WHEN kind <> 'other' THEN envelope || '-' || sheet END,
          CASE WHEN kind = 'other' THEN 'other'
            -- Another scan of a sheet whose application is destroyed (R48): there is no key to keep it under.
            WHEN EXISTS (SELECT FROM key_slot WHERE application_key = envelope || '-' || sheet AND key_slot.state <> 'live')
              THEN 'duplicate'
            ELSE 'received' END,
          kind <> 'other' AND received_on::date > $2
        FROM new_scan
        """;

    /// <summary>
    /// $1 business date, $2 run. One application for each sheet that is not known yet, from its first scan. A sheet whose key
    /// is gone was known: it ended as a duplicate of another.
    /// </summary>
    public const string TakeSheets = """
        INSERT INTO application (key, channel, received_on, envelope, sheet, feed, row, state_on)
        SELECT DISTINCT ON (scan.application_key)
          scan.application_key, 'mail', min(scan.received_on) OVER (PARTITION BY scan.application_key),
          scan.envelope, scan.sheet, scan.feed, scan.row, $1
        FROM scan JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed AND feed.state = 'taken' AND feed.run_id = $2
        WHERE scan.application_key IS NOT NULL AND NOT scan.waits
          AND NOT EXISTS (SELECT FROM application WHERE application.key = scan.application_key)
          AND NOT EXISTS (SELECT FROM key_slot WHERE key_slot.application_key = scan.application_key AND key_slot.state <> 'live')
        ORDER BY scan.application_key, scan.feed, scan.row
        """;

    /// <summary>
    /// $1 business date, $2 run, $3 ordinal. What waited for its day and has come to it is taken in: rows and scans, and the
    /// applications that they make.
    /// </summary>
    public const string TakeWaiting = """
        WITH freed AS (
          UPDATE scan SET waits = false WHERE waits AND received_on <= $1
          RETURNING area, feed, row, application_key, received_on, envelope, sheet),
        rows AS (DELETE FROM waiting_application WHERE received_on <= $1 RETURNING *),
        new AS (
          SELECT DISTINCT ON (application_key) application_key AS key, 'mail' AS channel,
            min(received_on) OVER (PARTITION BY application_key) AS received_on, NULL::timestamptz AS submitted_at,
            envelope, sheet, feed, row, NULL AS application_id, NULL::bytea AS online_cipher
          FROM freed WHERE area = 'scans'
            AND NOT EXISTS (SELECT FROM application WHERE application.key = freed.application_key)
            AND NOT EXISTS (SELECT FROM key_slot WHERE key_slot.application_key = freed.application_key AND key_slot.state <> 'live')
          ORDER BY application_key, feed, row),
        made AS (
          INSERT INTO application (key, channel, received_on, submitted_at, envelope, sheet, feed, row, application_id,
            online_cipher, state_on)
          SELECT key, channel, received_on, submitted_at, envelope, sheet, feed, row, application_id, online_cipher, $1 FROM new
          UNION ALL
          SELECT key, channel, received_on, submitted_at, NULL, NULL, feed, row, application_id, online_cipher, $1 FROM rows
          RETURNING key),
        told AS (
          INSERT INTO history (subject_kind, subject, at, what, by)
          SELECT 'application', key, $1, 'received', 'intake' FROM made ORDER BY key)
        INSERT INTO item (run_id, step_ordinal, subject, outcome, reason)
        SELECT $2, $3, key, 'application', 'waited' FROM made
        """;

    /// <summary>
    /// Slots for what waits, by the day for which it waits: a key must be there before anything is encrypted. An application
    /// keeps the slot that its first row was given.
    /// </summary>
    public const string ReserveWaitingSlots = """
        WITH bare AS MATERIALIZED (
          SELECT key, received_on FROM (
            SELECT key, min(received_on) AS received_on FROM (
              SELECT key, received_on FROM waiting_application
              UNION ALL
              SELECT application_key, received_on FROM scan WHERE waits) AS waiting
            GROUP BY key) AS wanted
          WHERE NOT EXISTS (SELECT FROM key_slot WHERE key_slot.application_key = wanted.key)),
        -- Once a date, as below.
        taken AS MATERIALIZED (
          SELECT received_on, (SELECT max(slot) + 1 FROM key_slot WHERE key_slot.received_on = day.received_on) AS next
          FROM (SELECT DISTINCT received_on FROM bare) AS day)
        INSERT INTO key_slot (received_on, slot, application_key)
        SELECT bare.received_on,
          coalesce(taken.next, 0) + row_number() OVER (PARTITION BY bare.received_on ORDER BY bare.key) - 1, bare.key
        FROM bare JOIN taken USING (received_on)
        """;

    /// <summary>$1 run, $2 names, $3 hashes of the vendor's answers that lie there now.</summary>
    public const string FreezeAnswers = """
        INSERT INTO night_answer (run_id, name, sha256) SELECT $1, * FROM unnest($2::text[], $3::text[])
        ON CONFLICT (run_id, name) DO UPDATE SET sha256 = excluded.sha256
        """;

    /// <summary>
    /// $1 business date. The next free slots of each received date, in content order (ENGINE.md, rule 7). The keys
    /// themselves are on disk before the first is used: see ScanKeeper.
    /// </summary>
    public const string ReserveSlots = """
        WITH bare AS MATERIALIZED (
          SELECT received_on, key FROM application
          WHERE NOT EXISTS (SELECT FROM key_slot WHERE key_slot.application_key = application.key)),
        -- Once a date: asked for each row, every answer would have to pass the slots that this very statement has made.
        taken AS MATERIALIZED (
          SELECT received_on, (SELECT max(slot) + 1 FROM key_slot WHERE key_slot.received_on = day.received_on) AS next
          FROM (SELECT DISTINCT received_on FROM bare) AS day),
        reserved AS (
          INSERT INTO key_slot (received_on, slot, application_key)
          SELECT bare.received_on,
            coalesce(taken.next, 0) + row_number() OVER (PARTITION BY bare.received_on ORDER BY bare.key) - 1, bare.key
          FROM bare JOIN taken USING (received_on)
          RETURNING application_key)
        INSERT INTO history (subject_kind, subject, at, what, by)
        SELECT 'application', application_key, $1, 'received', 'intake' FROM reserved ORDER BY application_key
        """;

    /// <summary>$1 run, $2 ordinal. One line for each application, and for each scan that is not read.</summary>
    public const string Ledger = """
        INSERT INTO item (run_id, step_ordinal, subject, outcome)
        SELECT $1, $2, application.key, 'application' FROM application
        JOIN feed ON feed.name = application.feed AND feed.state = 'taken' AND feed.run_id = $1
          AND feed.kind = CASE WHEN application.channel = 'mail' THEN 'scans' ELSE 'online' END
        UNION ALL
        SELECT $1, $2, 'scans/' || scan.feed || '|' || lpad(scan.row::text, 8, '0'), scan.state FROM scan
        JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed AND feed.state = 'taken' AND feed.run_id = $1
        WHERE scan.state IN ('other', 'duplicate')
        UNION ALL
        SELECT $1, $2, key, 'waits' FROM waiting_application AS waiting
        JOIN feed ON feed.kind = 'online' AND feed.name = waiting.feed AND feed.state = 'taken' AND feed.run_id = $1
        UNION ALL
        SELECT DISTINCT $1::bigint, $2::int, scan.application_key, 'waits' FROM scan
        JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed AND feed.state = 'taken' AND feed.run_id = $1
        WHERE scan.waits AND NOT EXISTS (SELECT FROM application WHERE application.key = scan.application_key)
        """;

    /// <summary>
    /// What is not in the store yet, with its place in its feed, in order: tonight's, and what a skipped part held back.
    /// </summary>
    public const string Unstored = """
        SELECT 'scans' AS area, feed, row FROM scan
        WHERE stored IS NULL AND state = 'received' AND area = 'scans' AND kind <> 'other'
        UNION ALL
        SELECT 'online', feed, row FROM application
        WHERE channel <> 'mail' AND online_cipher IS NULL AND state = 'received'
        UNION ALL
        SELECT 'online', feed, row FROM waiting_application WHERE online_cipher IS NULL
        ORDER BY area, feed, row
        """;
}
