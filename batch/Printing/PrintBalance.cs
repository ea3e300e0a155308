using MyNumber.Batch.Letters;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Printing;

/// <summary>What must hold when step `print` closes.</summary>
internal static class PrintBalance
{
    public static IReadOnlyList<BalanceCheck> Of(Products products) =>
    [
        new(
            "pieces left wanted = held tonight, each for a reason",
            $"SELECT count(*), count(*) FILTER (WHERE {HeldSql}) FROM piece WHERE {LeftWantedSql}")
        {
            WhichSql = $"""
                SELECT string_agg(product || ': ' || pieces, ', ' ORDER BY product COLLATE "C")
                FROM (SELECT product, count(*) AS pieces FROM piece
                      WHERE {LeftWantedSql} AND NOT {HeldSql} GROUP BY product) AS forgotten
                """,
        },
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
            $"""
            SELECT (SELECT count(*) FROM file JOIN drop ON drop.id = file.drop_id
                    WHERE drop.run_id = @run AND starts_with(drop.folder, 'print/')),
                   (SELECT count(*) FROM (SELECT DISTINCT piece.drop_id, piece.chunk FROM piece
                      JOIN drop ON drop.id = piece.drop_id WHERE drop.run_id = @run) AS chunks)
                   + (SELECT coalesce(sum(1 + CASE product {TablesSql(products)} END), 0) FROM drop
                      WHERE run_id = @run AND starts_with(folder, 'print/'))
            """),
    ];

    // Whatever its product: one that nobody thought of is what this law is for. What a later night does with pieces is that
    // night's matter.
    private const string LeftWantedSql = """
        piece.state = 'wanted' AND piece.drop_id IS NULL
          AND NOT EXISTS (SELECT FROM run WHERE run.kind = 'night' AND run.id > @run)
        """;

    private const string HeldSql = """
        EXISTS (SELECT FROM item WHERE item.run_id = @run AND item.step_ordinal = @ordinal AND item.subject = piece.piece_id
          AND item.outcome = 'held' AND item.reason IS NOT NULL)
        """;

    // A drop of no product in the list has no number of tables: the sum then differs, and tells.
    private static string TablesSql(Products products) => string.Join(
        ' ', products.List.Select(product => $"WHEN '{product.Name}' THEN {DropFiles.TablesOf(product).Count}"));
}
