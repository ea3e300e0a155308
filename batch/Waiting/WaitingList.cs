using System.Globalization;
using Npgsql;

namespace MyNumber.Batch.Waiting;

/// <summary>How many of a cause wait since one day.</summary>
/// <param name="Since">The day.</param>
/// <param name="AgeDays">Days from it to the business date.</param>
public sealed record LateAge(DateOnly Since, int AgeDays, long Number);

/// <summary>One late thing, or those that lie in one file or list.</summary>
/// <param name="Name">An application's key, a card's or piece's id, a drop; `DROP/FILE` for what lies in a file.</param>
/// <param name="Since">Since when the oldest of them waits.</param>
/// <param name="AgeDays">Days from then to the business date.</param>
/// <param name="Sequences">Their numbers in the file, as ranges: `1-40, 52`; empty where they have none.</param>
/// <param name="MunicipalityCode">Empty where they are of several, or of none.</param>
/// <param name="Detail">A code that says more; or empty.</param>
/// <param name="Ids">The ids of those in a file, the first <see cref="WaitingList.IdsMax"/>.</param>
public sealed record LateEntry(
    string Name, DateOnly Since, int AgeDays, long Number, string Sequences, string MunicipalityCode, string Detail,
    IReadOnlyList<string> Ids);

/// <summary>A cause with what is late of it.</summary>
/// <param name="Limit">For how long it may: `3 working days of the vendor`.</param>
/// <param name="Number">How many are late.</param>
/// <param name="Oldest">Since when the oldest waits.</param>
/// <param name="OldestDays">Days from then to the business date.</param>
/// <param name="WhatToDo">For the owner, or for who calls him.</param>
/// <param name="Ages">By day, the oldest first.</param>
/// <param name="Entries">The oldest first, <see cref="WaitingList.EntriesMax"/> at most.</param>
/// <param name="EntriesLeftOff">How many more there are.</param>
public sealed record LateCause(
    string Cause, string What, string Owner, string Limit, long Number, DateOnly Oldest, int OldestDays, string WhatToDo,
    IReadOnlyList<LateAge> Ages, IReadOnlyList<LateEntry> Entries, long EntriesLeftOff);

/// <summary>R96. What waits for longer than it may, as of a business date. It names no person.</summary>
public static class WaitingList
{
    /// <summary>Entries of a cause that are listed; how many there are is always told.</summary>
    public const int EntriesMax = 200;

    /// <summary>Ids of an entry that are listed.</summary>
    public const int IdsMax = 50;

    // Looked for once; both answers are taken from what was found. 0: how many by day. 1: what they are, file by file.
    private static string Sql(string cause) => $"""
        WITH late AS MATERIALIZED ({cause}),
        entry AS (
          SELECT coalesce(file, id) AS name, coalesce(detail, '') AS detail, min(since) AS since, count(*) AS number,
            CASE WHEN min(municipality) = max(municipality) THEN min(municipality) ELSE '' END AS municipality,
            array_agg(sequence ORDER BY sequence) FILTER (WHERE sequence IS NOT NULL) AS sequences,
            (array_agg(id ORDER BY sequence, id COLLATE "C") FILTER (WHERE file IS NOT NULL))[1:{IdsMax}] AS ids,
            count(*) OVER () AS entries
          FROM late GROUP BY coalesce(file, id), coalesce(detail, '')
          ORDER BY min(since), coalesce(file, id) COLLATE "C", coalesce(detail, '') COLLATE "C" LIMIT {EntriesMax}),
        found AS (
          SELECT 0 AS place, since, count(*) AS number, '' AS name, '' AS detail, '' AS municipality,
            NULL::int[] AS sequences, NULL::text[] AS ids, 0::bigint AS entries
          FROM late GROUP BY since
          UNION ALL SELECT 1, since, number, name, detail, municipality, sequences, ids, entries FROM entry)
        SELECT * FROM found ORDER BY place, since, name COLLATE "C", detail COLLATE "C"
        """;

    /// <summary>Every cause of which something is late, in the table's order.</summary>
    public static async Task<IReadOnlyList<LateCause>> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Policy policy, DateOnly businessDate,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var late = new List<LateCause>();
        foreach (var cause in WaitingCauses.All)
        {
            if (await LoadAsync(connection, transaction, cause, policy, businessDate, cancellation) is { } found)
            {
                late.Add(found);
            }
        }

        return late;
    }

    /// <summary>What is late in one line, for who reads the end of a night.</summary>
    /// <param name="late">What waits for longer than it may (R96).</param>
    /// <param name="notices">Late Issuance Notices (R41), which are counted apart: most of them wait for one of the others.</param>
    public static string Sentence(
        IReadOnlyList<(string What, long Number, int OldestDays)> late, (long Number, int OldestDays) notices)
    {
        ArgumentNullException.ThrowIfNull(late);
        var waits = late.Count == 0
            ? "Nothing waits for longer than it may."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Waits for longer than it may: {late.Sum(cause => cause.Number)} in {late.Count} {(late.Count == 1 ? "kind" : "kinds")}: ")
            + string.Join("; ", late.Select(
                cause => $"{char.ToLowerInvariant(cause.What[0])}{cause.What[1..]} {Count(cause.Number, cause.OldestDays)}"))
            + ".";
        return notices.Number == 0 ? waits : $"{waits} Issuance Notices late: {Count(notices.Number, notices.OldestDays)}.";

        static string Count(long number, int days) =>
            string.Create(CultureInfo.InvariantCulture, $"{number} (oldest {days} days)");
    }

    /// <summary>`1-40, 52`: ranges of numbers in ascending order.</summary>
    public static string Ranges(IReadOnlyList<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        var ranges = new List<(int From, int To)>();
        foreach (var number in numbers)
        {
            if (ranges.Count > 0 && number <= ranges[^1].To + 1)
            {
                ranges[^1] = (ranges[^1].From, number);
            }
            else
            {
                ranges.Add((number, number));
            }
        }

        return string.Join(", ", ranges.Select(range => range.From == range.To
            ? range.From.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.From}-{range.To}")));
    }

    private static async Task<LateCause?> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, WaitingCause cause, Policy policy, DateOnly businessDate,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql(cause.Sql), connection, transaction);
        command.Parameters.Add(new("before", cause.Days.NotLateFrom(policy, businessDate)));
        command.Parameters.Add(new("date", businessDate));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (ages, entries, all) = (new List<LateAge>(), new List<LateEntry>(), 0L);
        while (await reader.ReadAsync(cancellation))
        {
            var since = reader.GetFieldValue<DateOnly>(1);
            var age = businessDate.DayNumber - since.DayNumber;
            if (reader.GetInt32(0) == 0)
            {
                ages.Add(new LateAge(since, age, reader.GetInt64(2)));
                continue;
            }

            all = reader.GetInt64(8);
            entries.Add(new LateEntry(
                reader.GetString(3), since, age, reader.GetInt64(2),
                reader.IsDBNull(6) ? "" : Ranges(reader.GetFieldValue<int[]>(6)), reader.GetString(5), reader.GetString(4),
                reader.IsDBNull(7) ? [] : reader.GetFieldValue<string[]>(7)));
        }

        return ages.Count == 0
            ? null
            : new LateCause(
                cause.Name, cause.What, cause.Owner, cause.Days.Text(policy), ages.Sum(age => age.Number), ages[0].Since,
                ages[0].AgeDays, cause.WhatToDo, ages, entries, all - entries.Count);
    }
}
