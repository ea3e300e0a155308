using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>R41, R42, R44. Issuance Notices: the first, the reminder, and those that a municipality asks for again.</summary>
public static class IssuanceNotices
{
    /// <summary>The product.</summary>
    public const string Product = "issuance-notice";

    // R41: a notice that does not say where to go helps nobody. R99: asterisks say nothing.
    internal const string PickupKnownSql = """
        btrim(municipality.pickup_place, ' 　*＊') <> '' AND btrim(municipality.pickup_address, ' 　*＊') <> ''
          AND btrim(municipality.pickup_phone, ' 　*＊-') <> ''
        """;

    /// <summary>R41: the card has arrived, and where and from when it is picked up is known.</summary>
    private const string FirstSql = $"""
        SELECT card.ref, 'first' AS occasion, card.resident_id, card.municipality_code, municipality.notice_in_envelope
        FROM card
        JOIN municipality USING (municipality_code)
        JOIN resident USING (resident_id)
        WHERE card.state = 'arrived' AND {PickupKnownSql} AND card.municipality_code = resident.municipality_code
          AND (card.valid_until IS NULL OR card.valid_until >= $1)
          AND NOT EXISTS (
            SELECT 1 FROM piece WHERE piece.product = 'issuance-notice' AND piece.subject = card.ref
              AND piece.occasion = 'first' AND piece.state <> 'suppressed')
        """;

    /// <summary>R44: so many days after the posting of the first one, once; its posting restarts the clock.</summary>
    private const string ReminderSql = $"""
        SELECT card.ref, 'reminder', card.resident_id, card.municipality_code, municipality.notice_in_envelope
        FROM card
        JOIN municipality USING (municipality_code)
        JOIN resident USING (resident_id)
        WHERE card.state = 'notified' AND NOT card.held AND {PickupKnownSql}
          AND card.municipality_code = resident.municipality_code
          AND (card.valid_until IS NULL OR card.valid_until >= $1)
          AND (SELECT max(posted_on) FROM piece WHERE piece.product = 'issuance-notice' AND piece.subject = card.ref
                 AND piece.occasion = 'first') + municipality.reminder_after_days <= $1
          AND NOT EXISTS (
            SELECT 1 FROM piece WHERE piece.product = 'issuance-notice' AND piece.subject = card.ref
              AND piece.occasion = 'reminder')
        """;

    /// <summary>
    /// R44: asked for again by an event. One that came before the first notice was even wanted asks for nothing more.
    /// </summary>
    private const string AgainSql = $"""
        SELECT card.ref, event.event_id, card.resident_id, card.municipality_code, municipality.notice_in_envelope
        FROM event
        JOIN card ON card.card_id = event.subject
        JOIN municipality ON municipality.municipality_code = card.municipality_code
        JOIN resident USING (resident_id)
        WHERE event.kind = 'notice-reissue-requested' AND event.state = 'applied'
          AND card.state IN ('arrived', 'notified') AND {PickupKnownSql}
          AND card.municipality_code = resident.municipality_code
          AND (card.pickup_deadline IS NULL OR card.pickup_deadline >= $1)
          AND EXISTS (
            SELECT 1 FROM piece WHERE piece.product = 'issuance-notice' AND piece.subject = card.ref
              AND piece.occasion = 'first' AND piece.wanted_on < event.applied_on)
          AND NOT EXISTS (
            SELECT 1 FROM piece WHERE piece.product = 'issuance-notice' AND piece.subject = card.ref
              AND piece.occasion = event.event_id)
        """;

    private const string Sql = $"""
        SELECT * FROM ({FirstSql} UNION ALL {ReminderSql} UNION ALL {AgainSql}) AS wanted
        ORDER BY ref COLLATE "C", occasion COLLATE "C"
        """;

    /// <summary>The notices that are due and not yet wanted.</summary>
    public static Task<IReadOnlyList<WantedPiece>> DueAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row => new WantedPiece(
                Product, row.GetString(0), row.GetString(1),
                row.GetBoolean(4) ? "issuance-notice-letter" : "issuance-notice", row.GetString(2), row.GetString(3)),
            cancellation, context.BusinessDate);
    }
}
