using MyNumber.Batch.Database;
using Npgsql;
using NpgsqlTypes;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>
/// What a Store may use: the fenced transaction of its part. Rows only; no file, no clock, no outside world.
/// </summary>
public sealed partial class StoreContext(
    RunInfo run, long stepId, int stepOrdinal, PartInfo part, NpgsqlConnection connection, NpgsqlTransaction transaction)
{
    /// <summary>The run.</summary>
    public RunInfo Run => run;

    /// <summary>The Japan date that every rule uses.</summary>
    public DateOnly BusinessDate => run.BusinessDate;

    /// <summary>The step's place in the night, from 1.</summary>
    public int StepOrdinal => stepOrdinal;

    /// <summary>The part that is being stored.</summary>
    public PartInfo Part => part;

    internal long StepId => stepId;

    /// <summary>The connection of the transaction.</summary>
    public NpgsqlConnection Connection => connection;

    /// <summary>The fenced transaction; the engine commits it.</summary>
    public NpgsqlTransaction Transaction => transaction;

    /// <summary>Class and sentence of a failure that does not take back what was stored; null where nothing failed.</summary>
    internal (string ErrorClass, string Text)? Failure { get; private set; }

    /// <summary>
    /// What is stored here stands, and yet the part fails and waits for a person: some of what it hands over could not be put
    /// in place. Tried again, it goes on with the rest.
    /// </summary>
    public void FailAfterwards(string errorClass, string text) => Failure = (errorClass, text);

    /// <summary>
    /// Looks at the tables to which this transaction wrote much, so that its next statements are planned for what they are
    /// now. The engine does it after a plan, before and after a seal, and after a publish.
    /// </summary>
    public Task RenewStatisticsAsync(CancellationToken cancellation) =>
        Statistics.RenewAsync(connection, transaction, cancellation);

    /// <summary>Plans work parts of this step. File borders are fixed here; a later split never changes a file.</summary>
    public async Task PlanPartsAsync(IReadOnlyCollection<PlannedPart> parts, CancellationToken cancellation)
    {
        const string sql = """
            WITH planned AS (
              INSERT INTO part (step_id, act, from_key, to_key, state)
              SELECT $1, 'work', from_key, to_key, 'ready' FROM unnest($2::text[], $3::text[]) AS new (from_key, to_key)
              RETURNING 1)
            UPDATE step SET parts_open = parts_open + (SELECT count(*) FROM planned) WHERE id = $1
            """;
        await using var command = new NpgsqlCommand(sql, connection, transaction)
        {
            Parameters =
            {
                new() { Value = stepId },
                new() { Value = parts.Select(planned => planned.FromKey).ToArray() },
                new() { Value = parts.Select(planned => planned.ToKey).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Writes lines of the item ledger by COPY. A subject has one line per step of a run.</summary>
    public async Task LedgerAsync(IEnumerable<ItemOutcome> items, CancellationToken cancellation)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY item (run_id, step_ordinal, subject, outcome, reason) FROM STDIN (FORMAT BINARY)", cancellation);
        foreach (var item in items)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(run.Id, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(stepOrdinal, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(item.Subject, NpgsqlDbType.Text, cancellation);
            await copy.WriteAsync(item.Outcome, NpgsqlDbType.Text, cancellation);
            if (item.Reason is null)
            {
                await copy.WriteNullAsync(cancellation);
            }
            else
            {
                await copy.WriteAsync(item.Reason, NpgsqlDbType.Text, cancellation);
            }
        }

        await copy.CompleteAsync(cancellation);
    }

    /// <summary>
    /// Writes lines for the items whose outcome is new, and counts those that only repeat the night before: they are in every
    /// number, and have no line. A row of counts is added to by every part, so call this last: whoever comes second waits
    /// until the first has committed.
    /// </summary>
    /// <param name="repeated">Subjects of those that were so the night before.</param>
    public async Task LedgerAsync(
        IReadOnlyCollection<ItemOutcome> items, IReadOnlySet<string> repeated, CancellationToken cancellation)
    {
        await LedgerAsync(items.Where(item => !repeated.Contains(item.Subject)), cancellation);
        var counts = items.Where(item => repeated.Contains(item.Subject)).CountBy(item => item.Outcome)
            .OrderBy(count => count.Key, StringComparer.Ordinal).ToList();
        if (counts.Count > 0)
        {
            await Sql.ExecuteAsync(
                connection, transaction,
                """
                INSERT INTO item_count (run_id, step_ordinal, outcome, items)
                SELECT $1, $2, outcome, items FROM unnest($3::text[], $4::bigint[]) AS new (outcome, items)
                ON CONFLICT (run_id, step_ordinal, outcome) DO UPDATE SET items = item_count.items + excluded.items
                """,
                cancellation, run.Id, stepOrdinal, counts.Select(count => count.Key).ToArray(),
                counts.Select(count => (long)count.Value).ToArray());
        }
    }
}
