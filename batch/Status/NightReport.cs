using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Waiting;
using Npgsql;

namespace MyNumber.Batch.Status;

/// <summary>A balance check (a law, as the report has it) with both its sides, as they stand.</summary>
/// <param name="Step">Whose check.</param>
/// <param name="Law">The sentence.</param>
public sealed record ReportedLaw(string Step, string Law, long Left, long Right)
{
    /// <summary>Both sides are equal.</summary>
    public bool Holds => Left == Right;
}

/// <summary>One table of counts.</summary>
/// <param name="Columns">Column heads; the last one is the number.</param>
/// <param name="Rows">Texts and numbers, as they are shown.</param>
public sealed record ReportedCounts(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>What waits for whom.</summary>
/// <param name="Who">`keyer`, `operator`, `approver`, `municipality`, `vendor`, `applicant`.</param>
/// <param name="What">A sentence.</param>
/// <param name="Oldest">Since when the oldest waits; null where nothing does.</param>
public sealed record ReportedWait(string Who, string What, long Count, DateOnly? Oldest);

/// <summary>A night in one page: every count, every law, what waits for whom. It names no person.</summary>
/// <param name="Laws">Of all steps, in their order.</param>
/// <param name="Waits">Only what is not zero.</param>
/// <param name="Counts">Tables in the order of the night.</param>
/// <param name="TooLate">R96: what waits for longer than it may, by cause.</param>
/// <param name="ServiceLevel">R41: whose Issuance Notice is late, by municipality and cause.</param>
public sealed record NightSummary(
    DateOnly BusinessDate,
    IReadOnlyList<ReportedLaw> Laws,
    IReadOnlyList<ReportedWait> Waits,
    IReadOnlyList<ReportedCounts> Counts,
    IReadOnlyList<LateCause> TooLate,
    ServiceLevelReport ServiceLevel)
{
    /// <summary>What is late, in one line.</summary>
    [JsonIgnore]
    public string TooLateLine => WaitingAlerts.Line(TooLate, ServiceLevel);
}

/// <summary>
/// Writes `outbox/report/DATE.html` and `DATE.json`. The report is no drop: it is written again whenever the status step
/// publishes again, and stands in no digest.
/// </summary>
/// <param name="database">What it counts.</param>
/// <param name="policy">For how long anything may wait.</param>
/// <param name="steps">The steps of the night with their balance checks; asked for late, as this step is one of them.</param>
public sealed class NightReport(
    Home home, NpgsqlDataSource database, Policy policy, Func<IReadOnlyList<StepDefinition>> steps)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Writes both files, each by a temporary sibling and a rename.</summary>
    public async Task WriteAsync(RunInfo run, CancellationToken cancellation)
    {
        var summary = await LoadAsync(run, cancellation);
        var folder = Directory.CreateDirectory(Path.Combine(home.Outbox, "report")).FullName;
        var date = Drops.DateInNames(run.BusinessDate);
        await ReplaceAsync(Path.Combine(folder, date + ".json"), JsonSerializer.Serialize(summary, Json) + "\n", cancellation);
        await ReplaceAsync(Path.Combine(folder, date + ".html"), NightReportHtml.Render(summary), cancellation);
    }

    /// <summary>The report as data, as of now.</summary>
    public async Task<NightSummary> LoadAsync(RunInfo run, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var laws = new List<ReportedLaw>();
        var closed = await ClosedAsync(connection, run, cancellation);
        foreach (var (step, index) in steps().Select((step, index) => (step, index)).Where(step => closed.Contains(step.step.Name)))
        {
            foreach (var law in step.Checks)
            {
                laws.Add(await LawAsync(connection, run, step.Name, index + 1, law, cancellation));
            }
        }

        var waits = new List<ReportedWait>();
        await using (var command = Command(connection, run, NightReportSql.Waits))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                waits.Add(new ReportedWait(reader.GetString(0), reader.GetString(1), reader.GetInt64(2),
                    reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3)));
            }
        }

        var counts = new List<ReportedCounts>();
        foreach (var (name, sql) in NightReportSql.Counts)
        {
            counts.Add(await CountsAsync(connection, run, name, sql, cancellation));
        }

        return new NightSummary(
            run.BusinessDate, laws, waits, counts,
            await WaitingList.LoadAsync(connection, null, policy, run.BusinessDate, cancellation),
            await ServiceLevel.LoadAsync(connection, null, policy, run.BusinessDate, cancellation));
    }

    // A law says nothing before its step has closed, or tried to.
    private static async Task<HashSet<string>> ClosedAsync(
        NpgsqlConnection connection, RunInfo run, CancellationToken cancellation)
    {
        await using var command = Command(
            connection, run,
            "SELECT name FROM step WHERE run_id = @run AND state IN ('unbalanced', 'publishing', 'closed')");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var names = new HashSet<string>();
        while (await reader.ReadAsync(cancellation))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static async Task<ReportedLaw> LawAsync(
        NpgsqlConnection connection, RunInfo run, string step, int ordinal, BalanceCheck check, CancellationToken cancellation)
    {
        await using var command = Command(connection, run, check.Sql);
        command.Parameters.Add(new("ordinal", ordinal));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new ReportedLaw(step, check.Name, reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task<ReportedCounts> CountsAsync(
        NpgsqlConnection connection, RunInfo run, string name, string sql, CancellationToken cancellation)
    {
        await using var command = Command(connection, run, sql);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        var rows = new List<IReadOnlyList<string>>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add([.. columns.Select((_, i) => reader.IsDBNull(i) ? "" : Text(reader.GetValue(i)))]);
        }

        // By bytes, cell by cell: the order must not hang on the database's collation.
        rows.Sort((a, b) => a.Zip(b, string.CompareOrdinal).FirstOrDefault(order => order != 0));
        return new ReportedCounts(name, columns, rows);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, RunInfo run, string sql)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new("run", run.Id));
        command.Parameters.Add(new("date", run.BusinessDate));
        return command;
    }

    private static string Text(object value) => value switch
    {
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>
    /// Puts a text in the place of whatever has that name, whole or not at all; also while others put the same text there.
    /// </summary>
    internal static async Task ReplaceAsync(string path, string text, CancellationToken cancellation)
    {
        var folder = Path.GetDirectoryName(path)!;
        foreach (var leftover in Directory.GetFiles(folder, $"{Path.GetFileName(path)}.*.tmp"))
        {
            // Of a try that a kill or a full disk ended: the part was not done, so this one comes after it.
            File.Delete(leftover);
        }

        while (!await TryReplaceAsync(path, text, cancellation))
        {
            // A worker that was given up woke and took the file for a leftover; it does so once.
        }

        Durable.SyncFolder(folder);
    }

    private static async Task<bool> TryReplaceAsync(string path, string text, CancellationToken cancellation)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        await using (var stream = new FileStream(temporary, FileMode.CreateNew))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (FileNotFoundException) when (!File.Exists(temporary))
        {
            return false;
        }
    }
}
