using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using Npgsql;

namespace MyNumber.Batch.Storage;

/// <summary>
/// Every card that lies at a municipality: arrived, and neither handed over nor disposed of. Void and expired ones are
/// among them: they wait for the same end (R45).
/// </summary>
/// <param name="State">`arrived`, `notified`, `void`, `disposal-proposed`.</param>
/// <param name="Facts">What its clock hangs on.</param>
/// <param name="Blocked">R46. Held, in dispute, or with a piece on the way or a reprint still to come.</param>
/// <param name="Known">The dates as stored; the step writes only what changed.</param>
internal sealed record StoredCard(
    string Ref, string Municipality, string State, StorageFacts Facts, bool Blocked, StorageDates? Known)
{
    // What was handed over once lies in no storage of ours, whatever became of it since.
    private const string Statement = $"""
        SELECT card.ref, card.municipality_code, card.state, card.arrived_on,
               posted.first_on, posted.reminder_on, posted.deadline, card.extended_until, municipality.storage_months,
               card.held OR card.in_dispute OR posted.on_the_way,
               card.storage_began, card.storage_ends, card.pickup_deadline, card.void_on
        FROM card
        JOIN municipality USING (municipality_code)
        CROSS JOIN LATERAL (
          SELECT min(piece.posted_on) FILTER (WHERE piece.occasion <> 'reminder') AS first_on,
                 min(piece.posted_on) FILTER (WHERE piece.occasion = 'reminder') AS reminder_on,
                 max(piece.deadline) FILTER (WHERE piece.posted_on IS NOT NULL) AS deadline,
                 coalesce(bool_or(piece.state IN ('wanted', 'withheld', 'sealed', 'sent', 'acknowledged')
                   OR (piece.state IN ('spoiled', 'refused', 'destroyed') OR piece.lost)
                      AND NOT EXISTS (SELECT FROM piece next WHERE next.replaces = piece.piece_id)), false)
                   AS on_the_way
          FROM piece
          WHERE piece.product = '{IssuanceNotices.Name}' AND piece.subject = card.ref) posted
        WHERE card.state IN ('arrived', 'notified', 'void', 'disposal-proposed')
          AND card.arrived_on IS NOT NULL
          AND card.delivered_on IS NULL
        ORDER BY card.ref
        """;

    /// <summary>R45. The first day on which its storage is over; null while it has no end.</summary>
    public DateOnly? DisposableFrom => StorageClock.Of(Facts).DisposableFrom;

    /// <summary>R45, R46. May be proposed for disposal on that business date.</summary>
    public bool IsDisposable(DateOnly businessDate) =>
        !Blocked && DisposableFrom is { } from && from <= businessDate;

    public static Task<IReadOnlyList<StoredCard>> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        Sql.QueryAsync(connection, transaction, Statement, Read, cancellation);

    private static StoredCard Read(NpgsqlDataReader row)
    {
        DateOnly? Day(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);
        var facts = new StorageFacts(
            row.GetFieldValue<DateOnly>(3), Day(4), Day(5), Day(6), Day(7), row.GetInt32(8))
        {
            VoidOn = Day(13),
        };
        var known = Day(10) is { } began ? new StorageDates(began, Day(11), Day(12)) : null;
        return new(row.GetString(0), row.GetString(1), row.GetString(2), facts, row.GetBoolean(9), known);
    }
}
