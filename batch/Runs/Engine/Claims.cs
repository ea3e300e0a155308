using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>A part that this worker holds now.</summary>
/// <param name="Ordinal">The step's place in the run, from 1.</param>
/// <param name="Part">The part with its fence.</param>
/// <param name="Attempts">
/// Claims so far, this one included, without those that ended in a transient error, a drain, or a death that tells nothing of
/// the part: its worker was lost together with its host.
/// </param>
/// <param name="TransientErrors">Transient errors of one class in a row.</param>
internal sealed record ClaimedPart(
    RunInfo Run, long StepId, int Ordinal, string StepName, PartInfo Part, int Attempts, int TransientErrors)
{
    /// <summary>It was in the hands of a worker that was evicted.</summary>
    public bool TakenOver { get; init; }

    /// <summary>A person has said that failing items are to be left out however many they are.</summary>
    public bool WithoutItemLimit { get; init; }

    /// <summary>So many of its claims were lost that it is worked with nothing beside it, where a death does count.</summary>
    public bool Alone { get; init; }

    /// <summary>Class of its last error; null where it had none.</summary>
    public string? ErrorClass { get; init; }
}

/// <summary>The claim: one statement, so that nothing can happen between finding a part and holding it.</summary>
internal static class Claims
{
    /// <summary>Claims of a part that were lost with their hosts, after which it is worked alone (ENGINE.md, rule 5).</summary>
    public const int LostMax = 5;

    // A living worker has such a part in hand: nothing else is claimed until it is done. The few leased parts have an index.
    private static readonly string NothingAlone = $"""
        NOT EXISTS (SELECT FROM part AS alone JOIN worker AS its ON its.id = alone.worker_id AND its.state = 'alive'
          WHERE alone.state = 'leased' AND alone.lost >= {LostMax})
        """;

    // A step's state tells which act its open parts have, so the order publish, close, plan, work is an order of steps,
    // and within a step the index gives the parts in key order: no claim ever sorts all open parts.
    // The claimer itself must be alive: an evicted worker takes nothing more.
    // A claim is not waited for on the disk; that would be half of what a small part costs. A server that crashes may forget
    // it: then the part is ready again, and whoever claims it next has the same epoch. Of the two only the first gets
    // through the fence, as it leaves nothing leased behind, and both would store the same.
    private static readonly string ClaimSql = $"""
        WITH best AS MATERIALIZED (
          SELECT next.id, next.taken_over
          FROM (
            SELECT step.id, step.ordinal, run.business_date,
              CASE step.state WHEN 'publishing' THEN 1 WHEN 'closing' THEN 2 WHEN 'planning' THEN 3 ELSE 4 END AS rank
            FROM step JOIN run ON run.id = step.run_id
            WHERE run.state = 'running' AND step.state IN ('planning', 'running', 'closing', 'publishing')
              AND {Breaker.ClosedSql}
              AND EXISTS (SELECT FROM worker WHERE worker.id = $1 AND worker.state = 'alive')
              AND {NothingAlone}
            ORDER BY rank, run.business_date, step.ordinal, step.id) AS open_step
          CROSS JOIN LATERAL (
            SELECT part.id, part.state = 'leased' AS taken_over FROM part
            WHERE part.step_id = open_step.id AND part.state IN ('ready', 'leased')
              AND (part.state = 'ready' AND (part.not_before IS NULL OR part.not_before <= now())
                OR part.state = 'leased' AND part.worker_id IN (SELECT worker.id FROM worker WHERE worker.state = 'dead'))
            ORDER BY part.from_key
            LIMIT 1 FOR UPDATE SKIP LOCKED) AS next
          ORDER BY open_step.rank, open_step.business_date, open_step.ordinal, open_step.id
          LIMIT 1)
        UPDATE part SET state = 'leased', worker_id = $1, epoch = epoch + 1, not_before = NULL,
          -- What is to be worked alone has not begun yet: it waits until nothing is beside it (BeginAloneAsync).
          started_at = CASE WHEN lost + (best.taken_over AND lost < {LostMax})::int < {LostMax} THEN $2 END,
          -- Of a dead worker nobody knows more yet: its claim is one that was lost. That it died alone is added by
          -- its host (Workers.DiedAloneAsync), before or after this, with the same sum. A death before the work alone began
          -- tells nothing either.
          attempts = attempts + CASE WHEN best.taken_over AND (lost < {LostMax} OR part.started_at IS NULL) THEN 0 ELSE 1 END,
          lost = lost + (best.taken_over AND lost < {LostMax})::int,
          takeovers = takeovers + best.taken_over::int
        FROM best, step, run, (SELECT set_config('synchronous_commit', 'off', true)) AS not_waited_for
        WHERE part.id = best.id AND step.id = part.step_id AND run.id = step.run_id
        RETURNING run.id, run.kind, run.business_date, run.scope, run.cut_off, step.id, step.ordinal, step.name,
          part.id, part.act, part.from_key, part.to_key, part.epoch, part.attempts, part.transient_errors, best.taken_over,
          part.without_item_limit, run.may_destroy, part.lost >= {LostMax}, part.error_class
        """;

    // For whoever wonders whether the fence is ever needed; the part itself is somebody else's by now.
    private const string FencedSql = "UPDATE part SET fenced = fenced + 1 WHERE id = $1";

    private static readonly string ClaimableFromSql = $"""
        FROM part JOIN step ON step.id = part.step_id JOIN run ON run.id = step.run_id
        WHERE run.state = 'running' AND step.state IN ('planning', 'running', 'closing', 'publishing')
          AND {Breaker.ClosedSql}
          AND {NothingAlone}
          AND part.state IN ('ready', 'leased')
          AND (part.state = 'ready' AND (part.not_before IS NULL OR part.not_before <= now())
            OR part.state = 'leased' AND part.worker_id IN (SELECT worker.id FROM worker WHERE worker.state = 'dead'))
        """;

    /// <summary>$1: wake-ups for each worker. The LIMIT keeps the look cheap however many parts are open.</summary>
    public static readonly string ClaimableSql = $"""
        SELECT count(*)::int FROM (
          SELECT 1 {ClaimableFromSql}
          LIMIT $1 * (SELECT count(*) FROM worker WHERE worker.state = 'alive')) AS claimable
        """;

    /// <summary>Any one part that can be claimed now: no order, so that the look stays cheap.</summary>
    public static readonly string OneClaimableSql = $"SELECT part.id, part.epoch {ClaimableFromSql} LIMIT 1";

    /// <summary>$1 and $2: the part with the epoch that it had.</summary>
    public static readonly string StillClaimableSql =
        $"SELECT part.id, part.epoch {ClaimableFromSql} AND part.id = $1 AND part.epoch = $2";

    public static async Task<ClaimedPart?> NextAsync(
        NpgsqlDataSource database, long workerId, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var claimed = await Sql.QueryAsync(
            connection, null, ClaimSql, Read, cancellation, workerId, now.ToUniversalTime());
        return claimed.Count == 0 ? null : claimed[0];
    }

    /// <summary>Parts in other living hands beside this one, and whether one of them is to be alone and was there first.</summary>
    public static async Task<(long Others, bool Yields)> BesideAsync(
        NpgsqlDataSource database, long partId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await Sql.QueryAsync(
            connection, null,
            $"""
            SELECT count(*), coalesce(bool_or(part.lost >= {LostMax} AND part.id < $1), false)
            FROM part JOIN worker ON worker.id = part.worker_id AND worker.state = 'alive'
            WHERE part.state = 'leased' AND part.id <> $1
            """,
            row => (row.GetInt64(0), row.GetBoolean(1)), cancellation, partId))[0];
    }

    /// <summary>The work on a part that is to be alone begins now: its death counts from here on (ENGINE.md, rule 5).</summary>
    public static async Task BeginAloneAsync(
        NpgsqlDataSource database, PartInfo part, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Sql.ExecuteAsync(
            connection, null, "UPDATE part SET started_at = $3 WHERE id = $1 AND epoch = $2 AND state = 'leased'", cancellation,
            part.Id, part.Epoch, now.ToUniversalTime());
    }

    public static async Task CountFencedAsync(NpgsqlDataSource database, long partId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Sql.ExecuteAsync(connection, null, FencedSql, cancellation, partId);
    }

    private static ClaimedPart Read(NpgsqlDataReader row) => new(
        new RunInfo(row.GetInt64(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetString(3))
        {
            CutOff = row.GetFieldValue<DateTimeOffset>(4),
            MayDestroy = row.GetBoolean(17),
        },
        row.GetInt64(5), row.GetInt32(6), row.GetString(7),
        new PartInfo(
            row.GetInt64(8), Enum.Parse<PartAct>(row.GetString(9), ignoreCase: true), row.GetString(10), row.GetString(11),
            row.GetInt64(12)),
        row.GetInt32(13), row.GetInt32(14))
    {
        TakenOver = row.GetBoolean(15),
        WithoutItemLimit = row.GetBoolean(16),
        Alone = row.GetBoolean(18),
        ErrorClass = row.IsDBNull(19) ? null : row.GetString(19),
    };
}
