using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Validation;

/// <summary>An application whose photograph others sent too.</summary>
/// <param name="State">Its state before this night's validation.</param>
/// <param name="ResidentId">Whose it is; null while that is not certain: it is asked again once it is.</param>
/// <param name="Asked">A person is asked about it already.</param>
/// <param name="Answered">A person has answered.</param>
public sealed record PhotoSharer(string Key, string State, string? ResidentId, bool Asked, bool Answered);

/// <summary>What follows for the applications that share one photograph.</summary>
/// <param name="Ask">Keys of those that a person must look at now.</param>
/// <param name="Withdraw">Keys of those that nobody needs to look at any more.</param>
/// <param name="Ordered">Keys whose card is ordered already, with those that are asked about because of them.</param>
public sealed record PhotoVerdict(
    IReadOnlyList<string> Ask, IReadOnlyList<string> Withdraw, IReadOnlyList<(string Ordered, string Asked)> Ordered);

/// <summary>R24. One photograph in live applications of two residents: a person looks at each, whose face it shows.</summary>
/// <remarks>
/// Decided over all of them in one statement of the plan, so that it does not matter who is judged first. Live is also what
/// waits or is superseded, as it may win yet, and what was delivered, as long as its photograph is kept. Once asked, the
/// question stands until it is answered, whatever becomes of the others: what a photograph shows does not hang on that.
/// `ok` settles it for good. `other-person` makes the application incomplete: its applicant is asked for an own photograph.
/// </remarks>
public static class SamePhotograph
{
    /// <summary>The rule's id.</summary>
    public const string Id = "R24";

    /// <summary>The review item's field.</summary>
    public const string Field = "photo_person";

    /// <summary>A person's answer: it shows the applicant.</summary>
    public const string Applicant = "ok";

    /// <summary>A person's answer: it shows somebody else.</summary>
    public const string OtherPerson = "other-person";

    /// <summary>Alert: a card was ordered with a photograph that another resident sent as well.</summary>
    public const string AlertCode = "photograph-shared";

    private static readonly string[] Open = ["received", "review", "waiting", "selected", "superseded"];

    private static readonly string[] Made = ["ordered", "issued"];

    /// <summary>Findings: a question, until a person has said whose face it is.</summary>
    public static IEnumerable<Finding> Check(ApplicationFacts facts) => facts.Answer(Field) switch
    {
        Applicant => [],
        OtherPerson => [Finding.Incomplete(Id, "photo-other-person")],
        _ => facts.PhotoIsShared ? [Finding.Review(Id, "same-photograph", Field)] : [],
    };

    /// <summary>Decides over all applications that share one photograph.</summary>
    public static PhotoVerdict Decide(IReadOnlyList<PhotoSharer> sharers)
    {
        var (ask, withdraw, ordered) = (new List<string>(), new List<string>(), new List<(string, string)>());
        foreach (var sharer in sharers.Where(sharer => Open.Contains(sharer.State) && sharer.ResidentId is not null))
        {
            var others = sharers.Where(other => other.ResidentId is not null && other.ResidentId != sharer.ResidentId
                && (sharer.Asked || Open.Contains(other.State) || Made.Contains(other.State))).ToList();
            if (others.Count > 0 && !sharer.Answered && !sharer.Asked)
            {
                ask.Add(sharer.Key);
                ordered.AddRange(others.Where(other => Made.Contains(other.State)).Select(other => (other.Key, sharer.Key)));
            }
            else if (others.Count == 0 && sharer.Asked)
            {
                withdraw.Add(sharer.Key);
            }
        }

        return new PhotoVerdict(ask, withdraw, ordered);
    }

    // Only photographs of which an application is judged tonight: for the others nothing has changed.
    private const string SharedSql = $"""
        WITH turn AS (
          SELECT DISTINCT scan.photo_hash FROM application JOIN scan ON scan.application_key = application.key
          WHERE application.to_validate AND application.state IN ('received', 'review', 'waiting', 'selected', 'superseded')
            AND {Counts}),
        shared AS (
          SELECT scan.photo_hash, scan.application_key AS key
          FROM turn JOIN scan USING (photo_hash) WHERE {Counts}
          GROUP BY scan.photo_hash, scan.application_key)
        SELECT shared.photo_hash, application.key, application.state, application.resident_id,
          EXISTS (SELECT FROM finding WHERE application_key = application.key AND rule = '{Id}' AND severity = 'review'),
          EXISTS (SELECT FROM review_item WHERE application_key = application.key AND field = '{Field}'
            AND review_item.state = 'decided')
        FROM shared JOIN application USING (key)
        WHERE shared.photo_hash IN (SELECT photo_hash FROM shared GROUP BY photo_hash HAVING count(*) > 1)
        ORDER BY shared.photo_hash COLLATE "C", application.key
        """;

    private const string Counts = "scan.kind = 'photo' AND scan.photo_hash IS NOT NULL AND scan.state IN ('read', 'review')";

    // $3 all that share: who is asked and shares none any more has a new photograph.
    private const string WriteSql = $"""
        WITH alone AS (
          SELECT finding.application_key FROM finding JOIN application ON application.key = finding.application_key
          WHERE finding.rule = '{Id}' AND finding.severity = 'review' AND application.to_validate
            AND application.state IN ('received', 'review', 'waiting', 'selected', 'superseded')
            AND application.key <> ALL($3)),
        gone AS (
          DELETE FROM finding WHERE rule = '{Id}' AND (application_key = ANY($2)
            OR application_key IN (SELECT application_key FROM alone))),
        found AS (
          INSERT INTO finding (application_key, rule, severity, detail)
          SELECT key, '{Id}', 'review', 'same-photograph' FROM unnest($1::text[]) AS key
          ON CONFLICT DO NOTHING)
        UPDATE application SET to_validate = true WHERE key = ANY($1) OR key = ANY($2)
        """;

    /// <summary>Decides for every photograph that several applications sent, one of which is to be validated.</summary>
    internal static async Task DecideAsync(StoreContext context, FactsLoader loader, CancellationToken cancellation)
    {
        var rows = await Sql.QueryAsync(
            context.Connection, context.Transaction, SharedSql,
            row => (Hash: row.GetString(0), Sharer: new PhotoSharer(
                row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetBoolean(4),
                row.GetBoolean(5))), cancellation);
        // Whose a new application is, or a handwritten one, stands in what was sent and read, which is encrypted: only these
        // few are opened.
        var unsure = rows.Where(row => IsUnsure(row.Sharer)).Select(row => row.Sharer.Key).Distinct().ToList();
        var residents = (await loader.LoadAsync(unsure, context.BusinessDate, cancellation))
            .ToDictionary(loaded => loaded.Key, loaded => ApplicationRules.Judge(loaded.Facts).ResidentId);
        var verdicts = rows.GroupBy(row => row.Hash).Select(group => Decide([.. group.Select(row =>
            IsUnsure(row.Sharer) ? row.Sharer with { ResidentId = residents.GetValueOrDefault(row.Sharer.Key) } : row.Sharer)]))
            .ToList();
        var ask = verdicts.SelectMany(verdict => verdict.Ask).Distinct().Order(StringComparer.Ordinal).ToArray();
        // Two loose photographs of one application may be shared with different ones.
        var withdraw = verdicts.SelectMany(verdict => verdict.Withdraw).Except(ask).Distinct().ToArray();
        await Sql.ExecuteAsync(context.Connection, context.Transaction, WriteSql, cancellation, ask, withdraw,
            rows.Select(row => row.Sharer.Key).ToArray());
        foreach (var card in verdicts.SelectMany(verdict => verdict.Ordered).Distinct().GroupBy(pair => pair.Ordered, pair => pair.Asked))
        {
            await Alerts.RaiseAsync(
                context.Connection, context.Transaction, AlertCode, card.Key,
                $"A card was ordered for application {card.Key} with the photograph that came with {Names([.. card])} of another "
                + "resident, which now waits in review. Look at all of them; where this card shows somebody else, its "
                + "municipality must not hand it over and cancels the application.",
                context.Now, cancellation);
        }
    }

    /// <summary>The other applications with the photograph of one that a person is asked about, for that person.</summary>
    public static async Task<IReadOnlyList<string>> OthersAsync(
        NpgsqlDataSource database, string key, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT DISTINCT scan.application_key FROM scan AS own
            JOIN scan ON scan.photo_hash = own.photo_hash AND scan.application_key <> own.application_key
            WHERE own.application_key = $1 ORDER BY 1
            """,
            row => row.GetString(0), cancellation, key);
    }

    // A new one has the resident of its form, but may turn out to be a wrong guess of it (R02).
    private static bool IsUnsure(PhotoSharer sharer) =>
        Open.Contains(sharer.State) && (sharer.ResidentId is null || sharer.State == "received");

    private static string Names(IReadOnlyList<string> keys) =>
        string.Join(", ", keys.Order(StringComparer.Ordinal).Take(KeysNamedMax)) + (keys.Count > KeysNamedMax ? " …" : "");

    private const int KeysNamedMax = 10;
}
