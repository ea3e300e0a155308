using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Cards;

/// <summary>What a change of the register does to applications and cards: R36, R09, R37.</summary>
public static class RegisterChanges
{
    // An application that validate has not seen is voided only where it was made before the move; one made after it,
    // with a form of the new municipality, is judged. Who left is rejected there (R09). An incomplete one has ended.
    private const string ApplicationsSql = """
        WITH change AS (
          SELECT resident_id, min(CASE kind WHEN 'left' THEN 1 WHEN 'moved' THEN 2 ELSE 3 END) AS rank
          FROM register_change WHERE NOT applied GROUP BY resident_id),
        voided AS (
          UPDATE application SET state = 'void', state_on = $1, to_validate = false
          FROM change JOIN resident USING (resident_id)
          WHERE application.resident_id = change.resident_id AND (
            (change.rank IN (1, 2)
              AND application.state IN ('review', 'waiting', 'selected', 'superseded', 'ordered'))
            OR (change.rank = 2 AND application.state = 'received' AND application.received_on < resident.registered_on)
            OR (change.rank = 3 AND application.state = 'ordered'))
          RETURNING application.key, change.rank)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'application', key, $1, 'void', 'register', CASE rank WHEN 1 THEN 'R09' WHEN 2 THEN 'R36' ELSE 'R37' END
        FROM voided ORDER BY key
        """;

    // A card that shows an old number, or lies where its owner no longer lives, must not be handed over. Who died has no
    // valid card any more; one taken abroad stays valid until it is given back.
    private const string CardsSql = """
        WITH change AS (
          SELECT resident_id, min(CASE kind WHEN 'left' THEN 1 WHEN 'moved' THEN 2 ELSE 3 END) AS rank
          FROM register_change WHERE NOT applied GROUP BY resident_id),
        voided AS (
          UPDATE card SET state = 'void', state_on = $1
          FROM change JOIN resident USING (resident_id)
          WHERE card.resident_id = change.resident_id AND (
            card.state IN ('ordered', 'arrived', 'notified')
            OR (card.state = 'delivered' AND (change.rank = 3 OR (change.rank = 1 AND resident.left_reason = 'died'))))
          RETURNING card.ref, change.rank)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'card', ref, $1, 'void', 'register', CASE rank WHEN 1 THEN 'R09' WHEN 2 THEN 'R36' ELSE 'R37' END
        FROM voided ORDER BY ref
        """;

    private const string LookAgainSql = """
        UPDATE application SET to_validate = true FROM register_change
        WHERE application.resident_id = register_change.resident_id AND NOT register_change.applied
          AND application.state IN ('received', 'review', 'waiting', 'selected') AND NOT application.to_validate
        """;

    private const string ReviewsSql = """
        UPDATE review_item SET state = 'withdrawn' FROM application
        WHERE application.key = review_item.application_key AND application.state IN ('void', 'cancelled')
          AND review_item.state = 'open'
        """;

    private const string AppliedSql = "UPDATE register_change SET applied = true WHERE NOT applied";

    /// <summary>
    /// Applies every change that intake found and nobody applied yet. Nothing to apply changes nothing. Applications that
    /// stay open are marked to be validated again.
    /// </summary>
    public static async Task ApplyAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        foreach (var sql in new[] { ApplicationsSql, CardsSql })
        {
            await Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, context.BusinessDate);
        }

        foreach (var sql in new[] { LookAgainSql, ReviewsSql, AppliedSql })
        {
            await Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation);
        }
    }
}
