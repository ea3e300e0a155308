using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using NpgsqlTypes;

namespace MyNumber.Batch.Printing;

/// <summary>One line that speaks of a piece and waits to be judged, in the order in which lines are judged.</summary>
/// <param name="Feed">The answer it stands in.</param>
/// <param name="Kind">`posted`, `spoiled`, `destroyed`.</param>
/// <param name="Day">The day it names; null in `spoiled`.</param>
/// <param name="Piece">The piece; null where that drop has none of this id.</param>
internal sealed record VendorLine(string Feed, int Row, string Kind, string PieceId, DateOnly? Day, PieceStanding? Piece)
{
    // A line of a day to come waits for it. By content, not by arrival: posted before spoiled before destroyed, then by
    // day. Whoever says both posted and spoiled of one piece is believed in the posting: a letter that may be in the mail is
    // never printed again unasked.
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
    public static async Task StoreAsync(
        StoreContext context, IReadOnlyList<(VendorLine Line, AnswerResult Result)> results, CancellationToken cancellation)
    {
        // A table with statistics, not an array: of a million lines the planner must not believe that they are a few.
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            DROP TABLE IF EXISTS pg_temp.judged_line;
            CREATE TEMP TABLE judged_line (feed text COLLATE "C" NOT NULL, row int NOT NULL, answer_state text NOT NULL,
              code text NOT NULL, piece_id text NOT NULL, day date) ON COMMIT DROP
            """,
            cancellation);
        await CopyAsync(context, results, cancellation);
        await Sql.ExecuteAsync(context.Connection, context.Transaction, "ANALYZE judged_line", cancellation);
        await Sql.ExecuteAsync(context.Connection, context.Transaction, ActSql, cancellation, context.BusinessDate);
    }

    // $1 business date.
    private const string ActSql = """
        WITH lines AS (
          UPDATE vendor_answer answer SET state = judged_line.answer_state, result = judged_line.code FROM judged_line
          WHERE answer.feed = judged_line.feed AND answer.row = judged_line.row),
        acted AS (
          SELECT * FROM judged_line WHERE answer_state = 'applied' AND code IN ('posted', 'spoiled', 'destroyed')),
        last AS (
          SELECT piece_id,
            (array_agg(code ORDER BY array_position(ARRAY['destroyed', 'spoiled', 'posted'], code)))[1] AS code,
            min(day) FILTER (WHERE code = 'posted') AS posted_on, min(day) FILTER (WHERE code = 'destroyed') AS destroyed_on
          FROM acted GROUP BY piece_id),
        moved AS (
          UPDATE piece
          SET state = last.code, state_on = $1, posted_on = coalesce(piece.posted_on, last.posted_on),
              destroyed_on = coalesce(piece.destroyed_on, last.destroyed_on),
              reason = CASE WHEN last.code = 'posted' THEN piece.reason ELSE 'vendor-spoiled' END
          FROM last WHERE piece.piece_id = last.piece_id
          RETURNING piece.piece_id, piece.state),
        voided AS (
          UPDATE form SET void = true FROM moved
          WHERE moved.state IN ('spoiled', 'destroyed') AND form.piece_id = moved.piece_id)
        INSERT INTO history (subject_kind, subject, at, what, by)
        SELECT 'piece', piece_id, $1, code, 'vendor' FROM acted
        ORDER BY piece_id COLLATE "C", array_position(ARRAY['posted', 'spoiled', 'destroyed'], code)
        """;

    private static async Task CopyAsync(
        StoreContext context, IReadOnlyList<(VendorLine Line, AnswerResult Result)> results, CancellationToken cancellation)
    {
        await using var copy = await context.Connection.BeginBinaryImportAsync(
            "COPY judged_line (feed, row, answer_state, code, piece_id, day) FROM STDIN (FORMAT BINARY)", cancellation);
        foreach (var (line, result) in results)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(line.Feed, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(line.Row, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(result.State, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(result.Result, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(line.PieceId, NpgsqlDbType.Text, cancellation);
            await (line.Day is { } day
                ? copy.WriteAsync(day, NpgsqlDbType.Date, cancellation)
                : copy.WriteNullAsync(cancellation));
        }

        await copy.CompleteAsync(cancellation);
    }
}
