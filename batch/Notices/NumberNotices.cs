using System.Globalization;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Notices;

/// <summary>
/// R80. Individual Number Notices: once for a new number, one envelope a household with a notice and a form for each new
/// person in it; R43 before the household rule: a protected person gets an envelope of their own.
/// </summary>
public static class NumberNotices
{
    /// <summary>The product.</summary>
    public const string Product = "individual-number-notice";

    private const string Sql = """
        SELECT resident_id, number_hash, municipality_code, household_id, postal_code, address,
          delivery_address IS NOT NULL
        FROM resident
        WHERE number_hash IS NOT NULL AND number_assigned_on IS NOT NULL AND first_seen_on <= $1
          AND number_assigned_on >= first_seen_on - $2 AND (left_on IS NULL OR left_on > $1)
          AND NOT EXISTS (SELECT 1 FROM notified_number WHERE notified_number.number_hash = resident.number_hash)
        ORDER BY household_id COLLATE "C", resident_id COLLATE "C"
        """;

    /// <summary>Wants the notices that are due and remembers each number for ever: whatever is asked, there is no second.</summary>
    /// <returns>How many pieces.</returns>
    public static async Task<int> WantAsync(
        StoreContext context, Ids ids, Policy policy, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(policy);
        var people = await Runs.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row => new NewNumber(
                row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetString(2), row.GetString(3), row.GetString(4),
                row.GetString(5), row.GetBoolean(6)),
            cancellation, context.BusinessDate, policy.NumberAssignedDaysMax);
        var envelopes = Envelopes(people);
        var occasion = string.Create(CultureInfo.InvariantCulture, $"numbers:{context.BusinessDate:yyyy-MM-dd}");
        var pieceIds = await WantedPieces.AddAsync(
            context, ids,
            [.. envelopes.Select(envelope => new WantedPiece(
                Product, envelope.Subject, occasion, "individual-number-notice", envelope.People[0].ResidentId,
                envelope.People[0].MunicipalityCode)
            {
                FormKind = "notice",
                FormResidents = [.. envelope.People.Select(person => person.ResidentId)],
            })],
            cancellation);
        var numbers = envelopes.SelectMany((envelope, i) => envelope.People.Select(person => (person, Piece: pieceIds[i])))
            .ToList();
        await Runs.Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO notified_number (number_hash, resident_id, piece_id)
            SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[])
            """,
            cancellation, numbers.Select(number => number.person.NumberHash).ToArray(),
            numbers.Select(number => number.person.ResidentId).ToArray(),
            numbers.Select(number => number.Piece).ToArray());
        return envelopes.Count;
    }

    // Members of a household that are registered at another address cannot share its envelope: each gets their own.
    private static List<Envelope> Envelopes(IReadOnlyList<NewNumber> people)
    {
        var own = people.Where(person => person.Protected)
            .Select(person => new Envelope(person.ResidentId, [person]));
        var shared = people.Where(person => !person.Protected).GroupBy(person => person.HouseholdId).SelectMany(household =>
            household.GroupBy(person => (person.MunicipalityCode, person.PostalCode, person.Address))
                .Select((place, i) => new Envelope(i == 0 ? household.Key : place.First().ResidentId, [.. place])));
        return [.. own.Concat(shared).OrderBy(envelope => envelope.Subject, StringComparer.Ordinal)];
    }

    private sealed record NewNumber(
        string ResidentId, byte[] NumberHash, string MunicipalityCode, string HouseholdId, string PostalCode,
        string Address, bool Protected);

    private sealed record Envelope(string Subject, IReadOnlyList<NewNumber> People);
}
