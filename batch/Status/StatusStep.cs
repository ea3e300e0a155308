using System.Globalization;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Selection;
using MyNumber.Batch.Waiting;
using Npgsql;
using NpgsqlTypes;

namespace MyNumber.Batch.Status;

/// <summary>
/// The last step of a night: what the inquiry answers as of this business date (R95), as rows and as
/// `outbox/status/DATE.csv`; then the night's report. In: every application, decided or not. Out: one answer per
/// Application ID that may be asked for, under a keyed hash of the ID and the date of birth.
/// </summary>
/// <param name="services">Of the night.</param>
/// <param name="steps">All steps of the night: the report has the balance of each.</param>
public sealed class StatusStep(NightServices services, Func<IReadOnlyList<StepDefinition>> steps)
{
    /// <summary>Application IDs in one part.</summary>
    public const int IdsPerPart = 5_000;

    private const string Product = "status";

    // Behind every Application ID in byte order: the part that writes the file, planned when all answers are stored.
    private const string FileKey = "~file";

    /// <summary>How the inquiry's snapshot leaves the house.</summary>
    public static Handover HandoverOf(NightServices services) => new(Product, product => product == Product)
    {
        // For what a version sealed that kept no bytes: its rows are those of its date until the next night's take their place.
        Render = (drop, _, stream, cancellation) => WriteFileAsync(services.Database, drop.BusinessDate, stream, cancellation),
    };

    /// <summary>The step as the engine runs it.</summary>
    public StepDefinition Definition => new(
        "status",
        Act.OfRows(PlanAsync),
        Act.Of(ComputeAsync, (store, context, cancellation) => store(context, cancellation)),
        [
            // Both speak of rows that the next night's status replaces, so they say nothing any more once there is one.
            new BalanceCheck("Application IDs that may be asked for = answered + too soon or too late to ask + held", $"""
                SELECT CASE WHEN {Replaced} THEN {Ledger("true")} ELSE
                    (SELECT count(DISTINCT application_id) FROM application WHERE {Inquired("@date")}) END,
                  {Ledger("true")}
                """),
            new BalanceCheck("answered in the ledger, listed or counted = answers of this date", $"""
                SELECT {Ledger("outcome NOT IN ('unknown', 'held')")},
                  CASE WHEN {Replaced} THEN {Ledger("outcome NOT IN ('unknown', 'held')")} ELSE
                    (SELECT count(*) FROM status_answer WHERE business_date = @date) END
                """),
        ])
    {
        Seal = SealAsync,
        Publish = Act.Of(PublishAsync, (store, context, cancellation) => store(context, cancellation)),
        GiveBack = GiveBackAsync,
    };

    // Opened later, not dated later: a night with a mistaken date may have been set aside.
    private const string Replaced = "EXISTS (SELECT 1 FROM run WHERE kind = 'night' AND id > @run)";

    private static string Ledger(string which) =>
        $"(SELECT coalesce(sum(items), 0)::bigint FROM item_total WHERE run_id = @run AND step_ordinal = @ordinal AND {which})";

    private async Task PlanAsync(StoreContext context, CancellationToken cancellation)
    {
        await WaitingAlerts.TellAsync(context, services.Policy, services.Clock.GetUtcNow(), cancellation);
        await Drops.CreateFlatAsync(context, "status", Product, cancellation);
        await using var command = new NpgsqlCommand(
            $"""
            SELECT min(application_id), max(application_id)
            FROM (
              SELECT application_id, (row_number() OVER (ORDER BY application_id) - 1) / {IdsPerPart} AS part
              FROM (SELECT DISTINCT application_id FROM application WHERE {Inquired("$1")}) AS inquired) AS numbered
            GROUP BY part ORDER BY part
            """,
            context.Connection, context.Transaction)
        {
            Parameters = { new() { Value = context.BusinessDate } },
        };
        var parts = new List<PlannedPart>();
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                parts.Add(new PlannedPart(reader.GetString(0), reader.GetString(1)));
            }
        }

        await context.PlanPartsAsync(parts, cancellation);
    }

    private Task<Func<StoreContext, CancellationToken, Task>> ComputeAsync(
        PartContext part, CancellationToken cancellation) =>
        part.Part.FromKey == FileKey ? StageFileAsync(part, cancellation) : RunAsync(part, cancellation);

    private async Task<Func<StoreContext, CancellationToken, Task>> RunAsync(
        PartContext part, CancellationToken cancellation)
    {
        var asked = await LoadAsync(part, cancellation);
        // An answer that fails is none: the inquiry knows nothing of it tonight, rather than what was so yesterday.
        var (answers, failed) = part.Items.Each(
            "application", [.. asked.GroupBy(row => (row.ApplicationId, row.BirthDate))], group => group.First().Key,
            group => (
                Hash: services.Ids.InquiryHash(group.Key.ApplicationId, group.Key.BirthDate),
                Answer: StatusAnswers.For([.. group.Select(row => row.Application)], part.BusinessDate, services.Policy)));
        return async (context, cancel) =>
        {
            await context.ReportAsync(failed, "application", "held", cancel);
            var repeated = await RepeatedAsync(context, answers, cancel);
            await StoreAnswersAsync(context, [.. answers.Where(answer => answer.Answer is not null)], cancel);
            // Millions of answers say tonight what they said last night: these are counted.
            await context.LedgerAsync(
                [.. answers.Select(answer => new ItemOutcome(answer.Hash, answer.Answer?.Answer ?? "unknown"))], repeated, cancel);
        };
    }

    // Unknown to the inquiry is what has no row: too soon to ask is no change, too late to ask is one.
    private static async Task<IReadOnlySet<string>> RepeatedAsync(
        StoreContext context, IReadOnlyList<(string Hash, StatusAnswer? Answer)> answers, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT new.key_hash
            FROM unnest($1, $2, $3) AS new (key_hash, answer, confirmed_on)
            LEFT JOIN status_answer AS old ON old.key_hash = new.key_hash
            WHERE (old.answer, old.confirmed_on) IS NOT DISTINCT FROM (new.answer, new.confirmed_on)
            """,
            context.Connection, context.Transaction)
        {
            Parameters =
            {
                new() { Value = answers.Select(answer => answer.Hash).ToArray() },
                new() { Value = answers.Select(answer => answer.Answer?.Answer).ToArray() },
                new()
                {
                    Value = answers.Select(answer => answer.Answer?.ConfirmedOn).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date,
                },
            },
        };
        var repeated = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            repeated.Add(reader.GetString(0));
        }

        return repeated;
    }

    private static async Task StoreAnswersAsync(
        StoreContext context, IReadOnlyList<(string Hash, StatusAnswer? Answer)> answers, CancellationToken cancellation)
    {
        // Yesterday's answer stands until today's replaces it: the inquiry never sees an empty table.
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO status_answer (key_hash, answer, confirmed_on, business_date)
            SELECT key_hash, answer, confirmed_on, $4 FROM unnest($1, $2, $3) AS new (key_hash, answer, confirmed_on)
            ON CONFLICT (key_hash) DO UPDATE SET
              answer = excluded.answer, confirmed_on = excluded.confirmed_on, business_date = excluded.business_date
            """,
            context.Connection, context.Transaction)
        {
            Parameters =
            {
                new() { Value = answers.Select(answer => answer.Hash).ToArray() },
                new() { Value = answers.Select(answer => answer.Answer!.Answer).ToArray() },
                new()
                {
                    Value = answers.Select(answer => answer.Answer!.ConfirmedOn).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date,
                },
                new() { Value = context.BusinessDate },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<List<(string Key, string ApplicationId, DateOnly BirthDate, InquiredApplication Application)>> LoadAsync(
        PartContext part, CancellationToken cancellation)
    {
        await using var command = part.Database.CreateCommand($"""
            SELECT application.application_id, resident.birth_date, application.state, card.state, coalesce(form.void, false),
              application.received_on, application.confirmed_on, application.key
            FROM application
            JOIN resident ON resident.resident_id = application.resident_id
            LEFT JOIN LATERAL (
              SELECT state FROM card WHERE card.application_key = application.key
              ORDER BY card.ordered_on DESC, card.state = 'void', card.ref DESC LIMIT 1) AS card ON true
            LEFT JOIN form ON form.application_id = application.application_id
            WHERE application.application_id BETWEEN $2 AND $3 AND {Inquired("$1")}
            ORDER BY application.application_id, {OrderOfApplications.Sql(services.Policy.MailBeforeOnline)}
            """);
        command.Parameters.Add(new() { Value = part.BusinessDate });
        command.Parameters.Add(new() { Value = part.Part.FromKey });
        command.Parameters.Add(new() { Value = part.Part.ToKey });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<(string, string, DateOnly, InquiredApplication)>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add((reader.GetString(7), reader.GetString(0), reader.GetFieldValue<DateOnly>(1), new InquiredApplication(
                reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.GetBoolean(4),
                reader.GetFieldValue<DateOnly>(5),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<DateOnly>(6))));
        }

        return rows;
    }

    // Answers far too old to be asked for are not looked at again; one month more than R95's, so that no day is missed.
    private string Inquired(string date) =>
        string.Create(CultureInfo.InvariantCulture, $"""
            application.application_id IS NOT NULL AND application.resident_id IS NOT NULL
              AND application.received_on >= ({date}::date - interval '{services.Policy.InquiryMonths + 1} months')::date
            """);

    private async Task<Func<StoreContext, CancellationToken, Task>> StageFileAsync(
        PartContext part, CancellationToken cancellation)
    {
        var drop = await DropAsync(part, cancellation);
        var staged = await part.Staging.StageAsync(
            drop.Folder, FileName(drop),
            (stream, cancel) => WriteFileAsync(part.Database, part.BusinessDate, stream, cancel), cancellation);
        return async (context, cancel) =>
        {
            await Drops.RecordFilesAsync(context, drop.Id, [staged], cancel);
            // Far too large for the memory on a full night: kept as it is read from where it was staged.
            await using var content = File.OpenRead(part.Staging.FullPath(drop.Folder, staged));
            await services.Kept.KeepAsync(
                context.Connection, context.Transaction, drop, [(staged.Path, content)], cancel);
        };
    }

    private static async Task<DropRow> DropAsync(PartContext part, CancellationToken cancellation)
    {
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        return (await Drops.FrozenAsync(connection, null, part.Run.Id, [Product], cancellation)).Single();
    }

    // Called at each closing: first when all answers are stored, then when the file is staged.
    private static async Task SealAsync(StoreContext context, CancellationToken cancellation)
    {
        var drop = await DropIdAsync(context, cancellation);
        var files = await Drops.FilesAsync(context.Connection, context.Transaction, drop, cancellation);
        if (files.Count > 0)
        {
            await Drops.SealAsync(context, drop, files[0].Sha256, cancellation);
            return;
        }

        await using var command = new NpgsqlCommand(
            "DELETE FROM status_answer WHERE business_date < $1", context.Connection, context.Transaction)
        {
            Parameters = { new() { Value = context.BusinessDate } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
        await context.PlanPartsAsync([new PlannedPart(FileKey, FileKey)], cancellation);
    }

    private static async Task GiveBackAsync(StoreContext context, CancellationToken cancellation)
    {
        foreach (var drop in await Drops.FrozenAsync(
            context.Connection, context.Transaction, context.Run.Id, [Product], cancellation))
        {
            await Drops.DeleteFrozenAsync(context, drop.Id, cancellation);
        }
    }

    // The report is no drop, and it is there also where a drop is stopped.
    private async Task<Func<StoreContext, CancellationToken, Task>> PublishAsync(PartContext part, CancellationToken cancellation)
    {
        var store = await services.Handovers.Act(HandoverOf(services)).ComputeAsync(part, cancellation);
        await new NightReport(services.Home, services.Database, services.Policy, steps).WriteAsync(part.Run, cancellation);
        return store;
    }

    private static async Task WriteFileAsync(
        NpgsqlDataSource database, DateOnly date, Stream stream, CancellationToken cancellation)
    {
        await using var csv = CsvText.Begin(stream, "key_hash,answer,confirmed_on");
        await using var command = database.CreateCommand("""
            SELECT key_hash, answer, coalesce(confirmed_on::text, '') FROM status_answer WHERE business_date = $1
            ORDER BY key_hash COLLATE "C"
            """);
        command.Parameters.Add(new() { Value = date });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            for (var i = 0; i < reader.FieldCount; i++)
            {
                csv.WriteField(reader.GetString(i));
            }

            await csv.EndRecordAsync(cancellation);
        }
    }

    private static async Task<long> DropIdAsync(StoreContext context, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT id FROM drop WHERE run_id = $1 AND product = $2", context.Connection, context.Transaction)
        {
            Parameters = { new() { Value = context.Run.Id }, new() { Value = Product } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static string FileName(DropRow drop) => Drops.FlatFileName(drop);
}
