using System.Diagnostics;
using System.Globalization;
using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Selection;
using Npgsql;

namespace MyNumber.Tests.Bench;

/// <summary>
/// `bench select`: a million applications of 900,000 residents selected at once, with history, ledger and constraint,
/// against one plain window query and update over the same rows. Both run twice by turns, each rolled back and vacuumed
/// away; the second round counts, when the table has the free space that either leaves behind.
/// </summary>
internal static class SelectBench
{
    private const int Applications = 1_000_000;
    private const int Residents = 900_000;
    private const int Rounds = 2;

    // The Nth application of a resident is N * Residents further on; every 200th of the first ones waits for a person.
    private static readonly string[] World =
    [
        """
        INSERT INTO municipality VALUES ('131016', '千代田区', '東京都', 'a', 'b', 'c', 1, 3, false, NULL)
        """,
        $"""
        INSERT INTO resident (resident_id, name, name_kana, birth_date, postal_code, address, municipality_code,
          registered_on, household_id, household_head, first_seen_on)
        SELECT 'R' || lpad(n::text, 9, '0'), 'n', 'k', '1990-01-01', '1000001', 'a', '131016', '2020-01-01', 'H', 'h', '2026-11-01'
        FROM generate_series(0, {Residents - 1}) AS n
        """,
        // Scattered as they come: a resident's applications do not lie side by side.
        $"""
        INSERT INTO application (key, channel, received_on, submitted_at, envelope, sheet, feed, row, application_id,
          resident_id, state, state_on, to_validate)
        SELECT key, CASE WHEN mail THEN 'mail' ELSE 'online' END, received_on,
          CASE WHEN NOT mail THEN received_on + make_interval(secs => n % 86400) END,
          CASE WHEN mail THEN lpad(n::text, 12, '0') END, CASE WHEN mail THEN '1' END, 'F', n, lpad(n::text, 23, '0'),
          'R' || lpad((n % {Residents})::text, 9, '0'), CASE WHEN n % 200 = 0 THEN 'review' ELSE 'received' END, '2026-11-24', false
        FROM (
          SELECT n, n % 3 = 0 AS mail, '2026-10-01'::date + (n::bigint * 7919 % 54)::int AS received_on, lpad(n::text, 12, '0') || '-1' AS key
          FROM generate_series(0, {Applications - 1}) AS n) AS made
        """,
        """
        INSERT INTO run (kind, business_date, cut_off, opened_at) VALUES ('night', '2026-11-24', now(), now())
        """,
        "VACUUM ANALYZE",
    ];

    private static string PlainSql => $"""
        UPDATE application SET state = CASE WHEN place = 1 THEN 'selected' ELSE 'superseded' END
        FROM (
          SELECT key, row_number() OVER (PARTITION BY resident_id ORDER BY {OrderOfApplications.Sql(true)}) AS place
          FROM application WHERE state = 'received') AS ranked
        WHERE application.key = ranked.key
        """;

    public static async Task RunAsync(CancellationToken cancellation)
    {
        await using var home = await BenchHome.CreateAsync(cancellation);
        foreach (var sql in World)
        {
            await ExecuteAsync(home, sql, cancellation);
        }

        var (plain, select) = (default(Cost), default(Cost));
        for (var round = 1; round <= Rounds; round++)
        {
            plain = await MeasureAsync(home, PlainAsync, cancellation);
            select = await MeasureAsync(home, SelectAsync, cancellation);
            Console.Error.WriteLine(FormattableString.Invariant(
                $"round {round}: window query and update {plain}, selection {select}"));
        }

        Console.WriteLine("| what | wall | processor |");
        Console.WriteLine("|---|---|---|");
        Console.WriteLine(FormattableString.Invariant(
            $"| one window query and update over {Applications:N0} rows | {plain.WallS:0.0} s | {plain.CpuS:0.0} s |"));
        Console.WriteLine(FormattableString.Invariant(
            $"| the same selected, with history, ledger and constraint | {select.WallS:0.0} s | {select.CpuS:0.0} s |"));
        Console.WriteLine(FormattableString.Invariant($"| ratio | {select.WallS / plain.WallS:0.00} | {select.CpuS / plain.CpuS:0.00} |"));
        Console.WriteLine();
        foreach (var line in await PlanAsync(home, cancellation))
        {
            Console.WriteLine(line);
        }
    }

    private static async Task<Cost> MeasureAsync(
        BenchHome home, Func<NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task> work, CancellationToken cancellation)
    {
        await ExecuteAsync(home, "CHECKPOINT", cancellation);
        Cost cost;
        await using (var connection = await home.Database.OpenConnectionAsync(cancellation))
        await using (var transaction = await connection.BeginTransactionAsync(cancellation))
        {
            var cpu = CpuS(connection.ProcessID);
            var began = Stopwatch.GetTimestamp();
            await work(connection, transaction, cancellation);
            cost = new Cost(Stopwatch.GetElapsedTime(began).TotalSeconds, CpuS(connection.ProcessID) - cpu);
        }

        await ExecuteAsync(home, "VACUUM ANALYZE application, history, item", cancellation);
        return cost;
    }

    // A million rows take longer than the 30 s that Npgsql gives a statement.
    private static async Task ExecuteAsync(BenchHome home, string sql, CancellationToken cancellation)
    {
        await using var command = home.Database.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task PlainAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(PlainSql, connection, transaction) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task SelectAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        var context = new StoreContext(
            new RunInfo(1, "night", new DateOnly(2026, 11, 24), ""), 0, 4, new PartInfo(0, PartAct.Plan, "", "", 1),
                connection, transaction);
        var step = new SelectStep(new Policy());
        await step.DecideAsync(context, cancellation);
        foreach (var check in step.Definition.Checks)
        {
            await using var command = new NpgsqlCommand(check.Sql, connection, transaction) { CommandTimeout = 0 };
            await using var row = await command.ExecuteReaderAsync(cancellation);
            await row.ReadAsync(cancellation);
            if (row.GetInt64(0) != row.GetInt64(1))
            {
                throw new InvalidOperationException($"Law does not hold: {check.Name}");
            }
        }
    }

    private static async Task<IReadOnlyList<string>> PlanAsync(BenchHome home, CancellationToken cancellation)
    {
        await using var connection = await home.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var table = new NpgsqlCommand(SelectStep.DecisionTableSql, connection, transaction))
        {
            await table.ExecuteNonQueryAsync(cancellation);
        }

        await using var command = new NpgsqlCommand(
            $"EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF, SUMMARY OFF) {new SelectStep(new Policy()).DecisionSql}", connection, transaction)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = DBNull.Value } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var lines = new List<string>();
        while (await row.ReadAsync(cancellation))
        {
            lines.Add(row.GetString(0));
        }

        return lines;
    }

    // User and system time of the server process that serves this connection, in ticks of 10 ms (proc(5), fields 14 and 15).
    private static double CpuS(int processId)
    {
        var fields = File.ReadAllText($"/proc/{processId}/stat").Split(')')[1].Split(' ');
        return (long.Parse(fields[12], CultureInfo.InvariantCulture) + long.Parse(fields[13], CultureInfo.InvariantCulture)) / 100.0;
    }

    private readonly record struct Cost(double WallS, double CpuS)
    {
        public override string ToString() => FormattableString.Invariant($"{WallS:0.0} s ({CpuS:0.0} s of a processor)");
    }
}
