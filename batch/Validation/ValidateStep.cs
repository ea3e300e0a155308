using MyNumber.Batch.Database;
using MyNumber.Batch.Lifecycle;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Reading;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Validation;

/// <summary>
/// Applies the rules to every application that is new or that something changed for. In: open applications with
/// to_validate. Out: their findings and questions to keyers anew, and the state `rejected`, `review`, `incomplete`, or
/// `received` without to_validate, which means valid: selection decides. Running it again changes nothing.
/// </summary>
public sealed class ValidateStep(NpgsqlDataSource database, ApplicationKeys keys, NumberVault numbers, Ids ids, Policy policy)
{
    /// <summary>Applications in one part.</summary>
    public const int ApplicationsPerPartMax = 500;

    private readonly FactsLoader _loader = new(database, keys, numbers, policy);

    /// <summary>For the engine.</summary>
    public StepDefinition Definition => new(
        "validate", Act.OfRows(PlanAsync), Act.Of(ComputeAsync, StoreAsync),
        [new BalanceCheck("applications read and not yet judged = held", JudgedSql)])
    {
        Items = async (part, cancellation) =>
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            return await KeysAsync(connection, null, part.Part.FromKey, part.Part.ToKey, cancellation);
        },
        Poison = PoisonAsync,
        Failed = async (application, context, cancellation) =>
        {
            await PoisonAsync(application.Subject, context, cancellation);
            return "review";
        },
    };

    // What intake or the read step hold is not this step's yet. A keyer's answer may come at any moment: it is for the
    // next night. A superseded one is judged again when its winner is gone, before it may win itself (R33).
    internal const string ToDo = """
        to_validate AND (state IN ('received', 'review', 'waiting', 'selected')
            OR (state = 'superseded' AND NOT EXISTS (SELECT FROM application AS winner
              WHERE winner.key = application.superseded_by AND winner.state IN ('selected', 'ordered', 'issued', 'void'))))
          AND (channel = 'mail' OR online_cipher IS NOT NULL)
          AND NOT EXISTS (SELECT FROM scan WHERE scan.application_key = application.key AND scan.state = 'received' AND NOT scan.waits)
        """;

    // Whom the step select could not decide for is judged again in the next night.
    private const string JudgedSql = $"""
        SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM item
          WHERE item.run_id = @run AND item.step_ordinal = @ordinal AND item.subject = application.key
            AND item.outcome = 'held')
          OR application.resident_id IN (SELECT item.subject FROM item
            JOIN step ON step.run_id = item.run_id AND step.ordinal = item.step_ordinal AND step.name = 'select'
            WHERE item.run_id = @run AND item.outcome = 'held'))
        FROM application WHERE {ToDo} AND state = 'received'
          AND NOT EXISTS (SELECT FROM review_item WHERE application_key = application.key AND review_item.state = 'decided')
          AND EXISTS (SELECT FROM key_slot WHERE application_key = application.key AND key_slot.state = 'live')
          AND @date::date IS NOT NULL
        """;

    private const string KnownResidentsSql = """
        UPDATE application SET resident_id = form.resident_id FROM form
        WHERE application.state = 'received' AND application.resident_id IS NULL
          AND form.application_id = application.application_id
        """;

    private const string KeyedIdsSql = """
        SELECT DISTINCT application.key FROM application
        JOIN review_item ON review_item.application_key = application.key
        WHERE review_item.field = 'application_id' AND review_item.state = 'decided' AND application.to_validate
          AND application.state IN ('received', 'review', 'waiting', 'selected')
        """;

    private async Task PlanAsync(StoreContext context, CancellationToken cancellation)
    {
        // Identified first, so that a move voids what was made before it also where both came in the same night (R36).
        await Sql.ExecuteAsync(context.Connection, context.Transaction, KnownResidentsSql, cancellation);
        await Timeline.ApplyAsync(context, policy, cancellation);
        await TakeKeyedIdsAsync(context, cancellation);
        await SamePhotograph.DecideAsync(context, _loader, cancellation);
        var undecided = await FormUse.DecideAsync(context, _loader, policy, cancellation);
        if (undecided.Count > 0)
        {
            await VerdictRows.StoreAsync(context, [.. undecided.Select(Unjudged)], ids, cancellation);
            await Sql.ExecuteAsync(
                context.Connection, context.Transaction, "UPDATE application SET to_validate = false WHERE key = ANY($1)",
                cancellation, undecided.ToArray());
        }

        var toDo = await KeysAsync(context.Connection, context.Transaction, null, null, cancellation);
        await context.PlanPartsAsync(
            [.. toDo.Chunk(ApplicationsPerPartMax).Select(chunk => new PlannedPart(chunk[0], chunk[^1]))], cancellation);
    }

    private async Task TakeKeyedIdsAsync(StoreContext context, CancellationToken cancellation)
    {
        var keyed = await Sql.QueryAsync(
            context.Connection, context.Transaction, KeyedIdsSql, row => row.GetString(0), cancellation);
        // One whose reading cannot be opened is judged without the keyed ID, and fails alone in its part.
        var failed = await context.StoreEachAsync("keyed-id", keyed, key => $"keyed-id:{key}", async (some, cancel) =>
        {
            var readings = await ReadingStore.LoadAsync(database, keys, [.. some], cancel);
            var decided = readings.Select(r => (r.Key, Id: r.Decisions.GetValueOrDefault("application_id", "")))
                .Where(r => ApplicationIdForm.IsWellFormed(r.Id)).ToList();
            await Sql.ExecuteAsync(
                context.Connection, context.Transaction,
                """
                UPDATE application SET application_id = new.id FROM unnest($1::text[], $2::text[]) AS new (key, id)
                WHERE application.key = new.key AND application.application_id IS DISTINCT FROM new.id
                """,
                cancel, decided.Select(r => r.Key).ToArray(), decided.Select(r => r.Id).ToArray());
        }, cancellation);
        await context.ReportAsync(failed, "keyed-id", "held", cancellation);
    }

    private static Task<IReadOnlyList<string>> KeysAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string? from, string? to, CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, transaction,
            $"""
            SELECT key FROM application WHERE {ToDo}
              AND ($1::text IS NULL OR key >= $1) AND ($2::text IS NULL OR key <= $2) ORDER BY key
            """,
            row => row.GetString(0), cancellation, from, to);

    private async Task<IReadOnlyList<Judged>> ComputeAsync(PartContext part, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var wanted = await KeysAsync(connection, null, part.Part.FromKey, part.Part.ToKey, cancellation);
        var loaded = await _loader.LoadAsync([.. wanted], part.BusinessDate, cancellation);
        return [.. loaded.Select(one => new Judged(
            one.Key, ApplicationRules.Judge(one.Facts), one.Facts.ApplicationId, one.Decided))];
    }

    private Task StoreAsync(IReadOnlyList<Judged> judged, StoreContext context, CancellationToken cancellation) =>
        VerdictRows.StoreAsync(context, judged, ids, cancellation);

    private Task PoisonAsync(string key, StoreContext context, CancellationToken cancellation) =>
        VerdictRows.StoreAsync(context, [Unjudged(key)], ids, cancellation);

    private static Judged Unjudged(string key) =>
        new(key, new Verdict([Finding.Review(ApplicationIdKnown.Id, "front-unreadable", "front")], null, "review"), null, 0);
}

/// <summary>An application with what the rules said.</summary>
internal sealed record Judged(string Key, Verdict Verdict, string? ApplicationId, int Decided);
