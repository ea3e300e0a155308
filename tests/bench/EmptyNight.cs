using System.Globalization;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Bench;

/// <summary>
/// A night of one step whose parts compute nothing and store one line of the ledger, and who worked them: what is left is
/// the engine's own time.
/// </summary>
public sealed class EmptyNight(int parts, TimeSpan workTime)
{
    /// <summary>Which process worked a part; claims of a part whose first worker holds it for ever.</summary>
    public const string Tables = """
        CREATE TABLE bench_part (key text NOT NULL, pid int NOT NULL);
        CREATE TABLE bench_claim (id bigint GENERATED ALWAYS AS IDENTITY, key text NOT NULL, pid int NOT NULL);
        """;

    public static DateOnly Date { get; } = new(2026, 11, 24);

    /// <summary>That date is meant, whatever day it is.</summary>
    public static UnusualDate Meant { get; } = new(new Because("bench", "an empty night"), Destruction.Allowed);

    /// <summary>Whether the first worker of a part holds it until it is killed.</summary>
    public bool HoldsFirst { get; init; }

    /// <summary>Called when a part is stored, before its commit.</summary>
    public Action Stored { get; set; } = () => { };

    public RunEngine Engine(NpgsqlDataSource database, string outbox) => new(
        database, new Dictionary<string, IReadOnlyList<StepDefinition>> { ["night"] = [Step] }, outbox, TimeProvider.System,
        new EngineOptions());

    private StepDefinition Step => new(
        "empty",
        Act.OfRows((context, cancellation) => context.PlanPartsAsync(
            [.. Enumerable.Range(1, parts).Select(n => n.ToString("D7", CultureInfo.InvariantCulture)).Select(
                key => new PlannedPart(key, key))],
            cancellation)),
        Act.Of<string>(ComputeAsync, StoreAsync),
        []);

    private async Task<string> ComputeAsync(PartContext part, CancellationToken cancellation)
    {
        if (workTime > TimeSpan.Zero)
        {
            await Task.Delay(workTime, cancellation);
        }

        if (HoldsFirst && await CountClaimAsync(part, cancellation) == 1)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }

        return part.Part.FromKey;
    }

    private static async Task<long> CountClaimAsync(PartContext part, CancellationToken cancellation)
    {
        await using var command = part.Database.CreateCommand(
            "INSERT INTO bench_claim (key, pid) VALUES ($1, $2) RETURNING id");
        command.Parameters.Add(new() { Value = part.Part.FromKey });
        command.Parameters.Add(new() { Value = Environment.ProcessId });
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task StoreAsync(string key, StoreContext context, CancellationToken cancellation)
    {
        await context.LedgerAsync([new ItemOutcome(key, "done")], cancellation);
        await using var command = new NpgsqlCommand(
            "INSERT INTO bench_part (key, pid) VALUES ($1, $2)", context.Connection, context.Transaction)
        {
            Parameters = { new() { Value = key }, new() { Value = Environment.ProcessId } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
        Stored();
    }
}
