using MyNumber.Batch.Database;
using MyNumber.Batch.Privacy;
using Npgsql;

namespace MyNumber.Batch.Recovery;

/// <summary>
/// R48. A backup of the key files that is older than the database brings destroyed keys back: they are overwritten again,
/// at once. Keys whose destruction neither knows fall due again in the next night.
/// </summary>
public static class ReturnedKeys
{
    /// <summary>Overwrites every slot that the rows call destroyed and that holds a key.</summary>
    /// <returns>How many had come back.</returns>
    public static async Task<int> DestroyAsync(
        NpgsqlDataSource database, ApplicationKeys keys, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(keys);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var slots = await Sql.QueryAsync(
            connection, null, "SELECT received_on, slot FROM key_slot WHERE state = 'destroyed' ORDER BY received_on, slot",
            row => (ReceivedOn: row.GetFieldValue<DateOnly>(0), Slot: row.GetInt32(1)), cancellation);
        var returned = slots.Where(slot => keys.Holds(slot.ReceivedOn, slot.Slot)).ToList();
        returned.ForEach(slot => keys.Destroy(slot.ReceivedOn, slot.Slot));
        return returned.Count;
    }
}
