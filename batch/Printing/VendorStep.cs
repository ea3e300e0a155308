using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using NpgsqlTypes;

namespace MyNumber.Batch.Printing;

/// <summary>
/// Takes the print vendor's answers: files acknowledged or refused, pieces posted, spoiled, destroyed. They come late,
/// twice, out of order and in parts; each line is stored, then judged (<see cref="VendorRules"/>), and a line that makes
/// no sense is kept for a person. Posting an Issuance Notice starts its card's storage clock (R45).
/// </summary>
public sealed class VendorStep(NightServices services)
{
    /// <summary>The step, as data.</summary>
    public StepDefinition Definition => new(
        "vendor",
        Act.Of(
            (part, cancellation) => Task.FromResult(FeedDesk.Read(
                part, Feed.Marked(services.Home, FeedArea.Vendor), feed => VendorFeeds.Read(feed, part.BusinessDate), cancellation)),
            PlanAsync),
        Act.OfRows((_, _) => Task.CompletedTask),
        VendorBalance.All)
    {
        Publish = FeedArchive.Publish(services.Home, FeedArea.Vendor),
    };

    private async Task PlanAsync(ItemResults<CheckedFeed> feeds, StoreContext context, CancellationToken cancellation)
    {
        var frozen = await FrozenAsync(context, cancellation);
        var failed = await context.StoreOneByOneAsync(
            "feed", [.. feeds.Done.Where(feed => frozen?.Contains((feed.Feed.Name, feed.Marker.Sha256)) != false)],
            feed => FeedDesk.Subject(feed.Feed), (feed, cancel) => TakeAsync(feed, context, cancel), cancellation);
        await context.ReportAsync([.. feeds.Failed, .. failed], "feed", "held", cancellation);
        await context.RenewStatisticsAsync(cancellation);
        await AcknowledgeAsync(context, cancellation);
        await JudgePiecesAsync(context, cancellation);
        await TellCardsAsync(context, cancellation);
        await AlertAsync(context, cancellation);
    }

    // ENGINE.md, rule 9: an answer that came in after the night's intake was planned is the next night's. Null in a run
    // without an intake of its own.
    private static async Task<HashSet<(string Name, string Sha256)>?> FrozenAsync(
        StoreContext context, CancellationToken cancellation) =>
        await Sql.ScalarAsync<bool>(
            context.Connection, context.Transaction, "SELECT EXISTS (SELECT FROM step WHERE run_id = $1 AND name = 'intake')",
            cancellation, context.Run.Id)
            ? [.. await Sql.QueryAsync(
                context.Connection, context.Transaction, "SELECT name, sha256 FROM night_answer WHERE run_id = $1",
                row => (row.GetString(0), row.GetString(1)), cancellation, context.Run.Id)]
            : null;

    private async Task TakeAsync(CheckedFeed feed, StoreContext context, CancellationToken cancellation)
    {
        var verdict = await FeedDesk.JudgeAsync(context, feed, cancellation);
        switch (verdict)
        {
            case FeedVerdict.Take:
                await StoreAsync(context, feed, cancellation);
                await FeedDesk.TakeAsync(context, feed, cancellation);
                break;
            case FeedVerdict.Refuse:
                await FeedDesk.RefuseAsync(context, feed, [], services.Clock.GetUtcNow(), cancellation);
                break;
            default:
                await FeedDesk.PassAsync(context, feed, cancellation);
                break;
        }
    }

    private static async Task StoreAsync(StoreContext context, CheckedFeed feed, CancellationToken cancellation)
    {
        var (drop, kind) = VendorFeeds.NameOf(feed.Feed)!.Value;
        var table = feed.Tables[0];
        await using var copy = await context.Connection.BeginBinaryImportAsync(
            """
            COPY vendor_answer (feed, row, drop_name, kind, subject, day, sha256, pieces, accepted)
            FROM STDIN (FORMAT BINARY)
            """, cancellation);
        foreach (var row in table.Rows)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync($"{feed.Feed.Name}@{feed.Marker.Sha256[..16]}", NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(row.Number, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(drop, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(kind, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(row.Values[0], NpgsqlDbType.Text, cancellation);
            if (kind == "ack")
            {
                await copy.WriteNullAsync(cancellation);
                await copy.WriteAsync(table.Text(row, "sha256"), NpgsqlDbType.Text, cancellation);
                await copy.WriteAsync((long)table.Whole(row, "pieces"), NpgsqlDbType.Bigint, cancellation);
                await copy.WriteAsync(table.Flag(row, "accepted"), NpgsqlDbType.Boolean, cancellation);
            }
            else
            {
                await (kind == "spoiled"
                    ? copy.WriteNullAsync(cancellation)
                    : copy.WriteAsync(table.Date(row, $"{kind}_on"), NpgsqlDbType.Date, cancellation));
                await copy.WriteNullAsync(cancellation);
                await copy.WriteNullAsync(cancellation);
                await copy.WriteNullAsync(cancellation);
            }
        }

        await copy.CompleteAsync(cancellation);
    }

    // Set-based: an acknowledgement speaks of a file, so of thousands of pieces. The hash must be that of the file we
    // sealed, and the count ours: whoever counts otherwise printed something else.
    private static Task<int> AcknowledgeAsync(StoreContext context, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH ack AS MATERIALIZED (
              SELECT *, row_number() OVER (ORDER BY feed, row) AS place FROM vendor_answer
              WHERE kind = 'ack' AND state IN ('applied', 'pending')
                AND drop_name IN (SELECT drop_name FROM vendor_answer WHERE kind = 'ack' AND state = 'pending')),
            waiting AS MATERIALIZED (
              SELECT ack.*, substring(ack.subject FROM '-([0-9]{3,9})\.pdf$')::int AS chunk, drop.id AS drop_id
              FROM ack LEFT JOIN drop ON drop.folder = 'print/' || ack.drop_name AND drop.state = 'published'
              WHERE ack.state = 'pending'),
            -- Counted once a file, and what was said of it gathered once, however many lines speak of it.
            counted AS MATERIALIZED (
              SELECT drop_id, chunk, count(*) AS pieces FROM piece
              WHERE drop_id IN (SELECT drop_id FROM waiting) GROUP BY drop_id, chunk),
            said AS MATERIALIZED (
              SELECT drop_name, subject, sha256, accepted, bool_or(state = 'applied') AS applied,
                min(place) FILTER (WHERE state = 'pending') AS first
              FROM ack GROUP BY drop_name, subject, sha256, accepted),
            judged AS (
              SELECT answer.feed, answer.row, answer.accepted, answer.drop_id, answer.chunk,
                     CASE WHEN answer.drop_id IS NULL THEN 'unknown-drop'
                          WHEN file.path IS NULL THEN 'unknown-file'
                          WHEN file.sha256 <> answer.sha256 THEN 'other-hash'
                          WHEN answer.subject LIKE '%.pdf' AND answer.pieces <> coalesce(counted.pieces, 0)
                            THEN 'other-count'
                          WHEN answer.subject NOT LIKE '%.pdf' AND NOT answer.accepted THEN 'list-refused'
                          WHEN other.applied OR other.first < answer.place THEN 'contradicts-earlier'
                     END AS fault
              FROM waiting AS answer
              LEFT JOIN file ON file.drop_id = answer.drop_id AND file.path = answer.subject
              LEFT JOIN counted ON counted.drop_id = answer.drop_id AND counted.chunk = answer.chunk
              LEFT JOIN said AS other ON other.drop_name = answer.drop_name AND other.subject = answer.subject
                AND other.sha256 = answer.sha256 AND other.accepted = NOT answer.accepted),
            line AS (
              SELECT *, row_number() OVER (PARTITION BY drop_id, chunk, fault IS NULL ORDER BY feed, row) AS nth FROM judged),
            moved AS (
              UPDATE piece
              SET state = CASE WHEN line.accepted THEN 'acknowledged' ELSE 'refused' END, state_on = $1,
                  reason = CASE WHEN line.accepted THEN piece.reason ELSE 'vendor-refused' END
              FROM line
              WHERE line.fault IS NULL AND line.nth = 1 AND piece.drop_id = line.drop_id AND piece.chunk = line.chunk
                AND piece.state = 'sent'
              RETURNING piece.piece_id, piece.state),
            voided AS (
              UPDATE form SET void = true FROM moved
              WHERE moved.state = 'refused' AND form.piece_id = moved.piece_id),
            told AS (
              INSERT INTO history (subject_kind, subject, at, what, by)
              SELECT 'piece', piece_id, $1, state, 'vendor' FROM moved ORDER BY piece_id)
            UPDATE vendor_answer
            SET state = CASE WHEN line.fault IS NULL THEN 'applied' ELSE 'kept' END,
                result = coalesce(line.fault, CASE WHEN line.accepted THEN 'acknowledged' ELSE 'refused' END)
            FROM line WHERE vendor_answer.feed = line.feed AND vendor_answer.row = line.row
            """,
            cancellation, context.BusinessDate);

    private static async Task JudgePiecesAsync(StoreContext context, CancellationToken cancellation)
    {
        var lines = await VendorLine.PendingAsync(context, cancellation);
        var standing = new Dictionary<string, PieceStanding>();
        var results = context.Items.Each("answer", lines, Subject, line =>
        {
            if (line.Piece is null)
            {
                return (Line: line, Result: new AnswerResult("kept", "unknown-piece", new("", null, default)));
            }

            // Two lines may speak of one piece: the second sees what the first did.
            var before = standing.GetValueOrDefault(line.PieceId, line.Piece);
            var result = VendorRules.Judge(line.Kind, line.Day, before);
            standing[line.PieceId] = result.After;
            return (Line: line, Result: result);
        });
        // What fails stays pending: it is judged again in the next night.
        await context.ReportAsync(results.Failed, "answer", "held", cancellation);
        var failed = await context.StoreEachAsync(
            "answer", results.Done, one => Subject(one.Line),
            (some, cancel) => VendorLine.StoreAsync(context, some, cancel), cancellation);
        await context.ReportAsync(failed, "answer", "held", cancellation);

        static string Subject(VendorLine line) =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"answer:{line.Feed}|{line.Row:D8}");
    }

    // R41, R45. Posting the first Issuance Notice is what the storage clock waits for.
    private static Task<int> TellCardsAsync(StoreContext context, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            $"""
            WITH told AS (
              UPDATE card SET state = 'notified', state_on = $1
              WHERE state = 'arrived'
                AND EXISTS (SELECT FROM piece WHERE product = '{IssuanceNotices.Name}' AND subject = card.ref
                            AND posted_on IS NOT NULL)
              RETURNING ref)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'card', ref, $1, 'notified', 'vendor', 'R41' FROM told ORDER BY ref
            """,
            cancellation, context.BusinessDate);

    private async Task AlertAsync(StoreContext context, CancellationToken cancellation)
    {
        var kept = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT drop_name, result, count(*) FROM vendor_answer
            WHERE state = 'kept' AND feed IN (
              SELECT name || '@' || left(sha256, 16) FROM feed WHERE kind = 'vendor' AND run_id = $1)
            GROUP BY drop_name, result ORDER BY drop_name, result COLLATE "C"
            """,
            row => (Drop: row.GetString(0), Result: row.GetString(1), Lines: row.GetInt64(2)), cancellation, context.Run.Id);
        foreach (var group in kept)
        {
            await Alerts.RaiseAsync(
                context.Connection, context.Transaction, "vendor-answer-kept", $"{group.Drop} {group.Result}",
                $"{group.Lines} lines of the vendor's answers to {group.Drop} make no sense ({group.Result}): "
                + "nothing was changed; ask the vendor what happened to these pieces.",
                services.Clock.GetUtcNow(), cancellation);
        }
    }
}
