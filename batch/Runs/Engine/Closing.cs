using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>What a balance check gave.</summary>
public sealed record BalanceResult(string Name, long Left, long Right)
{
    /// <summary>Both sides are equal.</summary>
    public bool Balances => Left == Right;

    /// <summary>What is out of balance, where the check can name it.</summary>
    public string? Which { get; init; }
}

/// <summary>Closes a step: seal, then the balance checks, over rows and in one transaction of its own.</summary>
internal sealed class Closing(TimeProvider clock)
{
    private const string BeforeSeal = "before_seal";

    public async Task CloseAsync(
        ClaimedPart claimed, StepDefinition step, StoreContext context, CancellationToken cancellation)
    {
        var (connection, transaction) = (context.Connection, context.Transaction);
        // What the plan and the parts wrote: without it the seal's joins go by what the tables were before the step.
        await Statistics.RenewAsync(connection, transaction, cancellation);
        await transaction.SaveAsync(BeforeSeal, cancellation);
        if (step.Seal is not null)
        {
            await step.Seal(context, cancellation);
            await Statistics.RenewAsync(connection, transaction, cancellation);
            var open = await Sql.ScalarAsync<long>(
                connection, transaction, "SELECT parts_open FROM step WHERE id = $1", cancellation, claimed.StepId);
            if (open > 0)
            {
                // The seal planned more work (a chunk is frozen again): the step goes on and closes later.
                await RunTransitions.MoveOnAsync(connection, transaction, claimed.StepId, cancellation);
                await RunTransitions.NotifyAsync(connection, transaction, cancellation);
                return;
            }
        }

        var results = await CheckAsync(
            connection, transaction, step.Checks, claimed.Run, claimed.Ordinal, cancellation);
        var broken = results.Where(result => !result.Balances).ToList();
        if (broken.Count > 0)
        {
            // What the seal decided must not stand beside a check that is out of balance: the rerun seals again.
            await transaction.RollbackAsync(BeforeSeal, cancellation);
            await BreakAsync(claimed, context, broken, cancellation);
        }
        else if (step.Publish is not null)
        {
            await Sql.ExecuteAsync(
                connection, transaction, "UPDATE step SET state = 'publishing' WHERE id = $1", cancellation, claimed.StepId);
            await RunTransitions.OpenActAsync(connection, transaction, claimed.StepId, PartAct.Publish, cancellation);
            await RunTransitions.NotifyAsync(connection, transaction, cancellation);
        }
        else
        {
            await RunTransitions.CloseStepAsync(
                connection, transaction, claimed.Run.Id, claimed.StepId, clock.GetUtcNow(), cancellation);
        }
    }

    public static async Task<IReadOnlyList<BalanceResult>> CheckAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<BalanceCheck> checks, RunInfo run, int ordinal,
        CancellationToken cancellation)
    {
        var results = new List<BalanceResult>();
        foreach (var check in checks)
        {
            var result = await AskAsync(
                check.Sql,
                row => new BalanceResult(
                    check.Name, Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture),
                    Convert.ToInt64(row.GetValue(1), CultureInfo.InvariantCulture)))
                ?? throw new InvalidOperationException($"Balance check \"{check.Name}\" returned no row.");
            results.Add(result.Balances || check.WhichSql is null
                ? result
                : result with { Which = await AskAsync(check.WhichSql, row => row.IsDBNull(0) ? null : row.GetString(0)) });
        }

        return results;

        async Task<T?> AskAsync<T>(string sql, Func<NpgsqlDataReader, T?> read)
            where T : class
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction)
            {
                Parameters = { new("run", run.Id), new("ordinal", ordinal), new("date", run.BusinessDate) },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return await reader.ReadAsync(cancellation) ? read(reader) : null;
        }
    }

    private async Task BreakAsync(
        ClaimedPart claimed, StoreContext context, List<BalanceResult> broken, CancellationToken cancellation)
    {
        var text = string.Join("; ", broken.Select(result =>
            $"{result.Name}: {result.Left} is not {result.Right}{(result.Which is null ? "" : $" ({result.Which})")}"));
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            "UPDATE part SET state = 'failed', error_class = 'law', error_text = $2 WHERE id = $1",
            cancellation, claimed.Part.Id, text);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, "UPDATE step SET state = 'unbalanced' WHERE id = $1", cancellation,
            claimed.StepId);
        await Alerts.RaiseAsync(
            context.Connection, context.Transaction, "law-broken", PartFailure.Subject(claimed),
            $"{text}. Find the missing or doubled items by `show {claimed.Run.Id}`, then rerun.", clock.GetUtcNow(), cancellation);
    }
}
