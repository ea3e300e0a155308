using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Printing;

/// <summary>What must hold of pieces once the vendor's answers are in: nothing that left the house is unaccounted for.</summary>
internal static class VendorBalance
{
    public static IReadOnlyList<BalanceCheck> All { get; } =
    [
        new("printed = acknowledged + outstanding + refused", """
            SELECT (SELECT count(*) FROM piece JOIN drop ON drop.id = piece.drop_id WHERE drop.state = 'published'),
                   (SELECT count(*) FILTER (WHERE state IN ('acknowledged', 'posted', 'returned', 'spoiled', 'destroyed'))
                         + count(*) FILTER (WHERE state = 'sent') + count(*) FILTER (WHERE state = 'refused') FROM piece)
            """),
        new("acknowledged = posted (returned or not) + spoiled + outstanding", """
            SELECT (SELECT count(*) FROM piece WHERE state IN ('acknowledged', 'posted', 'returned', 'spoiled', 'destroyed')),
                   (SELECT count(*) FILTER (WHERE posted_on IS NOT NULL)
                         + count(*) FILTER (WHERE state IN ('spoiled', 'destroyed') AND posted_on IS NULL)
                         + count(*) FILTER (WHERE state = 'acknowledged') FROM piece)
            """),
        new("spoiled = destroyed + undestroyed", """
            SELECT (SELECT count(*) FROM piece WHERE reason = 'vendor-spoiled'),
                   (SELECT count(*) FILTER (WHERE destroyed_on IS NOT NULL)
                         + count(*) FILTER (WHERE destroyed_on IS NULL AND state = 'spoiled') FROM piece)
            """),
        new("reprints beyond spoiled + refused + declared lost = 0", """
            SELECT count(*), 0::bigint FROM piece
            WHERE replaces IS NOT NULL AND NOT EXISTS (
              SELECT FROM piece before WHERE before.piece_id = piece.replaces
                AND (before.state IN ('spoiled', 'destroyed', 'refused') OR before.lost))
            """),
        new("lines of answers taken = applied + kept + waiting", """
            SELECT (SELECT coalesce(sum(rows), 0)::bigint FROM feed WHERE kind = 'vendor' AND state = 'taken'),
                   (SELECT count(*) FROM vendor_answer)
            """),
    ];
}
