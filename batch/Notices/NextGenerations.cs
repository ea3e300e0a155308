using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Notices;

/// <summary>
/// R98. Spoiled, refused and lost pieces get their next generation. Where a piece carried an Application ID the new one
/// carries a new one, and that of the old generation is void: a sheet with it should not exist.
/// </summary>
public static class NextGenerations
{
    private const string Sql = """
        SELECT old.piece_id, old.product, old.subject, old.occasion, old.document, old.resident_id,
          resident.municipality_code, old.municipality_code,
          array(SELECT form.resident_id FROM form WHERE form.piece_id = old.piece_id ORDER BY form.resident_id COLLATE "C"),
          (SELECT min(form.kind) FROM form WHERE form.piece_id = old.piece_id)
        FROM piece AS old JOIN resident ON resident.resident_id = old.resident_id
        WHERE (old.state IN ('spoiled', 'refused', 'destroyed') OR old.lost)
          AND NOT EXISTS (SELECT 1 FROM piece AS next WHERE next.replaces = old.piece_id)
        ORDER BY old.piece_id COLLATE "C"
        """;

    /// <summary>Wants every next generation that is missing.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> WantAsync(StoreContext context, Ids ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        var wanted = await Runs.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row =>
            {
                var product = row.GetString(1);
                // A card stays with its municipality; every other piece goes out for where the resident is now.
                var municipality = product == IssuanceNotices.Product ? row.GetString(7) : row.GetString(6);
                return new WantedPiece(
                    product, row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), municipality)
                {
                    Replaces = row.GetString(0),
                    FormKind = row.IsDBNull(9) ? null : row.GetString(9),
                    FormResidents = row.GetFieldValue<string[]>(8),
                };
            },
            cancellation);
        var pieceIds = await WantedPieces.AddAsync(context, ids, wanted, cancellation);
        await Runs.Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH step AS (SELECT * FROM unnest($1::text[], $2::text[]) AS new (old_id, new_id)),
            forms AS (UPDATE form SET void = true FROM step WHERE form.piece_id = step.old_id)
            UPDATE notified_number SET piece_id = step.new_id FROM step WHERE notified_number.piece_id = step.old_id
            """,
            cancellation, wanted.Select(piece => piece.Replaces!).ToArray(), pieceIds.ToArray());
        return wanted.Count;
    }
}
