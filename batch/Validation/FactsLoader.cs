using MyNumber.Batch.Database;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Reading;
using MyNumber.Templates.Documents;
using Npgsql;

namespace MyNumber.Batch.Validation;

/// <summary>One application with all that the rules may know of it.</summary>
/// <param name="Decided">How many answers of keyers are in it.</param>
public sealed record LoadedApplication(string Key, ApplicationFacts Facts, int Decided);

/// <summary>Loads facts for many applications in a fixed number of statements.</summary>
public sealed class FactsLoader(NpgsqlDataSource database, ApplicationKeys keys, NumberVault numbers, Policy policy)
{
    private const string ApplicationsSql = """
        SELECT key, channel = 'mail', received_on, application_id, agent_accepted, photo_exempted,
          EXISTS (SELECT FROM finding WHERE finding.application_key = application.key AND finding.rule = 'R03'),
          EXISTS (SELECT FROM finding WHERE finding.application_key = application.key AND finding.rule = 'R24'
            AND finding.severity = 'review')
        FROM application WHERE key = ANY($1)
        """;

    private const string FormsSql = """
        SELECT application_id, resident_id, kind, printed_name, printed_address, masked, void FROM form
        WHERE application_id = ANY($1)
        """;

    private const string ResidentsSql = """
        SELECT resident_id, name, name_kana, address, birth_date, registered_on, left_on, adult_ward,
          alternative_letters <> '', number_hash
        FROM resident WHERE resident_id = ANY($1) OR number_hash = ANY($2)
        """;

    private const string CardsSql = """
        SELECT resident_id, valid_until, replacement_approved, CASE WHEN order_id IS NOT NULL THEN issued_on END FROM card
        WHERE resident_id = ANY($1) AND state = 'delivered' AND valid_until IS NOT NULL
        """;

    // R20's photograph is 45 mm high; a scan of more than twice that shows more than a photograph.
    private const double LoosePhotoMmMax = 100;

    private sealed record ApplicationRow(
        string Key, bool ByMail, DateOnly ReceivedOn, string? ApplicationId, bool Agent, bool Photo, bool Used, bool Shared);

    /// <summary>Loads them in key order. One whose key was destroyed is left out: nothing of it can be read.</summary>
    public async Task<IReadOnlyList<LoadedApplication>> LoadAsync(
        IReadOnlyCollection<string> applicationKeys, DateOnly businessDate, CancellationToken cancellation)
    {
        var readings = await ReadingStore.LoadAsync(database, keys, applicationKeys, cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = (await Query(ApplicationsSql, row => new ApplicationRow(
            row.GetString(0), row.GetBoolean(1), row.GetFieldValue<DateOnly>(2), row.IsDBNull(3) ? null : row.GetString(3),
            row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6), row.GetBoolean(7)), [applicationKeys.ToArray()]))
                .ToDictionary(r => r.Key);
        var drafts = readings.Select(reading => (reading, facts: Draft(rows[reading.Key], reading, businessDate))).ToList();

        var forms = (await Query(
            FormsSql,
            row => (Id: row.GetString(0), Resident: row.GetString(1), Facts: new FormFacts(
                row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetBoolean(6))),
            [drafts.Select(draft => draft.facts.ApplicationId).OfType<string>().Distinct().ToArray()]))
            .ToDictionary(form => form.Id);
        var hashes = drafts.Select(draft => NumberHash(draft.facts)).OfType<byte[]>().ToArray();
        var residents = await Query(
            ResidentsSql,
            row => (Facts: new ResidentFacts(
                row.GetString(0), row.GetString(1), Placeholders.Without(row.GetString(2)), row.GetString(3),
                    row.GetFieldValue<DateOnly>(4),
                row.GetFieldValue<DateOnly>(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateOnly>(6), row.GetBoolean(7),
                row.GetBoolean(8)), Hash: row.IsDBNull(9) ? "" : Convert.ToHexString(row.GetFieldValue<byte[]>(9))),
            forms.Values.Select(form => form.Resident).Distinct().ToArray(), hashes);
        var byId = residents.ToDictionary(resident => resident.Facts.ResidentId, resident => resident.Facts);
        var byHash = residents.Where(r => r.Hash.Length > 0).ToDictionary(r => r.Hash, r => r.Facts);
        var former = (await Query(
            "SELECT number_hash, resident_id FROM former_number WHERE number_hash = ANY($1)",
            row => (Hash: Convert.ToHexString(row.GetFieldValue<byte[]>(0)), Resident: row.GetString(1)), [hashes]))
            .ToDictionary(number => number.Hash, number => number.Resident);
        var cards = (await Query(
            CardsSql,
            row => (Resident: row.GetString(0), Card: new HeldCard(
                row.GetFieldValue<DateOnly>(1), row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateOnly>(3))),
            [byId.Keys.ToArray()])).ToLookup(card => card.Resident, card => card.Card);

        return [.. drafts.Select(draft =>
        {
            var hash = NumberHash(draft.facts) is { } bytes ? Convert.ToHexString(bytes) : null;
            var form = draft.facts is { IdentifiesByNumber: false, ApplicationId: { } id } && forms.TryGetValue(id, out var f)
                ? f : default;
            var resident = draft.facts.IdentifiesByNumber
                ? hash is null ? null : byHash.GetValueOrDefault(hash)
                : form.Resident is null ? null : byId[form.Resident];
            return new LoadedApplication(
                draft.reading.Key,
                draft.facts with
                {
                    Form = form.Facts,
                    Resident = resident,
                    NumberWasChanged = resident is null && hash is not null && former.ContainsKey(hash),
                    FormerHolder = resident is null && hash is not null ? former.GetValueOrDefault(hash) : null,
                    Cards = resident is null ? [] : [.. cards[resident.ResidentId]],
                },
                draft.reading.Decisions.Count);
        })];

        Task<IReadOnlyList<T>> Query<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] parameters) =>
            Sql.QueryAsync(connection, null, sql, read, cancellation, parameters);
    }

    private ApplicationFacts Draft(ApplicationRow row, ApplicationReading reading, DateOnly businessDate) => new()
    {
        ByMail = row.ByMail,
        ReceivedOn = row.ReceivedOn,
        BusinessDate = businessDate,
        Policy = policy,
        OnlineApplicationId = row.ByMail ? null : row.ApplicationId,
        Front = reading.Front,
        Back = reading.Back,
        // Millimetres are a scan's; what a sent file says of them means nothing.
        SeparatePhoto = row.ByMail ? reading.Photo?.Reading?.Photo
            : reading.Photo?.Reading?.Photo is { } sent ? sent with { WidthMm = null, HeightMm = null } : null,
        // That we cannot read a file, or got a whole page that the photograph lies on, is no fault of the applicant's.
        SeparatePhotoUnreadable = reading.Photo is { Reading: null } || (row.ByMail
            && reading.Photo is { Reading.Photo: { Present: false } or { HeightMm: > LoosePhotoMmMax } }),
        // By mail nobody sent a file, so R21 says nothing of it.
        PhotoFileFindings = row.ByMail ? [] : reading.Photo?.Reading?.Findings ?? [],
        Online = reading.Online is not { } online ? null : new OnlineFacts(
            online.BirthDate, online.Braille, online.NoSignatureCertificate, online.NoUserCertificate,
            online.RepresentativeName, online.RepresentativeRelation),
        FormWasUsed = row.Used,
        PhotoIsShared = row.Shared,
        AgentAccepted = row.Agent,
        PhotoExempted = row.Photo,
        Decisions = reading.Decisions,
    };

    // Twelve digits are a number to look up whatever their check digit says: a keyer may have confirmed a wrong one (R07).
    private byte[]? NumberHash(ApplicationFacts facts) =>
        facts.IdentifiesByNumber
        && facts.Field("individual_number") is { State: FieldState.Read, Value: { Length: 12 } number }
            ? numbers.Hash(number) : null;
}
