using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Printing;

/// <summary>One line that speaks of a piece and waits to be judged, in the order in which lines are judged.</summary>
/// <param name="Feed">The answer it stands in.</param>
/// <param name="Row">Its row.</param>
/// <param name="Kind">`posted`, `spoiled`, `destroyed`.</param>
/// <param name="PieceId">The piece it names.</param>
/// <param name="Day">The day it names; null in `spoiled`.</param>
/// <param name="Piece">The piece; null where that drop has none of this id.</param>
internal sealed record VendorLine(string Feed, int Row, string Kind, string PieceId, DateOnly? Day, PieceStanding? Piece)
{
    // A line of a day to come waits for it. By content, not by arrival: posted before spoiled before destroyed, then by day. Whoever says both posted and
    // spoiled of one piece is believed in the posting: a letter that may be in the mail is never printed again unasked.
    private const string Pending = """
        SELECT answer.feed, answer.row, answer.kind, answer.subject, answer.day,
               piece.state, piece.posted_on, drop.business_date
        FROM vendor_answer answer
        LEFT JOIN drop ON drop.folder = 'print/' || answer.drop_name AND drop.state = 'published'
        LEFT JOIN piece ON piece.drop_id = drop.id AND piece.piece_id = answer.subject
        WHERE answer.kind <> 'ack' AND answer.state = 'pending' AND (answer.day IS NULL OR answer.day <= $1)
        ORDER BY array_position(ARRAY['posted', 'spoiled', 'destroyed'], answer.kind), answer.day, answer.feed, answer.row
        """;

    public static Task<IReadOnlyList<VendorLine>> PendingAsync(StoreContext context, CancellationToken cancellation) =>
        Sql.QueryAsync(
            context.Connection, context.Transaction, Pending,
            row =>
            {
                DateOnly? Day(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);
                return new VendorLine(
                    row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), Day(4),
                    row.IsDBNull(5) ? null : new(row.GetString(5), Day(6), Day(7)!.Value));
            },
            cancellation, context.BusinessDate);

    /// <summary>Writes what the lines did: to themselves, to their pieces, and to the forms that spoiled pieces carried.</summary>
    public static Task StoreAsync(
        StoreContext context, IReadOnlyList<(VendorLine Line, AnswerResult Result)> results, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH result AS (
              SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[])
                AS result (feed, row, answer_state, code, piece_id, kind, day)),
            lines AS (
              UPDATE vendor_answer answer SET state = result.answer_state, result = result.code FROM result
              WHERE answer.feed = result.feed AND answer.row = result.row),
            acted AS (
              SELECT * FROM result WHERE answer_state = 'applied' AND code IN ('posted', 'spoiled', 'destroyed')),
            last AS (
              SELECT DISTINCT ON (piece_id) piece_id, code FROM acted
              ORDER BY piece_id, array_position(ARRAY['destroyed', 'spoiled', 'posted'], code)),
            moved AS (
              UPDATE piece
              SET state = last.code, state_on = $8,
                  posted_on = coalesce(piece.posted_on, (SELECT min(day) FROM acted
                    WHERE acted.piece_id = piece.piece_id AND acted.code = 'posted')),
                  destroyed_on = coalesce(piece.destroyed_on, (SELECT min(day) FROM acted
                    WHERE acted.piece_id = piece.piece_id AND acted.code = 'destroyed')),
                  reason = CASE WHEN last.code = 'posted' THEN piece.reason ELSE 'vendor-spoiled' END
              FROM last WHERE piece.piece_id = last.piece_id
              RETURNING piece.piece_id, piece.state),
            voided AS (
              UPDATE form SET void = true FROM moved
              WHERE moved.state IN ('spoiled', 'destroyed') AND form.piece_id = moved.piece_id)
            INSERT INTO history (subject_kind, subject, at, what, by)
            SELECT 'piece', piece_id, $8, code, 'vendor' FROM acted
            ORDER BY piece_id, array_position(ARRAY['posted', 'spoiled', 'destroyed'], code)
            """,
            cancellation,
            results.Select(entry => entry.Line.Feed).ToArray(),
            results.Select(entry => entry.Line.Row).ToArray(),
            results.Select(entry => entry.Result.State).ToArray(),
            results.Select(entry => entry.Result.Result).ToArray(),
            results.Select(entry => entry.Line.PieceId).ToArray(),
            results.Select(entry => entry.Line.Kind).ToArray(),
            results.Select(entry => entry.Line.Day).ToArray(),
            context.BusinessDate);
}
