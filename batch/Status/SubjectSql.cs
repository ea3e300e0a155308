using MyNumber.Batch.Selection;

namespace MyNumber.Batch.Status;

/// <summary>The statements of <see cref="Subjects"/>: each row is one JSON object with the names of FORMATS.md.</summary>
internal static class SubjectSql
{
    /// <summary>How many a look-up shows at most: a resident's whole life is far below.</summary>
    private const int RowsMax = 500;

    public const string Resident = $"""
        SELECT json_build_object(
          'resident_id', resident.resident_id,
          'municipality_code', resident.municipality_code,
          'left_on', resident.left_on,
          'left_reason', resident.left_reason,
          'applications', json_build_array(),
          'cards', json_build_array(),
          'pieces', json_build_array(),
          'history', ({History.Head}'resident' AND subject = resident.resident_id))
        FROM resident WHERE resident.resident_id = $1
        """;

    public const string Envelope = """
        WITH scans AS (SELECT * FROM scan WHERE envelope = $1),
        sheets AS (
          SELECT scans.sheet, min(application.key) AS key, min(application.state) AS state,
            json_agg(json_build_object('feed', scans.feed, 'row', scans.row, 'side', side, 'kind', kind,
              'state', scans.state, 'reason', reason, 'locator', locator)
              ORDER BY scans.received_on, scans.feed, scans.row) AS scans
          FROM scans
          LEFT JOIN application ON application.envelope = scans.envelope AND application.sheet = scans.sheet
          GROUP BY scans.sheet)
        SELECT json_build_object(
          'envelope', $1,
          'received_on', (SELECT min(received_on) FROM scans),
          'sheets', (SELECT json_agg(json_build_object('sheet', sheet, 'key', key, 'state', state, 'scans', scans)
            ORDER BY sheet COLLATE "C") FROM sheets))
        WHERE EXISTS (SELECT 1 FROM scans)
        """;

    public static string Applications(string where, Policy policy) => $"""
        SELECT json_build_object(
          'key', application.key,
          'application_id', application.application_id,
          'resident_id', application.resident_id,
          'channel', application.channel,
          'received_on', application.received_on,
          'state', application.state,
          'findings', (SELECT coalesce(json_agg(json_build_object('rule', rule, 'severity', severity, 'detail', detail)
            ORDER BY rule COLLATE "C", detail COLLATE "C"), json_build_array()) FROM finding WHERE application_key = application.key),
          'card_id', (SELECT card_id FROM card WHERE application_key = application.key
            ORDER BY ordered_on DESC, state = 'void', ref DESC LIMIT 1),
          'superseded_by', application.superseded_by,
          'history', ({History.Head}'application' AND subject = application.key))
        FROM application WHERE {where}
        ORDER BY {OrderOfApplications.Sql(policy.MailBeforeOnline)} LIMIT {RowsMax}
        """;

    public static string Cards(string where) => $"""
        SELECT json_build_object(
          'card_id', card.card_id,
          'resident_id', card.resident_id,
          'key', card.application_key,
          'state', card.state,
          'issued_on', card.issued_on,
          'valid_until', card.valid_until,
          'signature_certificate_until', card.signature_certificate_until,
          'user_certificate_until', card.user_certificate_until,
          'storage_began', card.storage_began,
          'storage_ends', card.storage_ends,
          'disposable_from', card.disposable_from,
          'pickup_deadline', card.pickup_deadline,
          'suspended', card.suspended,
          'held', card.held,
          'history', ({History.Head}'card' AND subject = card.ref))
        FROM card WHERE {where}
        ORDER BY coalesce(card.ordered_on, card.issued_on), card.ref LIMIT {RowsMax}
        """;

    public static string Pieces(string where) => $"""
        SELECT json_build_object(
          'piece_id', piece.piece_id,
          'product', piece.product,
          'subject', piece.subject,
          'occasion', piece.occasion,
          'generation', piece.generation,
          'replaces', piece.replaces,
          'split_from', piece.split_from,
          'state', piece.state,
          'reason', piece.reason,
          'drop', (SELECT regexp_replace(drop.folder, '^.*/', '') FROM drop WHERE drop.id = piece.drop_id),
          'posted_on', piece.posted_on,
          'history', ({History.Head}'piece' AND subject = piece.piece_id))
        FROM piece WHERE {where}
        ORDER BY piece.wanted_on, piece.product COLLATE "C", piece.subject, piece.occasion, piece.generation LIMIT {RowsMax}
        """;

    private static class History
    {
        public const string Head = """
            SELECT coalesce(json_agg(json_build_object('at', at, 'what', what, 'by', by, 'why', why)
              ORDER BY id), json_build_array()) FROM history WHERE subject_kind = 
            """;
    }
}
