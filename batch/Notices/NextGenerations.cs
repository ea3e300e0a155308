using MyNumber.Batch.Letters;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>
/// R98. Spoiled, refused and lost pieces get their next generation. Where a piece carried an Application ID the new one
/// carries a new one, and that of the old generation is void: a sheet with it should not exist. To whom and where it goes,
/// the register of the day says (R43), not the old piece.
/// </summary>
public static class NextGenerations
{
    private const string MissingSql = """
        (old.state IN ('spoiled', 'refused', 'destroyed') OR old.lost)
          AND NOT EXISTS (SELECT 1 FROM piece AS next WHERE next.replaces = old.piece_id)
        """;

    // An incomplete application may have turned out to be somebody else's since.
    private const string Sql = $"""
        SELECT old.piece_id, old.product, old.subject, old.occasion, old.document, resident.resident_id,
          resident.municipality_code, old.municipality_code,
          EXISTS (SELECT FROM form WHERE form.piece_id = old.piece_id)
        FROM piece AS old
        LEFT JOIN application ON old.product = ANY ($1) AND application.key = old.subject
        JOIN resident ON resident.resident_id = coalesce(application.resident_id, old.resident_id)
        WHERE {MissingSql}
        ORDER BY old.piece_id COLLATE "C"
        """;

    private const string PeopleSql = $"""
        SELECT owed.number_hash, old.piece_id, {Recipient.Columns}
        FROM piece AS old
        JOIN notified_number AS owed ON owed.piece_id = old.piece_id
        JOIN resident ON resident.resident_id = owed.resident_id AND resident.number_hash = owed.number_hash
        WHERE {MissingSql} AND (resident.left_on IS NULL OR resident.left_on > $1)
        """;

    // What is still on an old piece is owed to nobody on the register; it is owed again to one who comes back.
    private const string DoneSql = """
        WITH old AS (SELECT unnest($1::text[]) AS piece_id),
        forms AS (UPDATE form SET void = true FROM old WHERE form.piece_id = old.piece_id AND NOT form.void)
        DELETE FROM notified_number USING old WHERE notified_number.piece_id = old.piece_id
        """;

    /// <summary>Wants every next generation that is missing.</summary>
    /// <returns>How many pieces, those that were split off among them.</returns>
    public static async Task<int> WantAsync(
        StoreContext context, NightServices services, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(services);
        var old = await Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row =>
            {
                var (product, resident) = (services.Products.Get(row.GetString(1)), row.GetString(5));
                // A card stays with its municipality; every other piece goes out for where the resident is now.
                var municipality = row.GetString(product.Sender == Sender.CardKeeper ? 7 : 6);
                return new WantedPiece(
                    product, row.GetString(2), row.GetString(3), row.GetString(4), resident, municipality)
                {
                    Replaces = row.GetString(0),
                    FormResidents = row.GetBoolean(8) ? [resident] : [],
                };
            },
            cancellation, [services.Products.NamesWhere(product => product.Subject == SubjectKind.Application)]);
        var owed = await Database.Sql.QueryAsync(
            context.Connection, context.Transaction, PeopleSql, NumberNotices.ReadOwed, cancellation, context.BusinessDate);
        var people = owed.ToLookup(number => number.PieceId, number => number.Person);
        var next = old.Select(piece => (Old: piece.Replaces!, Wanted: piece.Product.IsForHouseholds
            ? Numbers(piece, Envelopes.Of(people[piece.Replaces])).ToList() : [piece])).ToList();
        // All envelopes of one old piece or none: whoever stayed on it alone would be looked for by nobody.
        var failed = await context.StoreEachAsync(
            WantedPieces.Item, next, one => one.Old,
            async (some, cancel) =>
            {
                await NumberNotices.AddAsync(context, services.Ids, [.. some.SelectMany(one => one.Wanted)], owed, cancel);
                await Database.Sql.ExecuteAsync(
                    context.Connection, context.Transaction, DoneSql, cancel, [some.Select(one => one.Old).ToArray()]);
            },
            cancellation);
        await context.ReportAsync(failed, WantedPieces.Item, "held", cancellation);
        return next.Sum(one => one.Wanted.Count);
    }

    // One of the envelopes is the reprint. Nobody left on the register: it is wanted, and suppressed at once.
    private static IEnumerable<WantedPiece> Numbers(WantedPiece old, IReadOnlyList<Envelope> envelopes)
    {
        if (envelopes.Count == 0)
        {
            return [old with { FormResidents = [] }];
        }

        var staying = Envelopes.Staying(envelopes, old.Subject);
        return envelopes.Select(envelope => envelope == staying
            ? NumberNotices.Piece(envelope, old.Subject, old.Occasion) with { Replaces = old.Replaces }
            : NumberNotices.Split(envelope, old.Replaces!));
    }
}
