using Npgsql;

namespace MyNumber.Batch.Runs;

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
/// <param name="Outcome">What happened.</param>
/// <param name="RunId">The run; 0 where it was refused and does not exist.</param>
/// <param name="Sentence">For a person.</param>
public sealed record OpenResult(OpenOutcome Outcome, long RunId, string Sentence);

/// <summary>Opens runs: a night by its date, the nights that are due, other kinds by their scope.</summary>
public sealed class RunOpener(NpgsqlDataSource database, RunEngine engine, TimeProvider clock)
{
    private const string NightKind = "night";

    // Any number will do; it only must not be used for another lock.
    private const long OpenLock = 0x4d594e4f;

    /// <summary>Opens or continues the night of a date, as far as a step, or to its end (null).</summary>
    public async Task<OpenResult> OpenNightAsync(DateOnly date, string? untilStep, CancellationToken cancellation)
    {
        var until = untilStep is null ? null : Ordinal(untilStep);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LockNightsAsync(connection, transaction, cancellation);
        var nights = await Sql.QueryAsync(
            connection, transaction,
            "SELECT id, business_date, state, stopped_by FROM run WHERE kind = 'night' ORDER BY business_date",
            row => new NightRow(
                row.GetInt64(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)),
            cancellation);
        var result = nights.SingleOrDefault(night => night.Date == date) is { } known
            ? await ContinueAsync(connection, transaction, known, until, cancellation)
            : await OpenNewAsync(connection, transaction, nights, date, until, cancellation);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    /// <summary>
    /// Opens the oldest night that is due and has no run: each calendar day after the last night, up to the day whose hour
    /// has come. One night runs at a time, so the next one waits for the next ring.
    /// </summary>
    /// <returns>The date that was opened, or null where nothing is due or a night is under way.</returns>
    public async Task<DateOnly?> OpenDueNightsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var today = DateOnly.FromDateTime(now.ToOffset(NightHours.Japan).DateTime);
        var due = engine.Options.Nights.Due(now);
        DateOnly next;
        await using (var connection = await database.OpenConnectionAsync(cancellation))
        {
            var last = await Sql.QueryAsync(
                connection, null,
                """
                SELECT max(business_date), coalesce(bool_or(state IN ('running', 'stopped')), false)
                FROM run WHERE kind = 'night' HAVING count(*) > 0
                """,
                row => (Date: row.GetFieldValue<DateOnly>(0), UnderWay: row.GetBoolean(1)), cancellation);
            // Before the first night there is nothing to catch up: it begins at its hour, not at the first start.
            if (last.Count == 0 ? due != today : last[0].UnderWay || last[0].Date >= due)
            {
                return null;
            }

            next = last.Count == 0 ? due : last[0].Date.AddDays(1);
        }

        var opened = await OpenNightAsync(next, null, cancellation);
        return opened.Outcome == OpenOutcome.Opened ? next : null;
    }

    /// <summary>Opens or continues a run between nights: a disposal, a campaign, a change of keys.</summary>
    public async Task<OpenResult> OpenOtherAsync(
        string kind, DateOnly date, string scope, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LockNightsAsync(connection, transaction, cancellation);
        var known = await Sql.QueryAsync(
            connection, transaction,
            "SELECT id, state FROM run WHERE kind = $1 AND business_date = $2 AND scope = $3",
            row => (Id: row.GetInt64(0), State: row.GetString(1)), cancellation, kind, date, scope);
        var result = known.Count > 0
            ? new OpenResult(
                known[0].State == "complete" ? OpenOutcome.Complete : OpenOutcome.Continued, known[0].Id,
                $"The {kind} of {date:yyyy-MM-dd} is {known[0].State}.")
            : await InsertAsync(connection, transaction, kind, date, scope, null, cancellation);
        await transaction.CommitAsync(cancellation);
        return result;
    }

    private async Task<OpenResult> OpenNewAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<NightRow> nights, DateOnly date,
        int? until, CancellationToken cancellation)
    {
        if (nights.FirstOrDefault(night => night.State is "running" or "stopped") is { } underWay)
        {
            return Refused(
                $"The night of {underWay.Date:yyyy-MM-dd} is not complete: `night --date {underWay.Date:yyyy-MM-dd}` continues "
                + "it. One night runs at a time.");
        }

        if (nights.LastOrDefault(night => night.State == "complete") is { } last && date < last.Date)
        {
            return Refused(
                $"The night of {date:yyyy-MM-dd} lies before the last complete night, {last.Date:yyyy-MM-dd}.");
        }

        if (until > 1)
        {
            return Refused("The step before is not closed: the night has not begun.");
        }

        return await InsertAsync(connection, transaction, NightKind, date, "", until, cancellation);
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
        await Transitions.ContinueAsync(connection, transaction, night.Id, clock.GetUtcNow(), cancellation);
        await Alerts.LowerSettledAsync(connection, transaction, clock.GetUtcNow(), cancellation);
        return new OpenResult(OpenOutcome.Continued, night.Id, $"The night of {night.Date:yyyy-MM-dd} goes on.");
    }

    private static async Task<bool> IsBeyondNextAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long runId, int ordinal, CancellationToken cancellation) =>
        await Sql.ScalarAsync<bool>(
            connection, transaction,
            "SELECT EXISTS (SELECT FROM step WHERE run_id = $1 AND ordinal < $2 AND state <> 'closed')", cancellation, runId,
            ordinal);

    private async Task<OpenResult> InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string kind, DateOnly date, string scope, int? until,
        CancellationToken cancellation)
    {
        // What comes in on the day itself belongs to its night, whenever the night begins: the cut-off is the day's end.
        var cutOff = new DateTimeOffset(date.AddDays(1).ToDateTime(TimeOnly.MinValue), NightHours.Japan).ToUniversalTime();
        var runId = await Sql.ScalarAsync<long>(
            connection, transaction,
            """
            INSERT INTO run (kind, business_date, scope, cut_off, opened_at, until_ordinal)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
            """,
            cancellation, kind, date, scope, cutOff, clock.GetUtcNow(), until);
        var steps = engine.Steps(kind);
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            INSERT INTO step (run_id, ordinal, name)
            SELECT $1, ordinal, name FROM unnest($2::text[]) WITH ORDINALITY AS new (name, ordinal)
            """,
            cancellation, runId, steps.Select(step => step.Name).ToArray());
        await Transitions.ContinueAsync(connection, transaction, runId, clock.GetUtcNow(), cancellation);
        return new OpenResult(OpenOutcome.Opened, runId, $"The {kind} of {date:yyyy-MM-dd} is opened.");
    }

    // Two commands that open at the same moment see each other's runs only one after the other.
    private static Task<int> LockNightsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        Sql.ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock($1)", cancellation, OpenLock);

    private int? Ordinal(string step)
    {
        var steps = engine.Steps(NightKind);
        var index = Enumerable.Range(0, steps.Count).Where(i => steps[i].Name == step).ToList();
        return index is [var only] ? only + 1 : throw new ArgumentException($"There is no step {step} in a night.");
    }

    private static OpenResult Refused(string sentence) => new(OpenOutcome.Refused, 0, sentence);

    private sealed record NightRow(long Id, DateOnly Date, string State, string? StoppedBy);
}
