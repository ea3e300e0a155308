using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Waiting;

/// <summary>
/// One alert a cause about what waits for longer than it may (R96), and one about the service level (R41). It is raised again
/// when something came to it, whether or not a person has seen it; it does not repeat when nothing did, and is resolved when
/// nothing is late any more. What was told last is a row, so that a night that is worked again tells nothing twice.
/// </summary>
public static class WaitingAlerts
{
    /// <summary>Code of all of them; the subject is the cause.</summary>
    public const string TooLong = "waits-too-long";

    /// <summary>Subject of the alert about R41.</summary>
    public const string ServiceLevelSubject = "issuance-notice-late";

    // What an e-mail can hold and a person reads; the report has the rest.
    private const int EntriesToldMax = 8;

    /// <summary>Raises, raises again and lowers, in the transaction of a night's step `status`.</summary>
    public static async Task TellAsync(
        StoreContext context, Policy policy, DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(policy);
        var date = context.BusinessDate;
        var late = await WaitingList.LoadAsync(context.Connection, context.Transaction, policy, date, cancellation);
        var level = await ServiceLevel.LoadAsync(context.Connection, context.Transaction, policy, date, cancellation);
        var alerts = late.Select(cause => new Alert(
            cause.Cause, cause.Number, cause.Oldest, cause.Ages[^1].Since, Sentence(cause))).ToList();
        if (level.Number > 0)
        {
            // Older ones of a late application are no news: only the number counts (R41).
            alerts.Add(new Alert(
                ServiceLevelSubject, level.Number, level.Late.Min(group => group.OldestReceivedOn), null, Sentence(level)));
        }

        var told = await ToldAsync(context, cancellation);
        foreach (var alert in alerts)
        {
            var before = told.GetValueOrDefault(alert.Cause);
            var grew = before is null || alert.Number > before.Number || alert.Newest > before.Newest;
            await (grew
                ? Alerts.RaiseAgainAsync(
                    context.Connection, context.Transaction, TooLong, alert.Cause, alert.Text, at, cancellation)
                : Alerts.RewordAsync(
                    context.Connection, context.Transaction, TooLong, alert.Cause, alert.Text, cancellation));
        }

        await RememberAsync(context, alerts, cancellation);
        await Alerts.ResolveOthersAsync(
            context.Connection, context.Transaction, TooLong, alerts.Select(alert => alert.Cause), at, cancellation);
    }

    /// <summary>What the last night told, in one line.</summary>
    public static async Task<string> LineAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var told = await Sql.QueryAsync(
            connection, null, "SELECT cause, number, oldest, business_date FROM waiting_told",
            row => (
                Cause: row.GetString(0), Number: row.GetInt64(1),
                Days: row.GetFieldValue<DateOnly>(3).DayNumber - row.GetFieldValue<DateOnly>(2).DayNumber),
            cancellation);
        return Line(told);
    }

    /// <summary>The same line from a report.</summary>
    public static string Line(IReadOnlyList<LateCause> late, ServiceLevelReport level)
    {
        ArgumentNullException.ThrowIfNull(late);
        ArgumentNullException.ThrowIfNull(level);
        return WaitingList.Sentence(
            [.. late.Select(cause => (cause.What, cause.Number, cause.OldestDays))],
            (level.Number, level.Late.Select(group => group.AgeDays).DefaultIfEmpty().Max()));
    }

    private static string Line(IReadOnlyList<(string Cause, long Number, int Days)> told)
    {
        var byCause = told.ToDictionary(one => one.Cause);
        var level = byCause.GetValueOrDefault(ServiceLevelSubject);
        return WaitingList.Sentence(
            [.. WaitingCauses.All.Where(cause => byCause.ContainsKey(cause.Name))
                .Select(cause => (cause.What, byCause[cause.Name].Number, byCause[cause.Name].Days))],
            (level.Number, level.Days));
    }

    private static string Sentence(LateCause late)
    {
        var named = late.Entries.Take(EntriesToldMax).Select(entry => entry.Number == 1 && entry.Sequences.Length == 0
            ? entry.Name
            : string.Create(CultureInfo.InvariantCulture, $"{entry.Name}: {entry.Number}")
              + (entry.Sequences.Length == 0 ? "" : $" (numbers {Shortened(entry.Sequences)})"));
        var more = late.Entries.Count + late.EntriesLeftOff - Math.Min(late.Entries.Count, EntriesToldMax);
        return string.Create(
                CultureInfo.InvariantCulture,
                $"{late.What}, for more than {late.Limit}: {late.Number}, the oldest since {late.Oldest:yyyy-MM-dd} ({late.OldestDays} days): ")
            + string.Join("; ", named)
            + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $"; and {more} more in the night's report") : "")
            + $". {late.WhatToDo}";
    }

    private static string Sentence(ServiceLevelReport level)
    {
        var words = ServiceLevel.Causes.ToDictionary(cause => cause.Cause, cause => cause.WaitsFor);
        var causes = level.Late.GroupBy(group => group.Cause)
            .Select(group => (Cause: group.Key, Number: group.Sum(one => one.Number)))
            .OrderByDescending(group => group.Number).ThenBy(group => group.Cause, StringComparer.Ordinal);
        return string.Create(
                CultureInfo.InvariantCulture,
                $"Applications without a posted Issuance Notice {level.DaysMax} days after receipt: {level.Number}, the oldest received {level.Late.Min(group => group.OldestReceivedOn):yyyy-MM-dd}: ")
            + string.Join("; ", causes.Select(group => string.Create(
                CultureInfo.InvariantCulture, $"{words[group.Cause]} {group.Number}")))
            + ". The night's report has them by municipality.";
    }

    // A file whose every second piece is late has thousands of ranges.
    private static string Shortened(string ranges)
    {
        const int RangesMax = 10;
        var all = ranges.Split(", ");
        return all.Length <= RangesMax
            ? ranges
            : string.Join(", ", all.Take(RangesMax)) + string.Create(CultureInfo.InvariantCulture, $" … {all[^1]}");
    }

    private static async Task<Dictionary<string, Told>> ToldAsync(StoreContext context, CancellationToken cancellation) =>
        (await Sql.QueryAsync(
            context.Connection, context.Transaction, "SELECT cause, number, newest FROM waiting_told",
            row => (Cause: row.GetString(0), Told: new Told(
                row.GetInt64(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateOnly>(2))),
            cancellation)).ToDictionary(row => row.Cause, row => row.Told);

    private static async Task RememberAsync(StoreContext context, IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, "DELETE FROM waiting_told WHERE cause <> ALL ($1::text[])", cancellation,
            [alerts.Select(alert => alert.Cause).ToArray()]);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO waiting_told (cause, number, oldest, newest, business_date)
            SELECT cause, number, oldest, newest, $5
            FROM unnest($1::text[], $2::bigint[], $3::date[], $4::date[]) AS told (cause, number, oldest, newest)
            ON CONFLICT (cause) DO UPDATE SET number = excluded.number, oldest = excluded.oldest, newest = excluded.newest,
              business_date = excluded.business_date
            """,
            cancellation, alerts.Select(alert => alert.Cause).ToArray(), alerts.Select(alert => alert.Number).ToArray(),
            alerts.Select(alert => alert.Oldest).ToArray(), alerts.Select(alert => alert.Newest).ToArray(),
            context.BusinessDate);
    }

    private sealed record Alert(string Cause, long Number, DateOnly Oldest, DateOnly? Newest, string Text);

    private sealed record Told(long Number, DateOnly? Newest);
}
