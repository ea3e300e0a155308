using MyNumber.Batch.Calendar;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Letters;

namespace MyNumber.Batch.Letters;

/// <summary>R41, R42, R44. Issuance Notices: the first, the reminder, and those that a municipality asks for again.</summary>
public static class IssuanceNotices
{
    /// <summary>Its name.</summary>
    public const string Name = IssuanceNotice.Name;

    /// <summary>The product.</summary>
    public static Product Product { get; } = new(Name)
    {
        Documents = [new(IssuanceNotice.Postcard, ""), new(IssuanceNotice.InEnvelope, "")],
        Subject = SubjectKind.Card,
        Sender = Sender.CardKeeper,
        WantAsync = WantedPieces.WantDue(DueAsync),
        StopRule = new(StopSql)
        {
            JoinSql = $"LEFT JOIN card ON piece.product = '{Name}' AND card.ref = piece.subject",
        },
        Build = Pickup,
        DocumentOf = row => DocumentFor(row.NoticeInEnvelope),
    };

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
            SELECT 1 FROM piece WHERE piece.product = '{Name}' AND piece.subject = card.ref
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
          AND (SELECT max(posted_on) FROM piece WHERE piece.product = '{Name}' AND piece.subject = card.ref
                 AND piece.occasion = 'first') + municipality.reminder_after_days <= $1
          AND NOT EXISTS (
            SELECT 1 FROM piece WHERE piece.product = '{Name}' AND piece.subject = card.ref
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
            SELECT 1 FROM piece WHERE piece.product = '{Name}' AND piece.subject = card.ref
              AND piece.occasion = 'first' AND piece.wanted_on < event.applied_on)
          AND NOT EXISTS (
            SELECT 1 FROM piece WHERE piece.product = '{Name}' AND piece.subject = card.ref
              AND piece.occasion = event.event_id)
        """;

    private const string StopSql = """
        CASE
          WHEN card.ref IS NULL THEN 'no-card'
          WHEN card.state NOT IN ('arrived', 'notified') THEN 'card-' || card.state
          WHEN card.municipality_code <> resident.municipality_code THEN 'moved'
          WHEN card.valid_until < $1 THEN 'card-expired'
          WHEN piece.occasion NOT IN ('first', 'reminder') AND card.pickup_deadline < $1 THEN 'deadline-over' END
        """;

    private const string Sql = $"""
        SELECT * FROM ({FirstSql} UNION ALL {ReminderSql} UNION ALL {AgainSql}) AS wanted
        ORDER BY ref COLLATE "C", occasion COLLATE "C"
        """;

    private static Task<IReadOnlyList<WantedPiece>> DueAsync(
        StoreContext context, Policy policy, CancellationToken cancellation) =>
        Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row => new WantedPiece(
                Product, row.GetString(0), row.GetString(1), DocumentFor(row.GetBoolean(4)), row.GetString(2),
                row.GetString(3)),
            cancellation, context.BusinessDate);

    private static string DocumentFor(bool noticeInEnvelope) =>
        (noticeInEnvelope ? IssuanceNotice.InEnvelope : IssuanceNotice.Postcard).Name;

    // R44, R45. First notice and reminder: storage counted from the business date of the drop. Asked for again: the same
    // deadline, that of a reminder on its way too. Never before a day that an extension, or an earlier notice, has named.
    private static PieceData Pickup(PieceDraft draft)
    {
        var (row, day) = (draft.Row, draft.Day);
        var (named, extended) = (row.NamedDeadline, row.ExtendedUntil);
        var counted = CivilMonths.LastDay(day, row.StorageMonths);
        var again = row.Occasion is not ("first" or "reminder") && named is not null;
        var deadline = Later(again ? named!.Value : Later(counted, named), extended);
        var earliest = day.AddDays(row.EarliestPickupDays);
        return draft.WithAddressee() with
        {
            PickupPlace = row.PickupPlace,
            PickupAddress = row.PickupAddress,
            PickupPhone = row.PickupPhone,
            Earliest = earliest < deadline ? earliest : deadline,
            Deadline = deadline,
            Reminder = row.Occasion == "reminder",
            CardValidUntil = row.CardValidUntil,
        };
    }

    private static DateOnly Later(DateOnly a, DateOnly? b) => b > a ? b.Value : a;
}
