using MyNumber.Batch.Letters;

namespace MyNumber.Batch.Waiting;

/// <summary>
/// What waits since before @before, a statement a cause; the columns are those of <see cref="WaitingCause.Sql"/>. Each goes by
/// a partial index of what is not at its end (0019_waiting.sql), so that it costs what is late and not what there is.
/// </summary>
internal static class WaitingSql
{
    private const string NoFile = "NULL::text AS file, NULL::int AS sequence";

    /// <summary>Applied with success since, so that nobody needs to act on the incomplete one.</summary>
    internal const string AppliedAnewSql = """
        EXISTS (SELECT FROM application AS later WHERE later.resident_id = application.resident_id
          AND later.key <> application.key AND later.received_on >= application.received_on
          AND later.state IN ('selected', 'ordered', 'issued'))
        """;

    // The name of the PDF as DropFiles gives it: `DROP/PRODUCT-NNN-CCC.pdf`.
    private const string FileSql = """
        CASE WHEN piece.chunk IS NOT NULL THEN regexp_replace(drop.folder, '^.*/', '') || '/' || piece.product || '-'
          || lpad(drop.number::text, greatest(3, length(drop.number::text)), '0') || '-'
          || lpad(piece.chunk::text, greatest(3, length(piece.chunk::text)), '0') || '.pdf' END AS file, piece.sequence
        """;

    // Counted from when it came: an event of the past may come late, and a row of next month is no matter of today. A planned
    // move is no such row: it was applied, and its day comes by itself.
    public const string Rows = $"""
        SELECT waiting.since, waiting.subject AS id, coalesce(event.municipality_code, '') AS municipality, {NoFile},
          waiting.kind || coalesce(' ' || event.kind, '') || ' ' || waiting.reason AS detail
        FROM waiting_row AS waiting LEFT JOIN event ON waiting.kind = 'event' AND event.event_id = waiting.subject
        WHERE waiting.kind IN ('event', 'scan', 'online') AND waiting.since < @before
        """;

    public const string Answers = """
        SELECT feed.business_date AS since, answer.subject AS id, '' AS municipality, answer.drop_name AS file,
          NULL::int AS sequence, answer.kind || coalesce(' ' || answer.result, '') AS detail
        FROM vendor_answer AS answer
        JOIN feed ON feed.kind = 'vendor' AND feed.name = regexp_replace(answer.feed, '@[^@]*$', '')
          AND left(feed.sha256, 16) = regexp_replace(answer.feed, '^.*@', '')
        WHERE answer.state = 'pending' AND feed.business_date < @before
        """;

    public const string ReviewItems = $"""
        SELECT opened_on AS since, application.key AS id, coalesce(resident.municipality_code, '') AS municipality, {NoFile},
          review_item.rule || ' ' || review_item.field AS detail
        FROM review_item JOIN application ON application.key = review_item.application_key
        LEFT JOIN resident USING (resident_id)
        WHERE review_item.state = 'open' AND opened_on < @before AND application.state <> 'review'
        """;

    public const string Rekeying = $"""
        SELECT opened_on AS since, application_key AS id, '' AS municipality, {NoFile}, rule || ' ' || field AS detail
        FROM rekey_item WHERE state IN ('open', 'differs') AND opened_on < @before
        """;

    public const string Incomplete = $"""
        SELECT application.state_on AS since, application.key AS id, coalesce(resident.municipality_code, '') AS municipality,
          {NoFile}, application.channel AS detail
        FROM application LEFT JOIN resident USING (resident_id)
        WHERE application.state = 'incomplete' AND application.state_on < @before AND NOT {AppliedAnewSql}
        """;

    public const string Ordered = $"""
        SELECT coalesce(ordered_on, state_on) AS since, ref AS id, municipality_code AS municipality, {NoFile},
          NULL::text AS detail
        FROM card WHERE state = 'ordered' AND coalesce(ordered_on, state_on) < @before
        """;

    public const string VoidNotArrived = $"""
        SELECT ordered_on AS since, ref AS id, municipality_code AS municipality, {NoFile}, NULL::text AS detail
        FROM card WHERE state = 'void' AND arrived_on IS NULL AND ordered_on < @before
        """;

    // A notice that is wanted, withheld or in print is waited for by causes of its own.
    public const string Arrived = $"""
        SELECT card.arrived_on AS since, coalesce(card.card_id, card.ref) AS id, card.municipality_code AS municipality,
          {NoFile}, CASE WHEN municipality.municipality_code IS NULL OR NOT ({IssuanceNotices.PickupKnownSql})
              THEN 'no-pickup-details'
            WHEN card.valid_until < @date THEN 'card-expired'
            WHEN resident.municipality_code <> card.municipality_code THEN 'holder-moved' END AS detail
        FROM card JOIN resident USING (resident_id)
        LEFT JOIN municipality ON municipality.municipality_code = card.municipality_code
        WHERE card.state = 'arrived' AND card.arrived_on < @before AND NOT EXISTS (
          SELECT FROM piece WHERE piece.product = '{IssuanceNotices.Name}' AND piece.subject = card.ref
            AND piece.state <> 'suppressed')
        """;

    public const string StorageOver = $"""
        SELECT disposable_from AS since, coalesce(card_id, ref) AS id, municipality_code AS municipality, {NoFile},
          CASE WHEN held THEN 'held' WHEN in_dispute THEN 'in-dispute' END AS detail
        FROM card
        WHERE state IN ('arrived', 'notified', 'void') AND disposable_from < @before AND delivered_on IS NULL
        """;

    public const string Messages = $"""
        SELECT business_date AS since, application_key AS id, '' AS municipality, {NoFile}, NULL::text AS detail
        FROM message WHERE state = 'wanted' AND business_date < @before
        """;

    public const string Drops = $"""
        SELECT business_date AS since, regexp_replace(folder, '^.*/', '') AS id, '' AS municipality, {NoFile},
          state || ' ' || product AS detail
        FROM drop WHERE state <> 'published' AND business_date < @before
        """;

    public const string NotReplaced = $"""
        SELECT late.since, piece.piece_id AS id, piece.municipality_code AS municipality, {FileSql},
          CASE WHEN piece.lost THEN 'lost' ELSE piece.state END AS detail
        FROM (
          SELECT piece_id, state_on AS since FROM piece WHERE state IN ('spoiled', 'refused', 'destroyed') AND NOT lost
          UNION ALL
          SELECT piece_id, coalesce((SELECT max(at) FROM history
            WHERE subject_kind = 'piece' AND subject = lost.piece_id AND what = 'declared-lost'), state_on)
          FROM piece AS lost WHERE lost) AS late
        JOIN piece USING (piece_id) LEFT JOIN drop ON drop.id = piece.drop_id
        WHERE late.since < @before AND NOT EXISTS (SELECT FROM piece AS next WHERE next.replaces = piece.piece_id)
        """;

    public const string LostByOne = $"""
        SELECT min((approval.at AT TIME ZONE 'Asia/Tokyo')::date) AS since, piece.piece_id AS id,
          piece.municipality_code AS municipality, {NoFile}, piece.state AS detail
        FROM approval JOIN piece ON piece.piece_id = approval.subject
        WHERE approval.kind = 'piece-lost' AND NOT piece.lost AND piece.state IN ('sent', 'acknowledged', 'posted')
        GROUP BY piece.piece_id
        HAVING min((approval.at AT TIME ZONE 'Asia/Tokyo')::date) < @before
        """;

    public static string Applications(string state) => $"""
        SELECT application.state_on AS since, application.key AS id, coalesce(resident.municipality_code, '') AS municipality,
          {NoFile}, application.channel AS detail
        FROM application LEFT JOIN resident USING (resident_id)
        WHERE application.state = '{state}' AND application.state_on < @before
        """;

    public static string Pieces(string state) => $"""
        SELECT piece.state_on AS since, piece.piece_id AS id, piece.municipality_code AS municipality, {FileSql},
          CASE WHEN piece.chunk IS NULL THEN piece.product || coalesce(' ' || piece.reason, '') END AS detail
        FROM piece LEFT JOIN drop ON drop.id = piece.drop_id
        WHERE piece.state = '{state}' AND piece.state_on < @before
        """;

    // Counted from the day of the list: two people and a municipality together have so long.
    public static string Disposals(string state) => $"""
        SELECT list.business_date AS since, coalesce(card.card_id, card.ref) AS id, list.municipality_code AS municipality,
          list.list_id AS file, NULL::int AS sequence, NULL::text AS detail
        FROM disposal_list AS list JOIN disposal_item AS item USING (list_id) JOIN card ON card.ref = item.card_ref
        WHERE item.state = '{state}' AND list.state = '{state}' AND list.business_date < @before
        """;
}
