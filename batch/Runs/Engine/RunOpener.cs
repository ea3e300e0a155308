using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>What asking for a run brought.</summary>
public enum OpenOutcome
{
    /// <summary>It is new.</summary>
    Opened,

    /// <summary>It was there and goes on.</summary>
    Continued,

    /// <summary>It is complete: nothing to do.</summary>
    Complete,

    /// <summary>It cannot be opened; the sentence says why.</summary>
    Refused,
}

/// <summary>The answer to asking for a run.</summary>
/// <param name="RunId">The run; 0 where it was refused and does not exist.</param>
/// <param name="Sentence">For a person.</param>
public sealed record OpenResult(OpenOutcome Outcome, long RunId, string Sentence);

/// <summary>Opens runs: a night by its date, the nights that are due, other kinds by their scope.</summary>
public sealed class RunOpener(NpgsqlDataSource database, RunEngine engine, TimeProvider clock)
{
    private const string NightKind = "night";

    // Any number will do; it only must not be used for another lock.
    private const long OpenLock = 0x4d594e4f;

    /// <summary>Code of the alert about missed nights that wait for a person.</summary>
    public const string WaitAlert = "nights-wait";

    private const string WaitSubject = "missed nights";

    /// <summary>Opens or continues the night of a usual date, as far as a step, or to its end (null).</summary>
    public Task<OpenResult> OpenNightAsync(DateOnly date, string? untilStep, CancellationToken cancellation) =>
        OpenNightAsync(date, untilStep, null, cancellation);

    /// <summary>Opens or continues the night of a date, as far as a step, or to its end (null).</summary>
    /// <param name="untilStep">The last step to be opened; null: all.</param>
    /// <param name="unusual">A person means the date although it is an unusual one; null: nobody said so.</param>
    public Task<OpenResult> OpenNightAsync(
        DateOnly date, string? untilStep, UnusualDate? unusual, CancellationToken cancellation) =>
        OpenNightAsync(
            new NewRun(NightKind, date, "", clock.GetUtcNow()) { Until = untilStep is null ? null : Ordinal(untilStep), Unusual = unusual },
            cancellation);

    private async Task<OpenResult> OpenNightAsync(NewRun asked, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LockNightsAsync(connection, transaction, cancellation);
        var nights = await Sql.QueryAsync(
            connection, transaction,
            "SELECT id, business_date, state, stopped_by FROM run WHERE kind = 'night' AND state <> 'set-aside' ORDER BY business_date",
            row => new NightRow(
                row.GetInt64(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)),
            cancellation);
        var result = nights.SingleOrDefault(night => night.Date == asked.Date) is { } known
            ? await ContinueAsync(connection, transaction, known, asked.Until, cancellation)
            : await OpenNewAsync(connection, transaction, nights, asked, cancellation);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    /// <summary>
    /// Opens the oldest night that is due and has no run: each calendar day after the last night, up to the day whose hour
    /// has come. One night runs at a time, so the next one waits until it is asked again. After so many missed nights in a row
    /// (<see cref="RunDates.MissedMax"/>) the next waits for a person, with an alert: perhaps the clock is wrong.
    /// </summary>
    /// <returns>The date that was opened, or null where nothing is due or a night is under way.</returns>
    public async Task<DateOnly?> OpenDueNightsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var due = engine.Options.Nights.Due(now);
        DateOnly next;
        await using (var connection = await database.OpenConnectionAsync(cancellation))
        {
            var last = await Sql.QueryAsync(
                connection, null, LastNightSql,
                row => (Date: row.GetFieldValue<DateOnly>(0), UnderWay: row.GetBoolean(1), CaughtUp: row.GetInt64(2)),
                cancellation);
            // Before the first night there is nothing to catch up: it begins at its hour, not at the first start.
            if (last.Count == 0 ? due != RunDates.Today(now) : last[0].UnderWay || last[0].Date >= due)
            {
                return null;
            }

            next = last.Count == 0 ? due : last[0].Date.AddDays(1);
            if (await WaitsAsync(connection, next, due, last.Count == 0 ? 0 : last[0].CaughtUp, now, cancellation))
            {
                return null;
            }
        }

        var opened = await OpenNightAsync(new NewRun(NightKind, next, "", now) { IsCaughtUp = next < due }, cancellation);
        return opened.Outcome == OpenOutcome.Opened ? next : null;
    }

    // Nights that were caught up since the last one in time, or since the last that a person asked for.
    private const string LastNightSql = """
        WITH night AS (SELECT * FROM run WHERE kind = 'night' AND state <> 'set-aside')
        SELECT max(business_date), coalesce(bool_or(state IN ('running', 'stopped')), false),
          count(*) FILTER (WHERE caught_up AND business_date > coalesce(
            (SELECT max(business_date) FROM night AS asked WHERE NOT asked.caught_up), DATE '0001-01-01'))
        FROM night HAVING count(*) > 0
        """;

    private static async Task<bool> WaitsAsync(
        NpgsqlConnection connection, DateOnly next, DateOnly due, long caughtUp, DateTimeOffset now,
        CancellationToken cancellation)
    {
        if (next == due || caughtUp < RunDates.MissedMax)
        {
            await Alerts.ResolveAsync(connection, null, WaitAlert, WaitSubject, now, cancellation);
            return false;
        }

        await Alerts.RaiseWhileAsync(
            connection, null, WaitAlert, WaitSubject,
            FormattableString.Invariant(
                $"{RunDates.MissedMax} missed nights were played; those from {next:yyyy-MM-dd} to {due:yyyy-MM-dd} wait. If the clock is right, ")
            + FormattableString.Invariant($"`night --date {next:yyyy-MM-dd}` goes on with them; if not, set it right first."),
            now, cancellation);
        return true;
    }

    /// <summary>Opens or continues a run between nights: a disposal, a campaign, a change of keys.</summary>
    public async Task<OpenResult> OpenOtherAsync(
        string kind, DateOnly date, string scope, UnusualDate? unusual, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LockNightsAsync(connection, transaction, cancellation);
        var known = await Sql.QueryAsync(
            connection, transaction,
            "SELECT id, state FROM run WHERE kind = $1 AND business_date = $2 AND scope = $3",
            row => (Id: row.GetInt64(0), State: row.GetString(1)), cancellation, kind, date, scope);
        var last = await Sql.QueryAsync(
            connection, transaction,
            "SELECT business_date FROM run WHERE kind = 'night' AND state = 'complete' ORDER BY business_date DESC LIMIT 1",
            row => row.GetFieldValue<DateOnly>(0), cancellation);
        var result = known.Count > 0
            ? new OpenResult(
                known[0].State == "complete" ? OpenOutcome.Complete : OpenOutcome.Continued, known[0].Id,
                $"The {kind} of {date:yyyy-MM-dd} is {known[0].State}.")
            : await OpenIfUsualAsync(
                connection, transaction, new NewRun(kind, date, scope, clock.GetUtcNow()) { Unusual = unusual },
                last.Count == 0 ? null : last[0], cancellation);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    private async Task<OpenResult> OpenNewAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<NightRow> nights, NewRun asked,
        CancellationToken cancellation)
    {
        if (nights.FirstOrDefault(night => night.State is "running" or "stopped") is { } underWay)
        {
            return Refused(
                $"The night of {underWay.Date:yyyy-MM-dd} is not complete: `night --date {underWay.Date:yyyy-MM-dd}` continues "
                + "it. One night runs at a time.");
        }

        if (asked.Until > 1)
        {
            return Refused("The step before is not closed: the night has not begun.");
        }

        return await OpenIfUsualAsync(
            connection, transaction, asked, nights.LastOrDefault(night => night.State == "complete")?.Date, cancellation);
    }

    private async Task<OpenResult> OpenIfUsualAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NewRun asked, DateOnly? last, CancellationToken cancellation)
    {
        if (asked.Date < last)
        {
            return Refused(
                $"The {asked.Kind} of {asked.Date:yyyy-MM-dd} lies before the last complete night, {last:yyyy-MM-dd}. If that night "
                + "lies after today and was a mistake, two people set it aside (`abandon`).");
        }

        if (RunDates.Unusual(asked.Date, last, RunDates.Today(asked.Now)) is not { } why)
        {
            return await InsertAsync(connection, transaction, asked with { Unusual = null }, cancellation);
        }

        if (asked.Unusual is not { } person)
        {
            return Refused(
                $"{why}. If it is meant, say so: `--unusual-date --by PERSON --reason TEXT`. It then destroys no key and proposes no "
                + "disposal, unless `--with-disposals` is given too.");
        }

        var opened = await InsertAsync(connection, transaction, asked, cancellation);
        await Audit.WriteAsync(
            connection, transaction, person.Because.By,
            person.Destruction == Destruction.Allowed ? "unusual-date-with-disposals" : "unusual-date",
            $"{asked.Kind} of {asked.Date:yyyy-MM-dd}", person.Because.Reason, asked.Now, cancellation);
        return opened;
    }

    private async Task<OpenResult> ContinueAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NightRow night, int? until,
        CancellationToken cancellation)
    {
        switch (night)
        {
            case { State: "complete" }:
                return new OpenResult(OpenOutcome.Complete, night.Id, $"The night of {night.Date:yyyy-MM-dd} is complete.");
            case { State: "abandoned" }:
                return Refused($"The night of {night.Date:yyyy-MM-dd} was abandoned.") with { RunId = night.Id };
            case { State: "stopped", StoppedBy: not "engine" }:
                return Refused(
                    $"The night of {night.Date:yyyy-MM-dd} was stopped by a person: `rerun {night.Date:yyyy-MM-dd}` continues it.")
                    with
                { RunId = night.Id };
        }

        if (until is not null && await IsBeyondNextAsync(connection, transaction, night.Id, until.Value, cancellation))
        {
            return Refused("The step before is not closed.") with { RunId = night.Id };
        }

        await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE run SET state = 'running', stopped_by = NULL, until_ordinal = $2 WHERE id = $1", cancellation, night.Id,
            until);
        await RunTransitions.ContinueAsync(connection, transaction, night.Id, clock.GetUtcNow(), cancellation);
        await Alerts.ResolveSettledAsync(connection, transaction, clock.GetUtcNow(), cancellation);
        return new OpenResult(OpenOutcome.Continued, night.Id, $"The night of {night.Date:yyyy-MM-dd} goes on.");
    }

    private static async Task<bool> IsBeyondNextAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long runId, int ordinal, CancellationToken cancellation) =>
        await Sql.ScalarAsync<bool>(
            connection, transaction,
            "SELECT EXISTS (SELECT FROM step WHERE run_id = $1 AND ordinal < $2 AND state <> 'closed')", cancellation, runId,
            ordinal);

    private async Task<OpenResult> InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NewRun asked, CancellationToken cancellation)
    {
        var (kind, date) = (asked.Kind, asked.Date);
        // What comes in on the day itself belongs to its night, whenever the night begins: the cut-off is the day's end.
        var cutOff = new DateTimeOffset(date.AddDays(1).ToDateTime(TimeOnly.MinValue), NightHours.Japan).ToUniversalTime();
        var runId = await Sql.ScalarAsync<long>(
            connection, transaction,
            """
            INSERT INTO run (kind, business_date, scope, cut_off, opened_at, until_ordinal, unusual, may_destroy, caught_up)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
            """,
            cancellation, kind, date, asked.Scope, cutOff, asked.Now.ToUniversalTime(), asked.Until, asked.Unusual is not null,
            asked.Unusual is not { Destruction: Destruction.Withheld }, asked.IsCaughtUp);
        var steps = engine.Steps(kind);
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO step (run_id, ordinal, name)
            SELECT $1, ordinal, name FROM unnest($2::text[]) WITH ORDINALITY AS new (name, ordinal)
            """,
            cancellation, runId, steps.Select(step => step.Name).ToArray());
        await RunTransitions.ContinueAsync(connection, transaction, runId, asked.Now.ToUniversalTime(), cancellation);
        return new OpenResult(OpenOutcome.Opened, runId, $"The {kind} of {date:yyyy-MM-dd} is opened.");
    }

    // Two commands that open at the same moment see each other's runs only one after the other.
    internal static Task<int> LockNightsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        Sql.ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock($1)", cancellation, OpenLock);

    private int? Ordinal(string step)
    {
        var steps = engine.Steps(NightKind);
        var index = Enumerable.Range(0, steps.Count).Where(i => steps[i].Name == step).ToList();
        return index is [var only] ? only + 1 : throw new ArgumentException($"There is no step {step} in a night.");
    }

    private static OpenResult Refused(string sentence) => new(OpenOutcome.Refused, 0, sentence);

    private sealed record NewRun(string Kind, DateOnly Date, string Scope, DateTimeOffset Now)
    {
        public int? Until { get; init; }

        public UnusualDate? Unusual { get; init; }

        public bool IsCaughtUp { get; init; }
    }

    private sealed record NightRow(long Id, DateOnly Date, string State, string? StoppedBy);
}
