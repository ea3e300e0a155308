using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Monitoring;

/// <summary>A part that a living worker has in hand.</summary>
/// <param name="Since">When it claimed the part.</param>
/// <param name="Seconds">How long ago that is.</param>
/// <param name="Straggles">It takes far longer than the step's done parts took; a plan, close or publish: very long.</param>
public sealed record PartInHand(
    long Part, long Worker, string Host, int Pid, DateTimeOffset Since, double Seconds, bool Straggles);

/// <summary>
/// How far the open step of a run is, how fast it goes, and who works on it. All of it is read from rows, so that every
/// host and every process sees the same; the remaining time rests on parts that are done, and is null without evidence.
/// </summary>
/// <param name="Act">`plan`, `work`, `close`, `publish`: which of its acts is open.</param>
/// <param name="PartsDone">Work parts done or skipped.</param>
/// <param name="PartsOpen">Work parts not done, in hand or not.</param>
/// <param name="Items">Items of the ledger so far, listed or counted.</param>
/// <param name="MedianSeconds">Of the step's done parts; null before there is one.</param>
/// <param name="MeanSeconds">Of its latest done parts; null before there is evidence.</param>
/// <param name="InHand">What workers work on now, oldest first.</param>
public sealed record StepPace(
    int Ordinal, string Step, string Act, long PartsDone, long PartsOpen, long PartsFailed, long Items,
    double? MedianSeconds, double? MeanSeconds, IReadOnlyList<PartInHand> InHand)
{
    /// <summary>Fewer done parts than these say nothing about the rest.</summary>
    public const int EvidenceMin = 3;

    /// <summary>The class of errors that halted the step until a person acts; null where it goes on.</summary>
    public string? HaltedBy { get; init; }

    /// <summary>When this was read.</summary>
    public DateTimeOffset At { get; init; }

    // The pace of late, not of the step's beginning: caches warm up, hosts come and go.
    private const int LatestParts = 50;
    private const int InHandMax = 64;

    // A worker whose part straggles does not come for another: the rest is done by those that get on.
    private IReadOnlyList<PartInHand> GoingOn => [.. InHand.Where(part => !part.Straggles)];

    /// <summary>Parts a minute, with as many workers as get on with it now; null where that cannot be said.</summary>
    public double? PartsPerMinute => MeanSeconds is > 0 && GoingOn.Count > 0 ? GoingOn.Count * 60 / MeanSeconds : null;

    /// <summary>Items a minute, at that pace.</summary>
    public double? ItemsPerMinute => PartsDone > 0 && Items > 0 ? PartsPerMinute * Items / PartsDone : null;

    /// <summary>Seconds until the step's last part is done, at that pace; null where it cannot be said.</summary>
    public double? SecondsLeft
    {
        get
        {
            var goingOn = GoingOn;
            if (MeanSeconds is not { } mean || goingOn.Count == 0)
            {
                return null;
            }

            var inHand = goingOn.Select(part => Math.Max(0, mean - part.Seconds)).ToList();
            var untouched = Math.Max(0, PartsOpen - InHand.Count) * mean;
            return Math.Max((inHand.Sum() + untouched) / goingOn.Count, inHand.Max());
        }
    }

    /// <summary>The remaining time for a person: "about 4 min", or why it is not known.</summary>
    public string Left => this switch
    {
        { PartsFailed: > 0, InHand.Count: 0, PartsOpen: 0 } => "waits for a person",
        { HaltedBy: { } errorClass } => $"halted by {errorClass}: waits for a person",
        { Act: not "work" } => "unknown (one part, no other to compare with)",
        { InHand.Count: 0 } => "unknown (nobody works on it now)",
        { GoingOn.Count: 0 } => "unknown (what is in hand straggles)",
        { SecondsLeft: null } => Invariant($"unknown ({PartsDone} parts done say too little)"),
        { SecondsLeft: { } seconds } when InHand.Any(part => part.Straggles) => $"{About(seconds)}, but a part straggles",
        _ => About(SecondsLeft.Value),
    };

    /// <summary>Parts in hand that take far longer than the others took.</summary>
    public IEnumerable<PartInHand> Stragglers => InHand.Where(part => part.Straggles);

    /// <summary>The open step of a run; null where none is open.</summary>
    public static async Task<StepPace?> LoadAsync(RunEngine engine, long runId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        return await LoadAsync(engine, connection, runId, cancellation);
    }

    internal static async Task<StepPace?> LoadAsync(
        RunEngine engine, NpgsqlConnection connection, long runId, CancellationToken cancellation)
    {
        var rows = await Sql.QueryAsync(
            connection, null, CountsSql, row => (Id: row.GetInt64(0), Pace: Read(row)), cancellation, runId, LatestParts, EvidenceMin);
        if (rows.Count == 0)
        {
            return null;
        }

        var (stepId, pace) = rows[0];
        var limit = Math.Max(
            engine.Options.StragglerMin.TotalSeconds, engine.Options.StragglerFactor * (pace.MedianSeconds ?? double.PositiveInfinity));
        var now = engine.Clock.GetUtcNow();
        var slow = engine.Options.ActSlowAfter.TotalSeconds;
        return pace with
        {
            At = now,
            InHand = await Sql.QueryAsync(
                connection, null,
                """
                SELECT part.id, worker.id, worker.host, worker.pid, part.started_at
                FROM part JOIN worker ON worker.id = part.worker_id AND worker.state = 'alive'
                WHERE part.step_id = $1 AND part.state = 'leased' ORDER BY part.started_at, part.id LIMIT $2
                """,
                row =>
                {
                    // What waits to be worked alone has not begun.
                    var since = row.IsDBNull(4) ? now : row.GetFieldValue<DateTimeOffset>(4);
                    // Clocks of several hosts: a claim from the future is a claim just now.
                    var seconds = Math.Max(0, (now - since).TotalSeconds);
                    return new PartInHand(
                        row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt32(3), since, seconds,
                        pace.Act == "work" ? pace.PartsDone >= EvidenceMin && seconds > limit : seconds > slow);
                },
                cancellation, stepId, InHandMax),
        };
    }

    private const string CountsSql = """
        SELECT step.id, step.ordinal, step.name, step.state, parts.done, parts.open, parts.failed,
          (SELECT coalesce(sum(items), 0)::bigint FROM item_total
           WHERE item_total.run_id = step.run_id AND item_total.step_ordinal = step.ordinal),
          parts.median, latest.mean, step.halted_by
        FROM step
        CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE act = 'work' AND state IN ('done', 'skipped')) AS done,
            count(*) FILTER (WHERE act = 'work' AND state IN ('ready', 'leased')) AS open,
            count(*) FILTER (WHERE state = 'failed') AS failed,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - started_at)::float8)
              FILTER (WHERE act = 'work' AND state = 'done') AS median
          FROM part WHERE part.step_id = step.id) AS parts
        CROSS JOIN LATERAL (
          SELECT CASE WHEN count(*) >= $3 THEN avg(seconds) END AS mean
          FROM (SELECT extract(epoch FROM done_at - started_at)::float8 AS seconds FROM part
                WHERE part.step_id = step.id AND act = 'work' AND state = 'done' ORDER BY done_at DESC LIMIT $2) AS last) AS latest
        WHERE step.run_id = $1 AND step.state NOT IN ('waiting', 'closed')
        ORDER BY step.ordinal LIMIT 1
        """;

    private static StepPace Read(NpgsqlDataReader row) => new(
        row.GetInt32(1), row.GetString(2),
        row.GetString(3) switch { "planning" => "plan", "closing" or "unbalanced" => "close", "publishing" => "publish", _ => "work" },
        row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7),
        row.IsDBNull(8) ? null : row.GetDouble(8), row.IsDBNull(9) ? null : row.GetDouble(9), [])
    {
        HaltedBy = row.IsDBNull(10) ? null : row.GetString(10),
    };

    private static string About(double seconds) => seconds switch
    {
        < 10 => "a few seconds",
        < 90 => Invariant($"about {Math.Ceiling(seconds / 10) * 10:0} s"),
        < 90 * 60 => Invariant($"about {Math.Ceiling(seconds / 60):0} min"),
        _ => Hours((long)Math.Ceiling(seconds / 60)),
    };

    private static string Hours(long minutes) => Invariant($"about {minutes / 60} h {minutes % 60} min");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
