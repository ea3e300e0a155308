using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Printing;

/// <summary>What must hold when step `print` closes.</summary>
internal static class PrintBalance
{
    public static IReadOnlyList<BalanceCheck> All { get; } =
    [
        new(
            "pieces = wanted + withheld + suppressed + printed",
            """
            SELECT (SELECT count(*) FROM piece),
                   (SELECT count(*) FROM piece WHERE state IN ('wanted', 'withheld', 'suppressed'))
                   + (SELECT count(*) FROM piece JOIN drop ON drop.id = piece.drop_id
                      WHERE drop.state <> 'frozen' AND piece.sequence IS NOT NULL
                        AND piece.state NOT IN ('wanted', 'withheld', 'suppressed'))
            """),
        new(
            "pieces sealed tonight = lines of the ledger that say so",
            """
            SELECT (SELECT count(*) FROM piece JOIN drop ON drop.id = piece.drop_id
                    WHERE drop.run_id = @run AND piece.sequence IS NOT NULL),
                   (SELECT count(*) FROM item WHERE run_id = @run AND step_ordinal = @ordinal AND outcome = 'sealed')
            """),
        new(
            "places in tonight's drops = 1, 2, 3 … without a gap",
            """
            SELECT coalesce(sum(last), 0)::bigint, coalesce(sum(pieces), 0)::bigint
            FROM (SELECT max(piece.sequence) AS last, count(*) AS pieces
                  FROM piece JOIN drop ON drop.id = piece.drop_id
                  WHERE drop.run_id = @run AND NOT EXISTS (
                    SELECT FROM item WHERE run_id = @run AND step_ordinal = @ordinal AND subject = piece.piece_id
                      AND reason = 'reconciled')
                  GROUP BY drop.id) AS places
            """),
        new(
            "pages of tonight's pieces = two for each sheet",
            """
            SELECT coalesce(sum(piece.pages), 0)::bigint, coalesce(2 * sum(piece.sheets), 0)::bigint
            FROM piece JOIN drop ON drop.id = piece.drop_id WHERE drop.run_id = @run
            """),
        new(
            "files of tonight's drops = chunks + tables + control files",
            """
            SELECT (SELECT count(*) FROM file JOIN drop ON drop.id = file.drop_id
                    WHERE drop.run_id = @run AND starts_with(drop.folder, 'print/')),
                   (SELECT count(*) FROM (SELECT DISTINCT piece.drop_id, piece.chunk FROM piece
                      JOIN drop ON drop.id = piece.drop_id WHERE drop.run_id = @run) AS chunks)
                   + (SELECT coalesce(sum(CASE WHEN product IN ('incomplete-notice', 'individual-number-notice')
                        THEN 3 ELSE 2 END), 0) FROM drop WHERE run_id = @run AND starts_with(folder, 'print/'))
            """),
    ];
}
