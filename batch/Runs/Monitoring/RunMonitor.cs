using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Monitoring;

/// <summary>
/// Looks for what nothing else would report: a night that did not begin or end by its hour (the dead man's
/// switch), parts that straggle, alerts that nobody has seen. Any process may look, any number of them, at any time.
/// </summary>
public sealed class RunMonitor(RunEngine engine)
{
    /// <summary>Code of the alert about a night that did not begin.</summary>
    public const string NotStarted = "night-not-started";

    /// <summary>Code of the alert about a night that did not end.</summary>
    public const string NotEnded = "night-not-ended";

    /// <summary>Code of the alert about a part that takes far longer than the others of its step.</summary>
    public const string Straggler = "part-straggles";

    /// <summary>Code of the alert about a complete night that lies after today.</summary>
    public const string AfterToday = "night-after-today";

    private DateTimeOffset Now => engine.Clock.GetUtcNow();

    /// <summary>Raises what is so, and resolves what is no longer so.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        await NightsAsync(connection, cancellation);
        await AfterTodayAsync(connection, cancellation);
        await StragglersAsync(connection, cancellation);
        await Alerts.ResolveSettledAsync(connection, null, Now, cancellation);
        await RemindAsync(connection, cancellation);
    }

    /// <summary>What is overdue now, as sentences: for whoever looks from outside (the health endpoint).</summary>
    public async Task<IReadOnlyList<string>> OverdueAsync(CancellationToken cancellation)
    {
        await using var connection = await engine.Database.OpenConnectionAsync(cancellation);
        return [.. (await FindOverdueAsync(connection, cancellation)).Select(overdue => overdue.What)];
    }

    private async Task NightsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var overdue = await FindOverdueAsync(connection, cancellation);
        foreach (var night in overdue)
        {
            await Alerts.RaiseWhileAsync(
                connection, null, night.Code, night.Subject, $"{night.What} {night.WhatToDo}", Now, cancellation);
        }

        foreach (var code in new[] { NotStarted, NotEnded })
        {
            await Alerts.ResolveOthersAsync(
                connection, null, code, overdue.Where(night => night.Code == code).Select(night => night.Subject), Now,
                cancellation);
        }
    }

    // No night is due before its date has passed, and nobody would miss them: the clock went back, or the date was a mistake.
    private async Task AfterTodayAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var nights = await Sql.QueryAsync(
            connection, null,
            "SELECT business_date FROM run WHERE kind = 'night' AND state = 'complete' AND business_date > $1 ORDER BY 1",
            row => row.GetFieldValue<DateOnly>(0), cancellation, RunDates.Today(Now));
        foreach (var night in nights)
        {
            await Alerts.RaiseWhileAsync(
                connection, null, AfterToday, Subject(night),
                Sentence($"It is complete and lies after today in Tokyo, {RunDates.Today(Now):yyyy-MM-dd}: until then no night is played. If its ")
                + Sentence($"date was a mistake, two people set it aside with `abandon {night:yyyy-MM-dd}`."),
                Now, cancellation);
        }

        await Alerts.ResolveOthersAsync(connection, null, AfterToday, nights.Select(Subject), Now, cancellation);
    }

    private async Task<IReadOnlyList<Overdue>> FindOverdueAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var hours = engine.Options.Nights;
        var nights = await Sql.QueryAsync(
            connection, null,
            """
            SELECT business_date, state, opened_at FROM run
            WHERE kind = 'night' AND (state IN ('running', 'stopped') OR state <> 'set-aside'
              AND business_date = (SELECT max(business_date) FROM run WHERE kind = 'night' AND state <> 'set-aside'))
            ORDER BY business_date
            """,
            row => (Date: row.GetFieldValue<DateOnly>(0), State: row.GetString(1), Opened: row.GetFieldValue<DateTimeOffset>(2)),
            cancellation);
        // Before the first night there is nothing that could be missed.
        if (nights.Count == 0)
        {
            return [];
        }

        var found = new List<Overdue>();
        foreach (var night in nights.Where(night => night.State is "running" or "stopped"))
        {
            var limit = hours.EndLimit(night.Date, night.Opened);
            if (Now > limit)
            {
                found.Add(new Overdue(
                    NotEnded, Subject(night.Date),
                    Sentence($"The night of {night.Date:yyyy-MM-dd} is {night.State} and should have ended by {Tokyo(limit)}."),
                    Sentence($"`show {night.Date:yyyy-MM-dd}` says what it waits for.")));
            }
        }

        var missing = nights[^1].Date.AddDays(1);
        if (missing <= hours.Due(Now) && Now > hours.StartLimit(missing))
        {
            found.Add(new Overdue(
                NotStarted, Subject(missing),
                Sentence($"The night of {missing:yyyy-MM-dd} should have begun by {Tokyo(hours.StartLimit(missing))} and has not."),
                nights.Any(night => night.State is "running" or "stopped")
                    ? "The night before it must end first."
                    : Sentence($"Start `serve`, or run `night --date {missing:yyyy-MM-dd}`.")));
        }

        return found;
    }

    private async Task StragglersAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var running = await Sql.QueryAsync(
            connection, null, "SELECT id, business_date FROM run WHERE state = 'running' ORDER BY id",
            row => (Id: row.GetInt64(0), Date: row.GetFieldValue<DateOnly>(1)), cancellation);
        var standing = new List<string>();
        foreach (var run in running)
        {
            var pace = await StepPace.LoadAsync(engine, connection, run.Id, cancellation);
            foreach (var part in pace?.Stragglers ?? [])
            {
                var subject = Sentence($"run {run.Id} {run.Date:yyyy-MM-dd} {pace!.Step} part {part.Part}");
                standing.Add(subject);
                await Alerts.RaiseWhileAsync(
                    connection, null, Straggler, new AlertSubject(subject, run.Id, part.Part),
                    Sentence(
                        $"Worker {part.Worker} (process {part.Pid} on {part.Host}) works this part since {Tokyo(part.Since)}; ")
                    + (pace.Act == "work"
                        ? Sentence($"the others of the step took {pace.MedianSeconds:0.#} s. ")
                        : Sentence($"the {pace.Act} of a step is one part, and should not take that long. "))
                    + "Look at that machine: its load, its disk. "
                    + "Ended, the process is replaced and another takes the part.",
                    Now, cancellation);
            }
        }

        await Alerts.ResolveOthersAsync(connection, null, Straggler, standing, Now, cancellation);
    }

    // Number and place make it one reminder, however many processes look.
    private Task RemindAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        engine.Options.RemindAfter <= TimeSpan.Zero
            ? Task.CompletedTask
            : Sql.ExecuteAsync(
                connection, null,
                """
                INSERT INTO alert_message (alert_id, kind, number, since, at, code, subject, what_to_do)
                SELECT alert.id, 'reminder', last.number + 1, alert.at, $1, alert.code, alert.subject, alert.what_to_do
                FROM alert CROSS JOIN LATERAL (
                  SELECT coalesce(max(number), 0) AS number, coalesce(max(message.at), alert.at) AS at FROM alert_message message
                  WHERE message.alert_id = alert.id AND message.since = alert.at) AS last
                WHERE alert.acknowledged_at IS NULL AND last.at <= $2
                ON CONFLICT DO NOTHING
                """,
                cancellation, Now, Now - engine.Options.RemindAfter);

    internal static string Subject(DateOnly date) => Sentence($"night of {date:yyyy-MM-dd}");

    private static string Tokyo(DateTimeOffset at) =>
        at.ToOffset(NightHours.Japan).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Sentence(FormattableString text) => FormattableString.Invariant(text);

    private sealed record Overdue(string Code, string Subject, string What, string WhatToDo);
}
