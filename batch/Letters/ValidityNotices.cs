using MyNumber.Batch.Notices;
using MyNumber.Batch.Register;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Letters;

namespace MyNumber.Batch.Letters;

/// <summary>R70–R74, R90. Notifications of Validation Period: once per card, kind and end date.</summary>
public static class ValidityNotices
{
    /// <summary>Its name.</summary>
    public const string Name = ValidityNotice.Name;

    /// <summary>The product.</summary>
    public static Product Product { get; } = new(Name)
    {
        Documents =
        [
            new(ValidityNotice.Card, "form+return-envelope"),
            new(ValidityNotice.Certificates, "reply-sheet+reply-envelope"),
            new(ValidityNotice.Both, "form+return-envelope+reply-sheet+reply-envelope"),
        ],
        Subject = SubjectKind.Card,
        WantAsync = WantedPieces.WantDue(DueAsync),
        StopRule = new("CASE WHEN due.ref IS NULL THEN 'not-due' END")
        {
            WithSql = $"due AS ({DueSql})",
            // Joined, not asked for each piece: 100,000 of them would each look through all that is due.
            JoinSql = $"LEFT JOIN due ON piece.product = '{Name}' AND due.ref = piece.subject AND due.occasion = piece.occasion",
        },
        Build = draft => draft.WithForm() with
        {
            CardValidUntil = draft.Row.CardValidUntil,
            SignatureCertificateUntil = draft.Row.SignatureCertificateUntil,
            UserCertificateUntil = draft.Row.UserCertificateUntil,
        },
        FormKind = RegistryForms.Renewal,
    };

    /// <summary>
    /// Every end that a notice is due for, as of the day $1, $2 days before it, $3 as in <see cref="UnderWay"/>: (ref,
    /// resident_id, municipality_code, kind, occasion). Due until the end itself; never to one who renewed, has a
    /// renewal under way, gave the card back, died or left (R71); not where the end is that of a period of stay; nothing of
    /// certificates while suspended (R90). What ends on one day is one letter (R74).
    /// </summary>
    private const string DueSql = $"""
        SELECT ref, resident_id, municipality_code, kind, kind || ':' || to_char(ends_on, 'YYYY-MM-DD') AS occasion
        FROM (
          SELECT card.ref, card.resident_id, resident.municipality_code, ending.ends_on,
            CASE WHEN bool_or(ending.what = 'card') AND bool_or(ending.what <> 'card') THEN 'both'
                 WHEN bool_or(ending.what = 'card') THEN 'card' ELSE 'certificates' END AS kind
          FROM card
          JOIN resident ON resident.resident_id = card.resident_id
          CROSS JOIN LATERAL (VALUES ('card', card.valid_until), ('signature', card.signature_certificate_until),
            ('user', card.user_certificate_until)) AS ending (what, ends_on)
          WHERE card.state = 'delivered'
            AND (card.valid_until BETWEEN $1 AND $1 + $2
              OR card.signature_certificate_until BETWEEN $1 AND $1 + $2
              OR card.user_certificate_until BETWEEN $1 AND $1 + $2)
            AND (resident.left_on IS NULL OR resident.left_on > $1)
            AND ending.ends_on BETWEEN $1 AND $1 + $2
            AND NOT (card.ends_with_stay AND ending.ends_on = card.valid_until)
            AND ending.ends_on IS DISTINCT FROM resident.stay_until
            AND NOT (card.suspended AND ending.what <> 'card')
            AND NOT EXISTS (
              SELECT 1 FROM card AS newer
              WHERE newer.resident_id = card.resident_id AND newer.ref <> card.ref
                AND newer.state NOT IN ('void', 'disposed')
                AND (newer.state <> 'delivered' OR newer.issued_on > card.issued_on))
            AND NOT EXISTS (
              SELECT 1 FROM application
              WHERE application.resident_id = card.resident_id AND application.received_on > card.issued_on
                AND application.key IS DISTINCT FROM card.application_key
                AND {UnderWay.Sql})
          GROUP BY card.ref, card.resident_id, resident.municipality_code, ending.ends_on
        ) AS ends
        """;

    // One letter per card and end date: a card that was suspended in between does not bring a second one of another kind.
    private const string Sql = $"""
        SELECT due.ref, due.resident_id, due.municipality_code, due.kind, due.occasion
        FROM ({DueSql}) AS due
        WHERE NOT EXISTS (
          SELECT 1 FROM piece
          WHERE piece.product = '{Name}' AND piece.subject = due.ref AND NOT piece.lost
            -- A spoiled one has its next generation; where that was stopped because the kind changed, the new kind is due.
            AND piece.state NOT IN ('suppressed', 'spoiled', 'refused', 'destroyed')
            AND split_part(piece.occasion, ':', 2) = split_part(due.occasion, ':', 2))
        ORDER BY due.ref COLLATE "C", due.occasion COLLATE "C"
        """;

    private static Task<IReadOnlyList<WantedPiece>> DueAsync(
        StoreContext context, Policy policy, CancellationToken cancellation) =>
        Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row =>
            {
                var (resident, document) = (row.GetString(1), DocumentOf(row.GetString(3)));
                return new WantedPiece(
                    Product, row.GetString(0), row.GetString(4), document.Name, resident, row.GetString(2))
                {
                    // R72: the card's notice encloses a form, always with an Application ID.
                    FormResidents = document == ValidityNotice.Certificates ? [] : [resident],
                };
            },
            cancellation, context.BusinessDate, policy.ValidityNoticeDaysBefore, policy.IncompleteUnderWayDays);

    private static Document DocumentOf(string kind) => kind switch
    {
        "card" => ValidityNotice.Card,
        "certificates" => ValidityNotice.Certificates,
        _ => ValidityNotice.Both,
    };
}
