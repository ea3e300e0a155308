using MyNumber.Batch.Letters;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Privacy;
using MyNumber.Templates.Documents;
using Npgsql;

namespace MyNumber.Batch.Printing;

/// <summary>A person on a piece, as the register has them.</summary>
internal sealed record PiecePersonRow(
    Recipient Mail, string NameKana, string AlternativeLetters, DateOnly BirthDate, string Sex, DateOnly? StayUntil,
    bool AdultWard, byte[]? NumberCipher)
{
    public const string Columns = $"""
        {Recipient.Columns}, resident.name_kana, resident.alternative_letters, resident.birth_date, resident.sex,
          resident.stay_until, resident.adult_ward, resident.number_cipher
        """;

    public static PiecePersonRow Read(NpgsqlDataReader row, int at)
    {
        var rest = at + Recipient.ColumnCount;
        return new(
            Recipient.Read(row, at), row.GetString(rest), row.GetString(rest + 1), row.GetFieldValue<DateOnly>(rest + 2),
            row.GetString(rest + 3), PieceRow.Day(row, rest + 4), row.GetBoolean(rest + 5),
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

/// <summary>A piece with all rows that it is built from: only read here, so that no single one can fail the others.</summary>
internal sealed record PieceRow(
    string PieceId, string Product, string Subject, string Occasion, int Generation, string Document, string? ApplicationId,
    string? RegisteredNumber, string MunicipalityCode, string MunicipalityName, string Prefecture, string PickupPlace,
    string PickupAddress, string PickupPhone, int EarliestPickupDays, int StorageMonths, DateOnly? CardValidUntil,
    DateOnly? SignatureCertificateUntil, DateOnly? UserCertificateUntil, DateOnly? ExtendedUntil, DateOnly? NamedDeadline,
    IReadOnlyList<string> Errors, string? FormKind, bool NoticeInEnvelope, PiecePersonRow Addressee)
{
    /// <summary>The persons of a household's notice, each with the Application ID beside it.</summary>
    public IReadOnlyList<(string ApplicationId, PiecePersonRow Person)> Persons { get; init; } = [];

    // $2 products about cards, $3 those that the card's municipality sends, $4 those about applications.
    private const string Sql = $"""
        SELECT piece.piece_id, piece.product, piece.subject, piece.occasion, piece.generation, piece.document,
          piece.application_id, piece.registered_number,
          municipality.municipality_code, municipality.name, municipality.prefecture, municipality.pickup_place,
          municipality.pickup_address, municipality.pickup_phone, municipality.earliest_pickup_days,
          municipality.storage_months,
          card.valid_until, card.signature_certificate_until, card.user_certificate_until, card.extended_until,
          greatest(card.pickup_deadline, (
            SELECT max(named.deadline) FROM piece AS named
            WHERE piece.product = ANY ($3) AND named.product = piece.product
              AND named.subject = piece.subject AND named.piece_id <> piece.piece_id AND named.state <> 'suppressed')),
          array(SELECT finding.rule || '/' || finding.detail FROM finding
                WHERE piece.product = ANY ($4) AND finding.application_key = piece.subject
                  AND finding.severity = 'incomplete'
                ORDER BY finding.rule COLLATE "C", finding.detail COLLATE "C"),
          form.kind, municipality.notice_in_envelope, {PiecePersonRow.Columns}
        FROM piece
        JOIN resident ON resident.resident_id = piece.resident_id
        JOIN municipality ON municipality.municipality_code = CASE
          WHEN piece.product = ANY ($3) THEN piece.municipality_code ELSE resident.municipality_code END
        LEFT JOIN card ON piece.product = ANY ($2) AND card.ref = piece.subject
        LEFT JOIN form ON form.application_id = piece.application_id
        WHERE piece.piece_id = ANY ($1)
        ORDER BY piece.piece_id COLLATE "C"
        """;

    private const string PersonsSql = $"""
        SELECT notified_number.piece_id, form.application_id, {PiecePersonRow.Columns}
        FROM notified_number
        JOIN resident USING (resident_id, number_hash)
        JOIN form ON form.piece_id = notified_number.piece_id AND form.resident_id = resident.resident_id
        WHERE notified_number.piece_id = ANY ($1) AND NOT form.void AND (resident.left_on IS NULL OR resident.left_on > $2)
        ORDER BY notified_number.piece_id COLLATE "C", resident.birth_date, resident.resident_id
        """;

    /// <summary>Loads some pieces, in the order of their ids, in two statements.</summary>
    /// <param name="transaction">As a transaction sees it; null for committed rows.</param>
    /// <param name="products">The list that says what a product's pieces are about.</param>
    /// <param name="day">The business date: who left until then is on no notice.</param>
    public static async Task<IReadOnlyList<PieceRow>> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Products products, IReadOnlyCollection<string> pieceIds,
        DateOnly day, CancellationToken cancellation)
    {
        var ids = pieceIds.ToArray();
        var persons = (await Database.Sql.QueryAsync(
                connection, transaction, PersonsSql,
                row => (Piece: row.GetString(0), Id: row.GetString(1), Person: PiecePersonRow.Read(row, 2)), cancellation, ids, day))
            .ToLookup(person => person.Piece, person => (person.Id, person.Person));
        return await Database.Sql.QueryAsync(
            connection, transaction, Sql, row => Read(row) with { Persons = [.. persons[row.GetString(0)]] }, cancellation,
            ids, products.NamesWhere(product => product.Subject == SubjectKind.Card),
            products.NamesWhere(product => product.Sender == Sender.CardKeeper),
            products.NamesWhere(product => product.Subject == SubjectKind.Application));
    }

    internal static DateOnly? Day(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);

    private static PieceRow Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt32(4), row.GetString(5), Text(row, 6),
        Text(row, 7), row.GetString(8), row.GetString(9), row.GetString(10), row.GetString(11), row.GetString(12), row.GetString(13),
        row.GetInt32(14), row.GetInt32(15), Day(row, 16), Day(row, 17), Day(row, 18), Day(row, 19), Day(row, 20),
        row.GetFieldValue<string[]>(21), Text(row, 22), row.GetBoolean(23), PiecePersonRow.Read(row, 24));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
