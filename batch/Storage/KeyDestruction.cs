using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Storage;

/// <summary>
/// R48. What only a disposed card needed is destroyed with it, and what is dead after the inquiry window: `destroying` is
/// committed, the key slot is overwritten and synced, `destroyed` is committed. A kill in between repeats the middle.
/// The record that it happened stays.
/// </summary>
public sealed class KeyDestruction(Policy policy, ApplicationKeys keys, SecretStore store)
{
    /// <summary>Slots in one part: each is one fsync.</summary>
    public const int SlotsPerPartMax = 1_000;

    /// <summary>Overwrites the slots of one part.</summary>
    public Act Work => Act.Of(OverwriteAsync, StoreDestroyedAsync);

    /// <summary>Marks what is due, up to a limit, and plans its parts. Call it in a plan's Store.</summary>
    /// <returns>How many were taken of the run's own accord, not released by people.</returns>
    internal async Task<long> PlanAsync(StoreContext context, long limit, CancellationToken cancellation)
    {
        // While a card order is not in place, the photographs in it may have to be cut out once more.
        // Incomplete and superseded applications die too: another form, or another application, has taken their place.
        var all = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT key_slot.application_key FROM key_slot
            JOIN application ON application.key = key_slot.application_key
            WHERE key_slot.state = 'live'
              AND NOT EXISTS (SELECT FROM card JOIN drop ON drop.id = card.drop_id
                WHERE card.application_key = application.key AND drop.state = 'sealed')
              AND (EXISTS (SELECT FROM card WHERE card.application_key = application.key AND card.state = 'disposed')
                  AND NOT EXISTS (SELECT FROM card WHERE card.application_key = application.key
                    AND card.state NOT IN ('void', 'disposed'))
                  AND application.state NOT IN ('received', 'review', 'waiting', 'selected')
                OR application.state IN ('issued', 'rejected', 'cancelled', 'void', 'incomplete', 'superseded')
                   AND application.state_on < $1)
            ORDER BY key_slot.application_key
            """,
            row => row.GetString(0), cancellation, context.BusinessDate.AddMonths(-policy.ImagesKeptMonths));
        var taken = await WaitingDestruction.TakeAsync(context, WaitingDestruction.Key, all, limit, cancellation);
        // What an earlier run marked and did not overwrite is decided already.
        var due = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            WITH due AS (
              UPDATE key_slot SET state = 'destroying' WHERE application_key = ANY ($1) AND state = 'live'
              RETURNING application_key)
            SELECT application_key FROM due UNION SELECT application_key FROM key_slot WHERE state = 'destroying'
            ORDER BY 1
            """,
            row => row.GetString(0), cancellation, taken.Subjects.ToArray());
        await context.LedgerAsync(due.Select(key => new ItemOutcome($"key:{key}", "key-due", "R48")), cancellation);
        await context.PlanPartsAsync(
            [.. due.Chunk(SlotsPerPartMax).Select(part => new PlannedPart(part[0], part[^1]))], cancellation);
        return taken.OwnAccord;
    }

    /// <summary>The application keys of a part.</summary>
    internal static async Task<IReadOnlyList<string>> ItemsAsync(PartContext part, CancellationToken cancellation) =>
        [.. (await DueAsync(part, cancellation)).Select(slot => slot.ApplicationKey)];

    private async Task<IReadOnlyList<DueSlot>> OverwriteAsync(PartContext part, CancellationToken cancellation)
    {
        var due = await DueAsync(part, cancellation);
        foreach (var slot in due)
        {
            keys.Destroy(slot.ReceivedOn, slot.Slot);
            FaultPoints.Hit(FaultPoints.KeySlotWritten);
            foreach (var stored in slot.Stored)
            {
                store.Delete(stored);
            }
        }

        return due;
    }

    private static Task StoreDestroyedAsync(
        IReadOnlyList<DueSlot> due, StoreContext context, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH gone AS (
              UPDATE key_slot SET state = 'destroyed' WHERE application_key = ANY ($1::text[]) AND state = 'destroying'
              RETURNING application_key),
            scans AS (
              UPDATE scan SET stored = NULL, reading_cipher = NULL, photo_hash = NULL,
                sha256 = CASE WHEN kind = 'photo' THEN '' ELSE sha256 END FROM gone
              WHERE scan.application_key = gone.application_key),
            values_given AS (
              UPDATE review_item SET value_cipher = NULL FROM gone
              WHERE review_item.application_key = gone.application_key),
            keyed_again AS (
              UPDATE rekey_item SET value_cipher = NULL,
                state = CASE WHEN rekey_item.state IN ('open', 'differs') THEN 'withdrawn' ELSE rekey_item.state END FROM gone
              WHERE rekey_item.application_key = gone.application_key),
            sent AS (
              UPDATE application SET online_cipher = NULL FROM gone WHERE application.key = gone.application_key)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'application', application_key, $2, 'images-destroyed', 'storage', 'R48' FROM gone ORDER BY 2
            """,
            cancellation, due.Select(slot => slot.ApplicationKey).ToArray(), context.BusinessDate);

    private static async Task<IReadOnlyList<DueSlot>> DueAsync(PartContext part, CancellationToken cancellation)
    {
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT received_on, slot, application_key,
                   array(SELECT stored FROM scan WHERE scan.application_key = key_slot.application_key
                         AND stored IS NOT NULL ORDER BY stored)
            FROM key_slot
            WHERE state = 'destroying' AND application_key BETWEEN $1 AND $2
            ORDER BY application_key
            """,
            row => new DueSlot(
                row.GetFieldValue<DateOnly>(0), row.GetInt32(1), row.GetString(2), row.GetFieldValue<string[]>(3)),
            cancellation, part.Part.FromKey, part.Part.ToKey);
    }

    private sealed record DueSlot(DateOnly ReceivedOn, int Slot, string ApplicationKey, IReadOnlyList<string> Stored);
}
