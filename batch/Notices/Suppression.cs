using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>A piece that a rule stopped.</summary>
/// <param name="Reason">A stable code: `moved`, `died`, `card-delivered`, `not-due` …</param>
public sealed record SuppressedPiece(string PieceId, string Reason);

/// <summary>
/// The one place that says which pieces must not go out any more (R36, R61, R71, moved, died, left, cancelled). Asked
/// when a piece is wanted, when its drop is frozen and when that is sealed: one answer from the rows of the moment.
/// </summary>
public static class Suppression
{
    // A piece for a household is not stopped with its addressee: it goes to the others in the envelope.
    private static string SqlOf(Products products)
    {
        var rules = products.List.Where(product => product.StopRule is not null)
            .ToLookup(product => product.IsForHouseholds, Reason);
        var joins = products.List.Select(product => product.StopRule?.JoinSql).OfType<string>();
        return $"""
            WITH {string.Concat(products.List.Select(product => product.StopRule?.WithSql).OfType<string>().Select(with => $"{with},\n"))}
            judged AS (
              SELECT piece.piece_id, CASE
                {string.Join('\n', rules[true])}
                WHEN resident.left_on <= $1 AND resident.left_reason = 'died' THEN 'died'
                WHEN resident.left_on <= $1 THEN 'left'
                {string.Join('\n', rules[false])}
                END AS reason
              FROM piece
              JOIN resident ON resident.resident_id = piece.resident_id
              {string.Join('\n', joins)}
              WHERE piece.state IN ('wanted', 'withheld') AND ($5::bigint IS NULL OR piece.drop_id = $5))
            SELECT piece_id, reason FROM judged WHERE reason IS NOT NULL ORDER BY piece_id COLLATE "C"
            """;

        static string Reason(Product product) => $"WHEN piece.product = '{product.Name}' THEN {product.StopRule!.ReasonSql}";
    }

    /// <summary>
    /// Stops every wanted or withheld piece (of one drop, or of all) that a rule stops as of the business date. A stopped
    /// piece is final; the forms that it would have carried are void, as no paper with their ID exists (R98).
    /// </summary>
    /// <param name="services">The products with their rules, and the policy of R61, R70, R71.</param>
    /// <param name="dropId">Only pieces frozen in this drop; null for all.</param>
    /// <param name="by">Which step says so, for the history.</param>
    /// <returns>What was stopped.</returns>
    public static async Task<IReadOnlyList<SuppressedPiece>> ApplyAsync(
        StoreContext context, NightServices services, long? dropId, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(services);
        var policy = services.Policy;
        var stopped = await Sql.QueryAsync(
            context.Connection, context.Transaction, SqlOf(services.Products),
            row => new SuppressedPiece(row.GetString(0), row.GetString(1)), cancellation,
            context.BusinessDate, policy.ValidityNoticeDaysBefore, policy.IncompleteUnderWayDays, policy.CampaignPauseMonths,
            dropId);
        await StopAsync(context, stopped, by, cancellation);
        return stopped;
    }

    /// <summary>Stops these pieces.</summary>
    /// <param name="stopped">Which, and why.</param>
    /// <param name="by">Which step says so, for the history.</param>
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
