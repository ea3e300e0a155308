using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Alerting;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>What became of one claimed part.</summary>
internal enum PartOutcome
{
    Done,

    /// <summary>Somebody else holds the part by now: the result was dropped.</summary>
    Fenced,

    /// <summary>It waits for a person.</summary>
    Failed,

    /// <summary>A transient error, or a full disk: it is ready again, later.</summary>
    Waits,

    /// <summary>Given back untouched: its worker drains.</summary>
    PutBack,

    /// <summary>Two halves stand in its place: it ended workers, or an item of it fails.</summary>
    Halved,

    /// <summary>Its one item ended workers and got an outcome instead of another try.</summary>
    Judged,
}

/// <summary>Works one claimed part: compute without a transaction, then fence, store, count, commit.</summary>
internal sealed class PartWork(
    NpgsqlDataSource database, Staging staging, TimeProvider clock, EngineOptions options, Action itemBegun)
{
    private readonly PartFailure _failure = new(database, clock, options);
    private readonly Poison _poison = new(database, clock, options);
    private readonly Closing _closing = new(clock);

    private DateTimeOffset Now => clock.GetUtcNow();

    public async Task<PartOutcome> RunAsync(
        ClaimedPart claimed, StepDefinition step, CancellationToken cancellation)
    {
        FaultPoints.Hit(FaultPoints.Claimed);
        var context = new PartContext(claimed.Run, claimed.Ordinal, claimed.Part, database, staging)
        {
            ItemBegun = itemBegun,
            Items = Guard(claimed),
        };
        try
        {
            if (claimed.Attempts >= options.OtherClaimsMax && claimed.Part.Act != PartAct.Work)
            {
                return await _failure.StorePermanentAsync(
                    claimed, "worker-died", $"{claimed.Attempts} workers ended while they worked this part", cancellation);
            }

            if (claimed.Attempts >= (step.ClaimsMax ?? options.WorkClaimsMax) && claimed.Part.Act == PartAct.Work
                && await _poison.TreatAsync(claimed, step, context, cancellation) is { } treated)
            {
                return treated;
            }

            await HitItemsAsync(step, context, cancellation);
            var store = await ComputeAsync(claimed.Part.Act, step, context, cancellation);
            FaultPoints.Hit(FaultPoints.Computed);
            return await StoreAsync(claimed, step, store, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return await _failure.PutBackAsync(claimed, CancellationToken.None);
        }
#pragma warning disable CA1031 // Every error of a step has its place here: sorted, worded, stored in the part's row.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return await TreatFailedAsync(claimed, step, context, error, cancellation);
        }
    }

    private async Task<PartOutcome> TreatFailedAsync(
        ClaimedPart claimed, StepDefinition step, PartContext context, Exception error, CancellationToken cancellation)
    {
        try
        {
            return (_failure.KindOf(claimed, error) == FailureKind.Permanent
                    ? await _poison.HalveFailedAsync(claimed, step, context, error, cancellation)
                    : null)
                ?? await _failure.StoreAsync(claimed, error, cancellation);
        }
        catch (TooManyItemsFailedException many)
        {
            return await _failure.StoreAsync(claimed, many, cancellation);
        }
    }

    /// <summary>Gives a part back that is not to be worked now.</summary>
    public Task<PartOutcome> PutBackAsync(ClaimedPart claimed) => _failure.PutBackAsync(claimed, CancellationToken.None);

    /// <summary>Says that the watchdog ends this worker over a part.</summary>
    public Task TellStuckAsync(ClaimedPart claimed, TimeSpan max, CancellationToken cancellation) =>
        _failure.TellStuckAsync(claimed, max, cancellation);

    /// <summary>Fails a part whose step this version does not have.</summary>
    public Task<PartOutcome> FailUnknownAsync(ClaimedPart claimed, CancellationToken cancellation) =>
        _failure.StorePermanentAsync(
            claimed, "unknown-step",
            $"this version has no step {claimed.StepName}: finish the run with the version that opened it, or abandon it",
            cancellation);

    private ItemGuard Guard(ClaimedPart claimed) =>
        new(options, claimed.StepName, claimed.Part.Act, claimed.WithoutItemLimit);

    // A part's own items fail on purpose before they are worked; nothing is asked for them but in tests.
    private async Task HitItemsAsync(StepDefinition step, PartContext context, CancellationToken cancellation)
    {
        if (options.ItemFault is null || context.Part.Act != PartAct.Work || step.Items is null || step.Failed is null)
        {
            return;
        }

        foreach (var item in await Poison.ItemsAsync(step, context, cancellation))
        {
            context.Items.Hit("item", item);
        }
    }

    private static Task<Func<StoreContext, CancellationToken, Task>> ComputeAsync(
        PartAct act, StepDefinition step, PartContext context, CancellationToken cancellation) => act switch
        {
            PartAct.Plan => step.Plan.ComputeAsync(context, cancellation),
            PartAct.Work => step.Work.ComputeAsync(context, cancellation),
            PartAct.Publish => step.Publish!.ComputeAsync(context, cancellation),
            _ => Task.FromResult<Func<StoreContext, CancellationToken, Task>>((_, _) => Task.CompletedTask),
        };

    private async Task<PartOutcome> StoreAsync(
        ClaimedPart claimed, StepDefinition step, Func<StoreContext, CancellationToken, Task> store,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        FaultPoints.Hit(FaultPoints.BeforeFence);
        if (!await RunTransitions.FenceAsync(connection, transaction, claimed.Part, Now, options.GuardsOff, cancellation))
        {
            return PartOutcome.Fenced;
        }

        FaultPoints.Hit(FaultPoints.AfterFence);
        var context = new StoreContext(
            claimed.Run, claimed.StepId, claimed.Ordinal, claimed.Part, connection, transaction)
        {
            Items = Guard(claimed),
            Now = Now,
        };
        await store(context, cancellation);
        await LastStatementsAsync(claimed, step, context, cancellation);
        FaultPoints.Hit(FaultPoints.BeforeCommit);
        await transaction.CommitAsync(cancellation);
        FaultPoints.Hit(FaultPoints.Committed);
        return context.Failure is null ? PartOutcome.Done : PartOutcome.Failed;
    }

    private async Task LastStatementsAsync(
        ClaimedPart claimed, StepDefinition step, StoreContext context, CancellationToken cancellation)
    {
        var (connection, transaction) = (context.Connection, context.Transaction);
        if (claimed.TransientErrors > 0)
        {
            await Alerts.ResolveAsync(
                connection, transaction, PartFailure.TransientAlert, PartFailure.Subject(claimed), Now, cancellation);
        }

        if (context.Failure is { } failure)
        {
            await _failure.FailStoredAsync(connection, transaction, claimed, failure.ErrorClass, failure.Text, cancellation);
            return;
        }

        switch (claimed.Part.Act)
        {
            case PartAct.Plan:
                await Statistics.RenewAsync(connection, transaction, cancellation);
                await RunTransitions.MoveOnAsync(connection, transaction, claimed.StepId, cancellation);
                await RunTransitions.NotifyAsync(connection, transaction, cancellation);
                break;
            case PartAct.Work:
                await RunTransitions.CountDownAsync(connection, transaction, claimed.StepId, options.GuardsOff, cancellation);
                break;
            case PartAct.Close:
                await _closing.CloseAsync(claimed, step, context, cancellation);
                break;
            default:
                await Statistics.RenewAsync(connection, transaction, cancellation);
                await RunTransitions.CloseStepAsync(
                    connection, transaction, claimed.Run.Id, claimed.StepId, Now, cancellation);
                break;
        }
    }
}
