using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>A piece that a rule stopped.</summary>
/// <param name="PieceId">Its id.</param>
/// <param name="Reason">A stable code: `moved`, `died`, `card-delivered`, `not-due` …</param>
public sealed record SuppressedPiece(string PieceId, string Reason);

/// <summary>
/// The one place that says which pieces must not go out any more (R36, R61, R71, moved, died, left, cancelled). Asked
/// when a piece is wanted, when its drop is frozen and when that is sealed: one answer from the rows of the moment.
/// </summary>
public static class Suppression
{
    private const string Sql = $"""
        WITH due AS ({ValidityNotices.DueSql}),
        judged AS (
          SELECT piece.piece_id, CASE
            WHEN piece.product = 'individual-number-notice' THEN CASE
              WHEN NOT EXISTS (
                SELECT 1 FROM notified_number JOIN resident USING (resident_id, number_hash)
                WHERE notified_number.piece_id = piece.piece_id
                  AND (resident.left_on IS NULL OR resident.left_on > $1)) THEN 'nobody-left' END
            WHEN resident.left_on <= $1 AND resident.left_reason = 'died' THEN 'died'
            WHEN resident.left_on <= $1 THEN 'left'
            WHEN piece.product = 'issuance-notice' THEN CASE
              WHEN card.ref IS NULL THEN 'no-card'
              WHEN card.state NOT IN ('arrived', 'notified') THEN 'card-' || card.state
              WHEN card.municipality_code <> resident.municipality_code THEN 'moved'
              WHEN card.valid_until < $1 THEN 'card-expired'
              WHEN piece.occasion NOT IN ('first', 'reminder') AND card.pickup_deadline < $1 THEN 'deadline-over' END
            WHEN piece.product = 'incomplete-notice' THEN CASE
              WHEN application.state <> 'incomplete' THEN 'application-' || application.state
              WHEN application.resident_id IS DISTINCT FROM piece.resident_id THEN 'resident-changed'
              WHEN piece.occasion <> (
                SELECT {IncompleteNotices.ErrorsSql} FROM finding
                WHERE application_key = application.key AND severity = 'incomplete') THEN 'errors-changed' END
            WHEN piece.product = 'validity-notice' AND due.ref IS NULL THEN 'not-due'
            WHEN piece.product = 'application-form' AND piece.occasion LIKE 'campaign:%' THEN CASE
              WHEN EXISTS (
                SELECT 1 FROM card WHERE card.resident_id = piece.resident_id
                  AND card.state NOT IN ('disposed', 'void')) THEN 'holds-a-card'
              WHEN EXISTS (
                SELECT 1 FROM application WHERE application.resident_id = piece.resident_id
                  AND {UnderWay.Sql}) THEN 'application-under-way'
              WHEN EXISTS (
                SELECT 1 FROM piece AS earlier WHERE earlier.product = 'application-form'
                  AND earlier.subject = piece.subject AND earlier.piece_id <> piece.piece_id
                  AND earlier.state NOT IN ('wanted', 'withheld', 'suppressed')
                  AND earlier.state_on > ($1 - make_interval(months => $4))::date) THEN 'sent-lately' END
            END AS reason
          FROM piece
          JOIN resident ON resident.resident_id = piece.resident_id
          LEFT JOIN card ON piece.product = 'issuance-notice' AND card.ref = piece.subject
          LEFT JOIN application ON piece.product = 'incomplete-notice' AND application.key = piece.subject
          -- Joined, not asked for each piece: 100,000 of them would each look through all that is due.
          LEFT JOIN due ON piece.product = 'validity-notice' AND due.ref = piece.subject AND due.occasion = piece.occasion
          WHERE piece.state IN ('wanted', 'withheld') AND ($5::bigint IS NULL OR piece.drop_id = $5))
        SELECT piece_id, reason FROM judged WHERE reason IS NOT NULL ORDER BY piece_id COLLATE "C"
        """;

    /// <summary>
    /// Stops every wanted or withheld piece (of one drop, or of all) that a rule stops as of the business date. A stopped
    /// piece is final; the forms that it would have carried are void, as no paper with their ID exists (R98).
    /// </summary>
    /// <param name="context">The transaction.</param>
    /// <param name="policy">R61, R70.</param>
    /// <param name="dropId">Only pieces frozen in this drop; null for all.</param>
    /// <param name="by">Which step says so, for the history.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What was stopped.</returns>
    public static async Task<IReadOnlyList<SuppressedPiece>> ApplyAsync(
        StoreContext context, Policy policy, long? dropId, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(policy);
        var stopped = await Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row => new SuppressedPiece(row.GetString(0), row.GetString(1)), cancellation,
            context.BusinessDate, policy.ValidityNoticeDaysBefore, policy.IncompleteUnderWayDays, policy.CampaignPauseMonths,
            dropId);
        await StopAsync(context, stopped, by, cancellation);
        return stopped;
    }

    /// <summary>Stops these pieces.</summary>
    /// <param name="context">The transaction.</param>
    /// <param name="stopped">Which, and why.</param>
    /// <param name="by">Which step says so, for the history.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task StopAsync(
        StoreContext context, IReadOnlyList<SuppressedPiece> stopped, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(stopped);
        if (stopped.Count == 0)
        {
            return;
        }

        await Database.Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH stopped AS (SELECT * FROM unnest($1::text[], $2::text[]) AS new (piece_id, reason)),
            changed AS (
              UPDATE piece SET state = 'suppressed', reason = stopped.reason, state_on = $3, drop_id = NULL,
                sequence = NULL, chunk = NULL, first_page = NULL, pages = NULL, sheets = NULL, frozen_cipher = NULL
              FROM stopped WHERE piece.piece_id = stopped.piece_id),
            forms AS (UPDATE form SET void = true FROM stopped WHERE form.piece_id = stopped.piece_id)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'piece', piece_id, $3, 'suppressed', $4, reason FROM stopped ORDER BY piece_id COLLATE "C"
            """,
            cancellation, stopped.Select(piece => piece.PieceId).ToArray(),
            stopped.Select(piece => piece.Reason).ToArray(), context.BusinessDate, by);
    }
}
