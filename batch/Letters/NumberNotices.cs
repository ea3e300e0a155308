using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Register;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Letters;

namespace MyNumber.Batch.Letters;

/// <summary>A number that is owed to a person of the register.</summary>
/// <param name="NumberHash">Keyed hash of the number.</param>
/// <param name="PieceId">The piece that carries it, or carried it last; null where none did.</param>
internal sealed record OwedNumber(byte[] NumberHash, string? PieceId, Recipient Person);

/// <summary>
/// R80. Individual Number Notices: once for a new number, one envelope a household with a notice and a form for each new
/// person in it; R43 before the household rule: a protected person gets an envelope of their own.
/// </summary>
public static class NumberNotices
{
    /// <summary>Its name.</summary>
    public const string Name = IndividualNumberNotice.Name;

    /// <summary>The table of registered-mail numbers.</summary>
    internal const string RegisteredTable = "registered.csv";

    /// <summary>The product.</summary>
    public static Product Product { get; } = new(Name)
    {
        Documents = [new(IndividualNumberNotice.Document, "form+return-envelope+notice")],
        WantAsync = WantAsync,
        StopRule = new(StopSql),
        Build = draft => draft.Outside with
        {
            HouseholdHead = draft.Outside.ToName,
            Persons = [.. draft.Persons.Select(one => one.Person.ToPrint(one.ApplicationId, draft.Day, draft.Numbers))],
            RegisteredNumber = draft.Row.RegisteredNumber,
            ReturnEnvelopeValidUntil = draft.Policy.ReturnEnvelopeValidUntil,
            ApplicationId = null,
        },
        FormKind = RegistryForms.Notice,
        SheetsOfPersons = IndividualNumberNotice.SheetsOf,
        IsRegistered = true,
        Tables =
        [
            new(
                RegisteredTable, ["piece_id", "sequence", "registered_number"],
                "SELECT piece_id, sequence, registered_number FROM piece WHERE drop_id = $1 ORDER BY sequence")
            {
                Fault = row => RegisteredNumber.IsValid(row[2]) ? null : ("check-digit", "registered_number"),
            },
        ],
        Checks =
        [
            new(
                "new Individual Numbers notified once: numbers = numbers of living pieces",
                """
                SELECT (SELECT count(*) FROM notified_number),
                       (SELECT count(*) FROM notified_number JOIN piece USING (piece_id)
                        WHERE NOT EXISTS (SELECT 1 FROM piece AS next WHERE next.replaces = piece.piece_id))
                """),
            new(
                "numbers on pieces on the way = forms beside them",
                $"""
                SELECT (SELECT count(*) FROM notified_number JOIN piece USING (piece_id)
                        WHERE piece.state NOT IN ('suppressed', 'spoiled', 'refused', 'destroyed') AND NOT piece.lost),
                       (SELECT count(*) FROM form JOIN piece ON piece.piece_id = form.piece_id
                        WHERE piece.product = '{Name}' AND NOT form.void
                          AND piece.state NOT IN ('suppressed', 'spoiled', 'refused', 'destroyed') AND NOT piece.lost)
                """),
        ],
    };

    private const string StopSql = """
        CASE WHEN NOT EXISTS (
          SELECT 1 FROM notified_number JOIN resident USING (resident_id, number_hash)
          WHERE notified_number.piece_id = piece.piece_id
            AND (resident.left_on IS NULL OR resident.left_on > $1)) THEN 'nobody-left' END
        """;

    // The second half: the seal found that the people of a piece do not share an envelope any more; or nobody of it was left
    // on the register, and somebody came back.
    private const string OwedSql = $"""
        SELECT resident.number_hash, NULL, {Recipient.Columns}
        FROM resident
        WHERE number_hash IS NOT NULL AND number_assigned_on IS NOT NULL AND first_seen_on <= $1
          AND number_assigned_on BETWEEN first_seen_on - $2 AND $1 AND registered_on <= $1
          AND (left_on IS NULL OR left_on > $1)
          AND NOT EXISTS (SELECT 1 FROM notified_number WHERE notified_number.number_hash = resident.number_hash)
        UNION ALL
        SELECT resident.number_hash, CASE stopped.reason WHEN '{OpenEnvelopes.HouseholdChanged}' THEN stopped.piece_id END,
          {Recipient.Columns}
        FROM piece AS stopped
        JOIN notified_number AS owed ON owed.piece_id = stopped.piece_id
        JOIN resident ON resident.resident_id = owed.resident_id AND resident.number_hash = owed.number_hash
        WHERE stopped.product = '{Name}' AND stopped.state = 'suppressed'
          AND (resident.left_on IS NULL OR resident.left_on > $1)
        """;

    /// <summary>
    /// Wants the notices that are due and remembers each number with its piece: whatever is asked, there is no second.
    /// </summary>
    private static async Task WantAsync(
        StoreContext context, NightServices services, CancellationToken cancellation)
    {
        var owed = await Sql.QueryAsync(
            context.Connection, context.Transaction, OwedSql, ReadOwed, cancellation, context.BusinessDate,
            services.Policy.NumberAssignedDaysMax);
        var wanted = new List<WantedPiece>();
        var households = new HashSet<string>();
        foreach (var origin in owed.GroupBy(number => number.PieceId).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            foreach (var envelope in Envelopes.Of(origin.Select(number => number.Person)))
            {
                wanted.Add(origin.Key is { } split
                    ? Split(envelope, split) : New(envelope, households, context.BusinessDate));
            }
        }

        await WantedPieces.AddEachAsync(
            context, wanted, (some, cancel) => AddAsync(context, services.Ids, some, owed, cancel), cancellation);
    }

    /// <summary>A new number's piece stands for the household, a further envelope of it for its first person.</summary>
    private static WantedPiece New(Envelope envelope, HashSet<string> households, DateOnly day) =>
        envelope.HouseholdId is { } household && households.Add(household)
            ? Piece(envelope, household, string.Create(CultureInfo.InvariantCulture, $"numbers:{day:yyyy-MM-dd}"))
            : Piece(
                envelope, envelope.People[0].ResidentId,
                string.Create(CultureInfo.InvariantCulture, $"number:{day:yyyy-MM-dd}"));

    /// <summary>R43: a further envelope of a piece whose people do not share one any more. No reprint.</summary>
    internal static WantedPiece Split(Envelope envelope, string origin) =>
        Piece(envelope, envelope.People[0].ResidentId, $"split:{origin}") with { SplitFrom = origin };

    /// <summary>A piece for an envelope.</summary>
    internal static WantedPiece Piece(Envelope envelope, string subject, string occasion) => new(
        Product, subject, occasion, IndividualNumberNotice.Document.Name, envelope.People[0].ResidentId, envelope.MunicipalityCode)
    {
        FormResidents = [.. envelope.People.Select(person => person.ResidentId)],
    };

    /// <summary>
    /// Wants pieces and puts the numbers of their people on them; the forms of the pieces before are void (R98).
    /// </summary>
    internal static async Task<IReadOnlyList<string>> AddAsync(
        StoreContext context, Ids ids, IReadOnlyList<WantedPiece> wanted, IReadOnlyList<OwedNumber> owed,
        CancellationToken cancellation)
    {
        var pieceIds = await WantedPieces.AddAsync(context, ids, wanted, cancellation);
        var pieceOf = wanted.Zip(pieceIds).Where(entry => entry.First.Product.IsForHouseholds)
            .SelectMany(entry => entry.First.FormResidents.Select(resident => (resident, Id: entry.Second)))
            .ToDictionary(entry => entry.resident, entry => entry.Id);
        var moving = owed.Where(number => pieceOf.ContainsKey(number.Person.ResidentId)).ToList();
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH new AS (
              SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[])
                AS new (number_hash, resident_id, piece_id, before_id)),
            voided AS (
              UPDATE form SET void = true FROM new
              WHERE form.piece_id = new.before_id AND form.resident_id = new.resident_id)
            INSERT INTO notified_number (number_hash, resident_id, piece_id)
            SELECT number_hash, resident_id, piece_id FROM new
            ON CONFLICT (number_hash) DO UPDATE SET resident_id = excluded.resident_id, piece_id = excluded.piece_id
            """,
            cancellation, moving.Select(number => number.NumberHash).ToArray(),
            moving.Select(number => number.Person.ResidentId).ToArray(),
            moving.Select(number => pieceOf[number.Person.ResidentId]).ToArray(),
            moving.Select(number => number.PieceId).ToArray());
        return pieceIds;
    }

    /// <summary>A row of (number_hash, piece_id or NULL, <see cref="Recipient.Columns"/>).</summary>
    internal static OwedNumber ReadOwed(Npgsql.NpgsqlDataReader row) => new(
        row.GetFieldValue<byte[]>(0), row.IsDBNull(1) ? null : row.GetString(1), Recipient.Read(row, 2));
}
