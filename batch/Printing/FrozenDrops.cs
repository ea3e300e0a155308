using MyNumber.Batch.Letters;
using MyNumber.Batch.Runs.Delivery;
using Npgsql;

namespace MyNumber.Batch.Printing;

/// <summary>The print drops of a run that are not sealed yet.</summary>
internal static class FrozenDrops
{
    /// <summary>All of them, by product.</summary>
    public static Task<IReadOnlyList<DropRow>> AllAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long runId, Products products,
        CancellationToken cancellation) =>
        Drops.FrozenAsync(connection, transaction, runId, products.Names, cancellation);

    /// <summary>One by its name.</summary>
    /// <exception cref="InvalidOperationException">There is no such frozen drop.</exception>
    public static async Task<DropRow> OneAsync(
        NpgsqlConnection connection, long runId, string name, Products products, CancellationToken cancellation) =>
        (await AllAsync(connection, null, runId, products, cancellation)).Single(drop => drop.Name == name);
}
