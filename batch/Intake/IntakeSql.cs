namespace MyNumber.Batch.Intake;

/// <summary>The statements by which events, online applications and scans are taken, over the rows of one feed.</summary>
internal static class IntakeSql
{
    /// <summary>$1 feed. An event id is taken once; of two rows in one feed the one that occurred first.</summary>
    public const string TakeEvents = """
        INSERT INTO event (event_id, feed, row, occurred_at, kind, municipality_code, subject, value, note)
        SELECT DISTINCT ON (event_id COLLATE "C")
          event_id, $1, row, occurred_at::timestamptz, kind, municipality_code, subject, value, note
        FROM new_event ORDER BY event_id COLLATE "C", occurred_at::timestamptz, row
        ON CONFLICT (event_id) DO NOTHING
        """;

    /// <summary>$1 feed. Rows whose key another application has: an envelope that is named like a feed.</summary>
    public const string OnlineFaults = """
        SELECT 'applications.csv', row, 'application_id', 'code', 'key-already-taken' FROM new_online
        WHERE EXISTS (SELECT FROM application WHERE application.key = $1 || '-' || new_online.row)
        ORDER BY row LIMIT 1000
        """;

    /// <summary>$1 feed, $2 business date. What is personal comes later, encrypted.</summary>
    public const string TakeOnline = """
        INSERT INTO application (key, channel, received_on, submitted_at, feed, row, application_id, state_on)
        SELECT $1 || '-' || row, coalesce(nullif(channel, ''), 'online'),
          (submitted_at::timestamptz AT TIME ZONE 'Asia/Tokyo')::date, submitted_at::timestamptz, $1, row, application_id, $2
        FROM new_online
        """;

    /// <summary>$1 feed, $2 names and $3 hashes of its files. Photographs are scans of their own; `online/` keeps them apart.</summary>
    public const string TakePhotos = """
        INSERT INTO scan (feed, row, envelope, sheet, side, kind, file, page, sha256, received_on, locator, application_key)
        SELECT 'online/' || $1, row, '', '', 'front', 'photo', photo, 1, listed.sha256,
          (submitted_at::timestamptz AT TIME ZONE 'Asia/Tokyo')::date, '', $1 || '-' || row
        FROM new_online JOIN unnest($2::text[], $3::text[]) AS listed (file, sha256) ON listed.file = photo
        """;

    /// <summary>Rows whose key an online application has.</summary>
    public const string ScanFaults = """
        SELECT 'manifest.csv', row, 'envelope', 'code', 'key-already-taken' FROM new_scan
        WHERE EXISTS (SELECT FROM application
                      WHERE application.key = envelope || '-' || sheet AND application.channel <> 'mail')
        ORDER BY row LIMIT 1000
        """;

    /// <summary>$1 feed. What is `other` belongs to no application and is neither read nor kept.</summary>
    public const string TakeScans = """
        INSERT INTO scan (feed, row, envelope, sheet, side, kind, file, page, sha256, received_on, locator, application_key, state)
        SELECT $1, row, envelope, sheet, side, kind, file, page::int, sha256, received_on::date, locator,
          CASE WHEN kind <> 'other' THEN envelope || '-' || sheet END,
          CASE WHEN kind = 'other' THEN 'other'
            -- Another scan of a sheet whose application is destroyed (R48): there is no key to keep it under.
            WHEN EXISTS (SELECT FROM key_slot WHERE application_key = envelope || '-' || sheet AND key_slot.state <> 'live')
              THEN 'duplicate'
            ELSE 'received' END
        FROM new_scan
        """;

    /// <summary>$1 business date, $2 run. One application for each sheet that is not known yet, from its first scan.</summary>
    public const string TakeSheets = """
        INSERT INTO application (key, channel, received_on, envelope, sheet, feed, row, state_on)
        SELECT DISTINCT ON (scan.application_key)
          scan.application_key, 'mail', min(scan.received_on) OVER (PARTITION BY scan.application_key),
          scan.envelope, scan.sheet, scan.feed, scan.row, $1
        FROM scan JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed AND feed.state = 'taken' AND feed.run_id = $2
        WHERE scan.application_key IS NOT NULL
          AND NOT EXISTS (SELECT FROM key_slot WHERE key_slot.application_key = scan.application_key)
        ORDER BY scan.application_key, scan.feed, scan.row
        """;

    /// <summary>
    /// $1 business date. The next free slots of each received date, in content order (ENGINE.md, rule 7). The keys
    /// themselves are on disk before the first is used: see ScanKeeper.
    /// </summary>
    public const string ReserveSlots = """
        WITH reserved AS (
          INSERT INTO key_slot (received_on, slot, application_key)
          SELECT received_on,
            coalesce((SELECT max(slot) + 1 FROM key_slot WHERE key_slot.received_on = application.received_on), 0)
              + row_number() OVER (PARTITION BY received_on ORDER BY key) - 1,
            key
          FROM application WHERE NOT EXISTS (SELECT FROM key_slot WHERE key_slot.application_key = application.key)
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
        """;

    /// <summary>
    /// What is not in the store yet, with its place in its feed, in order: tonight's, and what a skipped part held back.
    /// </summary>
    public const string Unstored = """
        SELECT 'scans' AS area, feed, row FROM scan
        WHERE stored IS NULL AND state = 'received' AND feed NOT LIKE 'online/%' AND kind <> 'other'
        UNION ALL
        SELECT 'online', feed, row FROM application
        WHERE channel <> 'mail' AND online_cipher IS NULL AND state = 'received'
        ORDER BY area, feed, row
        """;
}
