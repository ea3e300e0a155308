using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>
/// R43. Pieces of Individual Number Notices that are not sealed yet, against the register of the day: who died, left or has
/// another number falls out; whoever does not share the envelope any more gets a piece of their own, or the piece is
/// stopped where only the seal finds it out. Who shares one, <see cref="Envelopes"/> says.
/// </summary>
internal static class OpenEnvelopes
{
    /// <summary>Why a piece is stopped at the seal: its people are wanted anew the next night.</summary>
    public const string HouseholdChanged = "household-changed";

    private const string IsOpen = "piece.state IN ('wanted', 'withheld') AND piece.drop_id IS NOT DISTINCT FROM $2::bigint";

    // A number that is on no page yet is owed again if its person comes back.
    private const string ReleaseSql = $"""
        WITH gone AS (
          DELETE FROM notified_number AS owed USING piece
          WHERE piece.product = '{NumberNotices.Name}' AND {IsOpen} AND owed.piece_id = piece.piece_id
            AND NOT EXISTS (
              SELECT 1 FROM resident
              WHERE resident.resident_id = owed.resident_id AND resident.number_hash = owed.number_hash
                AND (resident.left_on IS NULL OR resident.left_on > $1))
          RETURNING owed.piece_id, owed.resident_id)
        UPDATE form SET void = true FROM gone WHERE form.piece_id = gone.piece_id AND form.resident_id = gone.resident_id
        """;

    private const string PeopleSql = $"""
        SELECT owed.number_hash, piece.piece_id, {Recipient.Columns}, piece.subject, piece.resident_id
        FROM piece
        JOIN notified_number AS owed ON owed.piece_id = piece.piece_id
        JOIN resident ON resident.resident_id = owed.resident_id AND resident.number_hash = owed.number_hash
        WHERE piece.product = '{NumberNotices.Name}' AND {IsOpen} AND $1::date IS NOT NULL
        """;

    // The addressee is one of those who are in it; with one person left, the piece carries that person's ID.
    private const string StayingSql = """
        WITH staying AS (
          SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS new (piece_id, resident_id, municipality_code))
        UPDATE piece SET resident_id = staying.resident_id, municipality_code = staying.municipality_code,
          application_id = (
            SELECT CASE WHEN count(*) = 1 THEN min(form.application_id) END FROM form
            WHERE form.piece_id = piece.piece_id AND NOT form.void)
        FROM staying WHERE piece.piece_id = staying.piece_id
        """;

    private const string HistorySql = """
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'piece', piece_id, $3, 'split', $4, new_id
        FROM unnest($1::text[], $2::text[]) AS split (piece_id, new_id) ORDER BY piece_id COLLATE "C", new_id COLLATE "C"
        """;

    /// <summary>Splits every piece that lies in no drop and whose people do not share an envelope any more.</summary>
    /// <returns>The pieces whose people changed, the new ones among them: they are built again.</returns>
    public static async Task<IReadOnlyList<string>> SplitAsync(
        StoreContext context, Ids ids, string by, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, ReleaseSql, cancellation, context.BusinessDate, null);
        var (owed, pieces) = await LoadAsync(context, null, cancellation);
        var staying = pieces
            .Select(piece => (Piece: piece, Envelope: Envelopes.Staying(piece.Envelopes, piece.Subject))).ToList();
        var splitting = staying.Where(one => one.Piece.Envelopes.Count > 1)
            .Select(one => (one.Piece.PieceId, Wanted: one.Piece.Envelopes.Where(envelope => envelope != one.Envelope)
                .Select(envelope => NumberNotices.Split(envelope, one.Piece.PieceId)).ToList())).ToList();
        var made = new HashSet<(string Origin, string New)>();
        var failed = await context.StoreEachAsync(
            WantedPieces.Item, splitting, one => one.PieceId,
            async (some, cancel) => made.UnionWith(
                await SplitAsync(context, ids, [.. some.SelectMany(one => one.Wanted)], owed, by, cancel)),
            cancellation);
        // One that could not be split stays mixed, and is withheld for it when it is built.
        await context.TellAsync(failed, WantedPieces.Item, "withheld", cancellation);
        var whole = failed.Select(piece => piece.Subject).ToHashSet();
        return
        [
            .. await AddressAsync(context, staying, cancellation),
            .. made.Where(one => !whole.Contains(one.Origin)).Select(one => one.New).Order(StringComparer.Ordinal),
        ];
    }

    private static async Task<IEnumerable<(string Origin, string New)>> SplitAsync(
        StoreContext context, Ids ids, IReadOnlyList<WantedPiece> wanted, IReadOnlyList<OwedNumber> owed, string by,
        CancellationToken cancellation)
    {
        var newIds = await NumberNotices.AddAsync(context, ids, wanted, owed, cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, HistorySql, cancellation, wanted.Select(piece => piece.SplitFrom!).ToArray(),
            newIds.ToArray(), context.BusinessDate, by);
        return wanted.Zip(newIds, (piece, id) => (piece.SplitFrom!, id));
    }

    /// <summary>
    /// At the seal: who left falls out, and every piece of the drop whose people do not share an envelope any more is named.
    /// </summary>
    public static async Task<IReadOnlyList<SuppressedPiece>> MixedAsync(
        StoreContext context, long dropId, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, ReleaseSql, cancellation, context.BusinessDate, dropId);
        var (_, pieces) = await LoadAsync(context, dropId, cancellation);
        await AddressAsync(
            context, [.. pieces.Where(piece => piece.Envelopes.Count == 1).Select(piece => (piece, piece.Envelopes[0]))],
            cancellation);
        return
        [
            .. pieces.Where(piece => piece.Envelopes.Count > 1)
                .Select(piece => new SuppressedPiece(piece.PieceId, HouseholdChanged))
                .OrderBy(piece => piece.PieceId, StringComparer.Ordinal),
        ];
    }

    private static async Task<(IReadOnlyList<OwedNumber> Owed, List<OpenPiece> Pieces)> LoadAsync(
        StoreContext context, long? dropId, CancellationToken cancellation)
    {
        const int subject = Recipient.ColumnCount + 2;
        var rows = await Sql.QueryAsync(
            context.Connection, context.Transaction, PeopleSql,
            row => (Owed: NumberNotices.ReadOwed(row), Subject: row.GetString(subject), Addressee: row.GetString(subject + 1)),
            cancellation, context.BusinessDate, dropId);
        return (
            [.. rows.Select(row => row.Owed)],
            [
                .. rows.GroupBy(row => row.Owed.PieceId!).Select(piece => new OpenPiece(
                    piece.Key, piece.First().Subject, piece.First().Addressee,
                    Envelopes.Of(piece.Select(row => row.Owed.Person)))).OrderBy(piece => piece.PieceId, StringComparer.Ordinal),
            ]);
    }

    // Only what changes is written: a piece that was split, or whose addressee is not in it any more.
    private static async Task<IReadOnlyList<string>> AddressAsync(
        StoreContext context, IReadOnlyList<(OpenPiece Piece, Envelope Envelope)> staying, CancellationToken cancellation)
    {
        var changed = staying.Where(one => one.Piece.Envelopes.Count > 1
            || one.Envelope.People.All(person => person.ResidentId != one.Piece.Addressee)).ToList();
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, StayingSql, cancellation, changed.Select(one => one.Piece.PieceId).ToArray(),
            changed.Select(one => one.Envelope.People[0].ResidentId).ToArray(),
            changed.Select(one => one.Envelope.MunicipalityCode).ToArray());
        return [.. changed.Select(one => one.Piece.PieceId)];
    }

    private sealed record OpenPiece(string PieceId, string Subject, string Addressee, IReadOnlyList<Envelope> Envelopes);
}
