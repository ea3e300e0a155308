namespace MyNumber.Batch.Status;

/// <summary>What the night's report counts. Parameters: @run, @date. Each statement counts whole tables or this night.</summary>
internal static class NightReportSql
{
    private const int EventsMax = 200;

    /// <summary>Rows: who, what, how many, since when.</summary>
    public const string Waits = """
        SELECT who, what, count, oldest FROM (
          SELECT 1 AS place, 'keyer' AS who, 'Fields to look at (review queue)' AS what, count(*), min(opened_on) AS oldest
            FROM review_item WHERE state = 'open'
          UNION ALL SELECT 2, 'keyer', 'Values to key once more, blind (nothing waits for them)', count(*), min(opened_on)
            FROM rekey_item WHERE state IN ('open', 'differs')
          UNION ALL SELECT 2, 'operator', 'Pieces withheld: ' || coalesce(reason, 'no reason'), count(*), min(state_on)
            FROM piece WHERE state = 'withheld' GROUP BY reason
          UNION ALL SELECT 3, 'operator', 'Items held at a step that was skipped', count(DISTINCT subject), NULL
            FROM item WHERE run_id = @run AND outcome = 'held'
          UNION ALL SELECT 4, 'operator', 'Open alerts', count(*), min((at AT TIME ZONE 'Asia/Tokyo')::date)
            FROM alert WHERE acknowledged_at IS NULL
          UNION ALL SELECT 5, 'operator', 'Feeds refused this night (the sender must correct them)', count(*), min(business_date)
            FROM feed WHERE state = 'rejected' AND run_id = @run
          UNION ALL SELECT 6, 'operator', 'Events kept because nothing fits them', count(*), min(applied_on)
            FROM event WHERE state = 'kept'
          UNION ALL SELECT 6, 'operator', 'Events whose time or subject has not come', count(*),
              min((occurred_at AT TIME ZONE 'Asia/Tokyo')::date)
            FROM event WHERE state = 'pending'
          UNION ALL SELECT 7, 'approver', 'Disposal lists that need two approvals', count(*), min(business_date)
            FROM disposal_list WHERE state = 'proposed'
          UNION ALL SELECT 8, 'card factory', 'Cards ordered and not arrived', count(*), min(ordered_on)
            FROM card WHERE state = 'ordered'
          UNION ALL SELECT 9, 'print vendor', 'Pieces sent and not posted', count(*), min(state_on)
            FROM piece WHERE state IN ('sealed', 'sent', 'acknowledged')
          UNION ALL SELECT 10, 'print vendor', 'Spoiled pieces not yet destroyed', count(*), min(state_on)
            FROM piece WHERE state = 'spoiled'
          UNION ALL SELECT 11, 'municipality', 'Cards approved for disposal, return not confirmed', count(*), min(state_on)
            FROM card WHERE state = 'disposal-approved'
          UNION ALL SELECT 12, 'resident', 'Cards waiting to be picked up', count(*), min(arrived_on)
            FROM card WHERE state IN ('arrived', 'notified')
          UNION ALL SELECT 13, 'applicant', 'Incomplete applications', count(*), min(state_on)
            FROM application WHERE state = 'incomplete') AS waits
        WHERE count > 0 ORDER BY place, what COLLATE "C"
        """;

    /// <summary>Table name and statement; the last column is the number. Rows are sorted where they are loaded.</summary>
    public static IReadOnlyList<(string Name, string Sql)> Counts { get; } =
    [
        ("Feeds of this night", """
            SELECT kind, state, coalesce(reason, '') AS reason, count(*) AS feeds, sum(rows)::bigint AS rows
            FROM feed WHERE run_id = @run GROUP BY 1, 2, 3
            """),
        ("Scans of this night", """
            SELECT scan.kind, scan.state, coalesce(scan.reason, '') AS reason, count(*) AS scans
            FROM scan JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed AND feed.state = 'taken'
            WHERE feed.run_id = @run
            GROUP BY 1, 2, 3
            """),
        ("Applications", """
            SELECT channel, state, count(*) FILTER (WHERE state_on = @date) AS "changed this night", count(*) AS applications
            FROM application GROUP BY 1, 2
            """),
        ("Findings of open and of this night's applications", """
            SELECT rule, severity, detail, count(*) AS findings
            FROM finding JOIN application ON application.key = finding.application_key
            WHERE application.state IN ('review', 'waiting', 'received') OR application.state_on = @date
            GROUP BY 1, 2, 3
            """),
        ("Review queue by rule", """
            SELECT rule, field, count(*) FILTER (WHERE opened_on = @date) AS "opened this night", count(*) AS open
            FROM review_item WHERE state = 'open' GROUP BY 1, 2
            """),
        ("Values keyed once more, blind", """
            SELECT scanner, state, count(*) FILTER (WHERE opened_on = @date) AS "opened this night", count(*) AS "values"
            FROM rekey_item GROUP BY 1, 2
            """),
        ("Cards", """
            SELECT state, count(*) FILTER (WHERE state_on = @date) AS "changed this night", count(*) AS cards
            FROM card GROUP BY 1
            """),
        ("Pieces", """
            SELECT product, state, coalesce(reason, '') AS reason,
              count(*) FILTER (WHERE state_on = @date) AS "changed this night", count(*) AS pieces
            FROM piece GROUP BY 1, 2, 3
            """),
        ("Item ledger of this night", """
            SELECT lpad(step.ordinal::text, 2, '0') || ' ' || step.name AS step, outcome,
              sum(repeated)::bigint AS "counted only: as the night before", sum(items)::bigint AS items
            FROM item_total JOIN step ON step.run_id = item_total.run_id AND step.ordinal = item_total.step_ordinal
            WHERE item_total.run_id = @run GROUP BY 1, 2
            """),
        ("Drops of this night", """
            SELECT drop.folder, drop.state,
              (SELECT count(*) FROM file WHERE file.drop_id = drop.id) AS files,
              (SELECT count(*) FROM piece WHERE piece.drop_id = drop.id) AS pieces
            FROM drop WHERE run_id = @run
            """),
        ("Events", """
            SELECT kind, state, coalesce(result, '') AS result, count(*) AS events
            FROM event WHERE state <> 'applied' OR applied_on = @date
            GROUP BY 1, 2, 3
            """),
        // By id, so that whoever sent it can be asked; the newest first where a sender has gone wild.
        ("Events that changed nothing: kept this night, or still waiting", $"""
            SELECT municipality_code, event_id, kind, (occurred_at AT TIME ZONE 'Asia/Tokyo')::date AS occurred,
              coalesce(result, 'subject-unknown-or-not-yet') AS why, 1::bigint AS events
            FROM event WHERE state = 'pending' OR (state = 'kept' AND applied_on = @date)
            ORDER BY occurred_at DESC, event_id COLLATE "C" LIMIT {EventsMax}
            """),
        ("Answers of the print vendor", """
            SELECT kind, state, coalesce(result, '') AS result, count(*) AS answers
            FROM vendor_answer GROUP BY 1, 2, 3
            """),
        ("Disposals", """
            SELECT disposal_list.municipality_code, disposal_list.business_date, disposal_item.state, count(*) AS cards
            FROM disposal_item JOIN disposal_list USING (list_id)
            GROUP BY 1, 2, 3
            """),
        ("Answers of the inquiry", """
            SELECT answer, count(*) AS applications FROM status_answer GROUP BY 1
            """),
    ];
}
