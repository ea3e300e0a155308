using MyNumber.Batch.Calendar;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Privacy;
using MyNumber.Templates.Documents;
using Npgsql;

namespace MyNumber.Batch.Printing;

/// <summary>One piece with all that it prints, as of a business date.</summary>
/// <param name="PieceId">Its id.</param>
/// <param name="Product">FORMATS.md, Products.</param>
/// <param name="ContentKey">Orders pieces of one postal code: subject, occasion, generation. Never an order of arrival.</param>
/// <param name="MunicipalityCode">On whose behalf it goes out now.</param>
/// <param name="Enclosures">Names joined by `+`, as the manifest has them.</param>
/// <param name="Data">What is printed.</param>
public sealed record BuiltPiece(
    string PieceId, string Product, string ContentKey, string MunicipalityCode, string Enclosures, PieceData Data)
{
    /// <summary>Why it may not be printed whatever it says; null where nothing speaks against it.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// Turns rows into <see cref="PieceData"/>: the register and the deadlines of the business date, the sentences of R52. Who
/// is in an envelope and where it goes (R43), <see cref="Envelopes"/> says. Individual Numbers are decrypted for the
/// Individual Number Notice alone.
/// </summary>
public sealed class PieceBuilder(Policy policy, NumberVault numbers)
{
    private const string Sql = $"""
        SELECT piece.piece_id, piece.product, piece.subject, piece.occasion, piece.generation, piece.document,
          piece.application_id, piece.registered_number,
          municipality.municipality_code, municipality.name, municipality.prefecture, municipality.pickup_place,
          municipality.pickup_address, municipality.pickup_phone, municipality.earliest_pickup_days,
          municipality.storage_months,
          card.valid_until, card.signature_certificate_until, card.user_certificate_until, card.extended_until,
          greatest(card.pickup_deadline, (
            SELECT max(named.deadline) FROM piece AS named
            WHERE piece.product = 'issuance-notice' AND named.product = 'issuance-notice'
              AND named.subject = piece.subject AND named.piece_id <> piece.piece_id AND named.state <> 'suppressed')),
          array(SELECT finding.rule || '/' || finding.detail FROM finding
                WHERE piece.product = 'incomplete-notice' AND finding.application_key = piece.subject
                  AND finding.severity = 'incomplete'
                ORDER BY finding.rule COLLATE "C", finding.detail COLLATE "C"),
          form.kind, {PersonColumns}
        FROM piece
        JOIN resident ON resident.resident_id = piece.resident_id
        JOIN municipality ON municipality.municipality_code = CASE
          WHEN piece.product = 'issuance-notice' THEN piece.municipality_code ELSE resident.municipality_code END
        LEFT JOIN card ON piece.product IN ('issuance-notice', 'validity-notice') AND card.ref = piece.subject
        LEFT JOIN form ON form.application_id = piece.application_id
        WHERE piece.piece_id = ANY ($1)
        ORDER BY piece.piece_id COLLATE "C"
        """;

    private const string PersonsSql = $"""
        SELECT notified_number.piece_id, form.application_id, {PersonColumns}
        FROM notified_number
        JOIN resident USING (resident_id, number_hash)
        JOIN form ON form.piece_id = notified_number.piece_id AND form.resident_id = resident.resident_id
        WHERE notified_number.piece_id = ANY ($1) AND NOT form.void AND (resident.left_on IS NULL OR resident.left_on > $2)
        ORDER BY notified_number.piece_id COLLATE "C", resident.birth_date, resident.resident_id
        """;

    private const string PersonColumns = $"""
        {Recipient.Columns}, resident.name_kana, resident.alternative_letters, resident.birth_date, resident.sex,
          resident.stay_until, resident.adult_ward, resident.number_cipher
        """;

    /// <summary>Builds some pieces, in the order of their ids. Reads only.</summary>
    /// <param name="connection">Where to read.</param>
    /// <param name="transaction">As a transaction sees it; null for committed rows.</param>
    /// <param name="pieceIds">Which.</param>
    /// <param name="day">The business date: deadlines and ages are counted from it.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<BuiltPiece>> BuildAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyCollection<string> pieceIds, DateOnly day,
        CancellationToken cancellation)
    {
        var ids = pieceIds.ToArray();
        var persons = (await Runs.Sql.QueryAsync(
                connection, transaction, PersonsSql,
                row => (Piece: row.GetString(0), Id: row.GetString(1), Person: Person.Read(row, 2)), cancellation, ids, day))
            .ToLookup(person => person.Piece, person => (person.Id, person.Person));
        return await Runs.Sql.QueryAsync(
            connection, transaction, Sql,
            row => Build(row, persons[row.GetString(0)].ToList(), day), cancellation, [ids]);
    }

    private BuiltPiece Build(NpgsqlDataReader row, List<(string Id, Person Person)> persons, DateOnly day)
    {
        var (product, document) = (row.GetString(1), row.GetString(5));
        var own = Person.Read(row, 23);
        var envelopes = Envelopes.Of(persons.Select(person => person.Person.Mail));
        var to = envelopes.Count == 0 ? Envelopes.To(own.Mail) : envelopes[0].To;
        // A page never shows one of another envelope; the piece is split, or stopped, before it could.
        var together = persons.Where(person => envelopes[0].People.Contains(person.Person.Mail)).ToList();
        var data = new PieceData
        {
            Document = document,
            PieceId = row.GetString(0),
            ToName = to.Name,
            ToPostalCode = to.PostalCode,
            ToAddress = to.Address,
            MunicipalityName = row.GetString(9),
            Prefecture = row.GetString(10),
            PrintedOn = day,
            ApplicationId = Text(row, 6),
            ApplicationSite = policy.ApplicationSite,
        };
        data = product switch
        {
            NumberNotices.Product => data with
            {
                HouseholdHead = to.Name,
                Persons = [.. together.Select(person => person.Person.ToPrint(person.Id, day, numbers))],
                RegisteredNumber = Text(row, 7),
                ReturnEnvelopeValidUntil = policy.ReturnEnvelopeValidUntil,
                ApplicationId = null,
            },
            IssuanceNotices.Product => Pickup(WithPerson(data, own, day), row, day),
            _ => WithPerson(data, own, day) with
            {
                Kind = Text(row, 22),
                IssuedOn = day,
                ReturnEnvelopeValidUntil = policy.ReturnEnvelopeValidUntil,
                CardValidUntil = Day(row, 16),
                SignatureCertificateUntil = Day(row, 17),
                UserCertificateUntil = Day(row, 18),
                OriginalMark = product == IncompleteNotices.Product ? row.GetString(2) : null,
                Errors = product == IncompleteNotices.Product ? Errors(row.GetFieldValue<string[]>(21)) : null,
            },
        };
        var contentKey = $"{row.GetString(2)}|{row.GetString(3)}|{row.GetInt32(4):D6}";
        return new(data.PieceId, product, contentKey, row.GetString(8), EnclosuresOf(document), data)
        {
            Problem = envelopes.Count > 1 ? OpenEnvelopes.HouseholdChanged : null,
        };
    }

    private static PieceData WithPerson(PieceData data, Person person, DateOnly day) => data with
    {
        Name = person.Mail.Name,
        NameKana = person.NameKana,
        AlternativeLetters = person.AlternativeLetters,
        BirthDate = person.BirthDate,
        Sex = person.Sex,
        PostalCode = person.Mail.PostalCode,
        Address = person.Mail.Address,
        StayUntil = person.StayUntil,
        Under15OrWard = person.AdultWard || Age.On(person.BirthDate, day) < 15,
    };

    // R44, R45. First notice and reminder: storage counted from the business date of the drop. Asked for again: the same
    // deadline, that of a reminder on its way too. Never before a day that an extension, or an earlier notice, has named.
    private static PieceData Pickup(PieceData data, NpgsqlDataReader row, DateOnly day)
    {
        var (named, extended) = (Day(row, 20), Day(row, 19));
        var counted = CivilMonths.LastDay(day, row.GetInt32(15));
        var again = row.GetString(3) is not ("first" or "reminder") && named is not null;
        var deadline = Later(again ? named!.Value : Later(counted, named), extended);
        var earliest = day.AddDays(row.GetInt32(14));
        return data with
        {
            PickupPlace = row.GetString(11),
            PickupAddress = row.GetString(12),
            PickupPhone = row.GetString(13),
            Earliest = earliest < deadline ? earliest : deadline,
            Deadline = deadline,
            Reminder = row.GetString(3) == "reminder",
            CardValidUntil = Day(row, 16),
        };
    }

    private static string EnclosuresOf(string document) => document switch
    {
        "validity-notice-card" or "application-form" => "form+return-envelope",
        "validity-notice-certificates" => "reply-sheet+reply-envelope",
        "validity-notice-both" => "form+return-envelope+reply-sheet+reply-envelope",
        // The form of an incomplete notice is the applicant's original, by the pull list (R50).
        "incomplete-notice" or "individual-number-notice" => "form+return-envelope+notice",
        _ => "",
    };

    private static List<PieceError> Errors(string[] errors) =>
        [.. errors.Select(error => new PieceError(error[..error.IndexOf('/', StringComparison.Ordinal)], ErrorTexts.Of(error).Japanese))];

    private static DateOnly Later(DateOnly a, DateOnly? b) => b > a ? b.Value : a;

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateOnly? Day(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

    private sealed record Person(
        Recipient Mail, string NameKana, string AlternativeLetters, DateOnly BirthDate, string Sex, DateOnly? StayUntil,
        bool AdultWard, byte[]? NumberCipher)
    {
        public static Person Read(NpgsqlDataReader row, int at)
        {
            var rest = at + Recipient.ColumnCount;
            return new(
                Recipient.Read(row, at), row.GetString(rest), row.GetString(rest + 1), row.GetFieldValue<DateOnly>(rest + 2),
                row.GetString(rest + 3), Day(row, rest + 4), row.GetBoolean(rest + 5),
                row.IsDBNull(rest + 6) ? null : row.GetFieldValue<byte[]>(rest + 6));
        }

        public PiecePerson ToPrint(string applicationId, DateOnly day, NumberVault numbers) => new()
        {
            Name = Mail.Name,
            NameKana = NameKana,
            AlternativeLetters = AlternativeLetters,
            BirthDate = BirthDate,
            Sex = Sex,
            PostalCode = Mail.PostalCode,
            Address = Mail.Address,
            StayUntil = StayUntil,
            IndividualNumber = NumberCipher is null ? null : numbers.Decrypt(NumberCipher),
            ApplicationId = applicationId,
            IssuedOn = day,
        };
    }
}
