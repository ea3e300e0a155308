using MyNumber.Batch.Database;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Recovery;

/// <summary>What declaring a drop lost brought.</summary>
public enum LostDropOutcome
{
    /// <summary>No drop that was handed over has this name.</summary>
    Unknown,

    /// <summary>
    /// The partner has it, or may have it: answers to it are here, or its marker lies in the outbox. Nothing was
    /// changed.
    /// </summary>
    Answered,

    /// <summary>The first of two people.</summary>
    First,

    /// <summary>The same person again: refused.</summary>
    SamePerson,

    /// <summary>Two people said so: the next night makes up for it.</summary>
    Declared,
}

/// <summary>
/// A drop was handed over to a disk that died before the partner fetched it: two people declare it lost. Its letters get
/// their next generation, for the old ones might still turn up (R98); a card order is handed over again as it is, because an
/// order is known by its id. A drop that is stopped and whose bytes nothing brings back is given up in the same way: it never left
/// the house, so its orders are made anew.
/// </summary>
public static class LostDrops
{
    private const string Kind = "drop-lost";

    private const string AnsweredSql = """
        SELECT EXISTS (SELECT FROM piece WHERE drop_id = $1 AND state <> 'sent')
          OR EXISTS (SELECT FROM card WHERE drop_id = $1 AND state <> 'ordered')
          OR EXISTS (SELECT FROM vendor_answer WHERE 'print/' || drop_name = $2)
        """;

    private const string PiecesSql = """
        WITH lost AS (UPDATE piece SET lost = true WHERE drop_id = $1 AND NOT lost RETURNING piece_id)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'piece', piece_id, $2, 'declared-lost', $3, 'two-people' FROM lost ORDER BY piece_id COLLATE "C"
        """;

    // The winners are ordered anew by the next night; the ledger says what became of the first order.
    private const string OrdersSql = """
        WITH gone AS (DELETE FROM card WHERE drop_id = $1 AND state = 'ordered' RETURNING ref, application_key),
        moved AS (
          UPDATE application SET state = 'selected', state_on = $2 FROM gone
          WHERE key = gone.application_key AND state = 'ordered' RETURNING key),
        told AS (
          INSERT INTO history (subject_kind, subject, at, what, by, why)
          SELECT 'application', key, $2, 'selected', $3, 'order-given-up' FROM moved ORDER BY key)
        UPDATE item SET outcome = 'given-up' FROM gone, drop, step
        WHERE drop.id = $1 AND step.run_id = drop.run_id AND step.name = 'order-cards' AND item.run_id = drop.run_id
          AND item.step_ordinal = step.ordinal AND item.subject = gone.ref AND item.outcome = 'ordered'
        """;

    /// <summary>One person's word that a drop is lost.</summary>
    /// <param name="outbox">Where its marker would lie.</param>
    /// <param name="name">The drop's name, as in the outbox.</param>
    public static async Task<LostDropOutcome> DeclareAsync(
        NpgsqlDataSource database, string outbox, string name, string person, string reason, DateTimeOffset at,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var found = await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT id, folder, state = 'published' FROM drop
            WHERE folder IN ('print/' || $1, 'card-orders/' || $1)
              AND (state = 'published' OR state = 'sealed' AND stopped_class IS NOT NULL) FOR UPDATE
            """,
            row => (Id: row.GetInt64(0), Folder: row.GetString(1), WasOut: row.GetBoolean(2)), cancellation, name);
        if (found.Count == 0)
        {
            return LostDropOutcome.Unknown;
        }

        var (id, folder, wasOut) = found[0];
        if (wasOut
            ? await Sql.ScalarAsync<bool>(connection, transaction, AnsweredSql, cancellation, id, folder)
            : File.Exists(Path.Combine(outbox, folder, "READY")))
        {
            return LostDropOutcome.Answered;
        }

        var approval = await Approvals.ApproveAsync(connection, transaction, Kind, name, person, reason, at, cancellation);
        if (approval == ApprovalOutcome.SamePerson)
        {
            return LostDropOutcome.SamePerson;
        }

        if (approval == ApprovalOutcome.Complete)
        {
            // Tokyo has no summer time: nine hours on is the Japan date of this act.
            var day = RunDates.Today(at);
            var isPrint = folder.StartsWith("print/", StringComparison.Ordinal);
            if (!wasOut)
            {
                await Drops.GiveUpAsync(connection, transaction, id, cancellation);
                await Sql.ExecuteAsync(
                    connection, transaction, "UPDATE piece SET frozen_cipher = NULL WHERE drop_id = $1", cancellation, id);
                await Alerts.ResolveAsync(connection, transaction, Handovers.StoppedAlert, name, at, cancellation);
            }

            await (isPrint ? Sql.ExecuteAsync(connection, transaction, PiecesSql, cancellation, id, day, person)
                : wasOut ? Drops.SealAgainAsync(connection, transaction, id, cancellation)
                : Sql.ExecuteAsync(connection, transaction, OrdersSql, cancellation, id, day, person));
        }

        await transaction.CommitAsync(cancellation);
        return approval == ApprovalOutcome.Complete ? LostDropOutcome.Declared : LostDropOutcome.First;
    }
}
