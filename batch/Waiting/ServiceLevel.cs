using MyNumber.Batch.Letters;
using Npgsql;

namespace MyNumber.Batch.Waiting;

/// <summary>Late applications of one municipality that wait for one thing.</summary>
/// <param name="MunicipalityCode">Of the applicant, or of the card; empty where no resident was found.</param>
/// <param name="Cause">A stable code.</param>
/// <param name="OldestReceivedOn">The day on which the oldest was received.</param>
/// <param name="AgeDays">Days from then to the business date.</param>
/// <param name="OldestKeys">The keys of the oldest, <see cref="ServiceLevel.KeysMax"/> at most.</param>
public sealed record LateApplications(
    string MunicipalityCode, string Cause, string WaitsFor, long Number, DateOnly OldestReceivedOn, int AgeDays,
    IReadOnlyList<string> OldestKeys);

/// <summary>The service level as it stands.</summary>
/// <param name="DaysMax">Days from receipt in which the Issuance Notice is posted.</param>
/// <param name="Number">Applications under way that are later.</param>
/// <param name="Late">By municipality and cause.</param>
public sealed record ServiceLevelReport(int DaysMax, long Number, IReadOnlyList<LateApplications> Late);

/// <summary>
/// R41. Applications under way whose Issuance Notice was not posted within the policy's days from receipt, by municipality
/// and by what they wait for now. What ended (rejected, cancelled, void, superseded) waits for no notice.
/// </summary>
public static class ServiceLevel
{
    /// <summary>Keys that are named of each group.</summary>
    public const int KeysMax = 20;

    /// <summary>What an application may wait for, in its order: code and words.</summary>
    public static IReadOnlyList<(string Cause, string WaitsFor)> Causes { get; } =
    [
        ("not-decided", "taken in and not decided"),
        ("in-review", "in review"),
        ("incomplete", "incomplete: the applicant must act"),
        ("waiting", "waits for an earlier application"),
        ("not-ordered", "won, card not ordered"),
        ("not-arrived", "card ordered and not arrived"),
        ("no-pickup-details", "card arrived, pick-up details unknown"),
        ("card-expired", "card arrived, expired meanwhile"),
        ("holder-moved", "card arrived, holder registered elsewhere"),
        ("no-notice", "card arrived, no notice wanted"),
        ("notice-withheld", "notice withheld"),
        ("notice-wanted", "notice not in print yet"),
        ("in-print", "notice in print: not acknowledged or not posted"),
        ("notice-again", "notice spoiled, refused or lost: to be printed again"),
    ];

    // The newest notice of a card tells how far it is; a suppressed one is none.
    private const string Sql = $"""
        WITH late AS (
          SELECT application.key, application.received_on, coalesce(resident.municipality_code, '') AS municipality,
            CASE application.state WHEN 'received' THEN 'not-decided' WHEN 'review' THEN 'in-review'
              WHEN 'selected' THEN 'not-ordered' ELSE application.state END AS cause
          FROM application LEFT JOIN resident USING (resident_id)
          WHERE application.state IN ('received', 'review', 'incomplete', 'waiting', 'selected')
            AND application.received_on < @before
            AND NOT (application.state = 'incomplete' AND {WaitingSql.AppliedAnewSql})
          UNION ALL
          SELECT application.key, application.received_on, card.municipality_code,
            CASE WHEN card.state = 'ordered' THEN 'not-arrived'
              WHEN notice.lost OR notice.state IN ('spoiled', 'refused', 'destroyed') THEN 'notice-again'
              WHEN notice.state = 'withheld' THEN 'notice-withheld'
              WHEN notice.state = 'wanted' THEN 'notice-wanted'
              WHEN notice.state IS NOT NULL THEN 'in-print'
              WHEN municipality.municipality_code IS NULL OR NOT ({IssuanceNotices.PickupKnownSql}) THEN 'no-pickup-details'
              WHEN card.valid_until < @date THEN 'card-expired'
              WHEN resident.municipality_code <> card.municipality_code THEN 'holder-moved'
              ELSE 'no-notice' END
          FROM card JOIN application ON application.key = card.application_key
          JOIN resident ON resident.resident_id = card.resident_id
          LEFT JOIN municipality ON municipality.municipality_code = card.municipality_code
          LEFT JOIN LATERAL (
            SELECT piece.state, piece.lost FROM piece
            WHERE piece.product = '{IssuanceNotices.Name}' AND piece.subject = card.ref AND piece.state <> 'suppressed'
            ORDER BY piece.occasion = 'first' DESC, piece.generation DESC, piece.piece_id LIMIT 1) AS notice ON true
          WHERE card.state IN ('ordered', 'arrived') AND application.received_on < @before)
        SELECT municipality, cause, count(*), min(received_on),
          (array_agg(key ORDER BY received_on, key COLLATE "C"))[1:@keys]
        FROM late GROUP BY municipality, cause
        ORDER BY municipality COLLATE "C", cause COLLATE "C"
        """;

    /// <summary>The service level as of a business date.</summary>
    public static async Task<ServiceLevelReport> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Policy policy, DateOnly businessDate,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(policy);
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        command.Parameters.Add(new("before", businessDate.AddDays(-policy.IssuanceNoticeDaysMax)));
        command.Parameters.Add(new("date", businessDate));
        command.Parameters.Add(new("keys", KeysMax));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var words = Causes.ToDictionary(cause => cause.Cause, cause => cause.WaitsFor);
        var late = new List<LateApplications>();
        while (await reader.ReadAsync(cancellation))
        {
            var (cause, oldest) = (reader.GetString(1), reader.GetFieldValue<DateOnly>(3));
            late.Add(new LateApplications(
                reader.GetString(0), cause, words[cause], reader.GetInt64(2), oldest,
                businessDate.DayNumber - oldest.DayNumber, reader.GetFieldValue<string[]>(4)));
        }

        return new ServiceLevelReport(policy.IssuanceNoticeDaysMax, late.Sum(group => group.Number), late);
    }
}
