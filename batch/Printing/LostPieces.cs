using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Printing;

/// <summary>What declaring a piece lost brought.</summary>
public enum LostOutcome
{
    /// <summary>No piece has this id.</summary>
    Unknown,

    /// <summary>It was never handed to the vendor, came back, or was replaced already: it cannot be lost.</summary>
    NotOut,

    /// <summary>The first of two people.</summary>
    First,

    /// <summary>The same person again: refused.</summary>
    SamePerson,

    /// <summary>Two people said so: the next night makes its next generation.</summary>
    Declared,
}

/// <summary>Declares pieces lost: two different people, a reason each, both in the audit table.</summary>
public static class LostPieces
{
    private const string Kind = "piece-lost";

    /// <summary>One person's word that a piece is lost.</summary>
    public static async Task<LostOutcome> DeclareAsync(
        NpgsqlDataSource database, string pieceId, string person, string reason, DateTimeOffset at,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var isOut = await IsOutAsync(connection, transaction, pieceId, cancellation);
        if (isOut is not true)
        {
            return isOut is null ? LostOutcome.Unknown : LostOutcome.NotOut;
        }

        var approval = await Approvals.ApproveAsync(
            connection, transaction, Kind, pieceId, person, reason, at, cancellation);
        if (approval == ApprovalOutcome.SamePerson)
        {
            return LostOutcome.SamePerson;
        }

        if (approval == ApprovalOutcome.Complete)
        {
            await MarkAsync(connection, transaction, pieceId, person, at, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return approval == ApprovalOutcome.Complete ? LostOutcome.Declared : LostOutcome.First;
    }

    private static async Task<bool?> IsOutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string pieceId, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT state IN ('sent', 'acknowledged', 'posted') AND NOT lost FROM piece WHERE piece_id = $1 FOR UPDATE",
            connection, transaction)
        {
            Parameters = { new() { Value = pieceId } },
        };
        return (bool?)await command.ExecuteScalarAsync(cancellation);
    }

    private static async Task MarkAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string pieceId, string person, DateTimeOffset at,
        CancellationToken cancellation)
    {
        // Tokyo has no summer time: nine hours on is the Japan date of this act.
        await using var command = new NpgsqlCommand(
            """
            WITH lost AS (UPDATE piece SET lost = true WHERE piece_id = $1 RETURNING piece_id)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'piece', piece_id, $2, 'declared-lost', $3, 'two-people' FROM lost
            """,
            connection, transaction)
        {
            Parameters =
            {
                new() { Value = pieceId },
                new() { Value = RunDates.Today(at) },
                new() { Value = person },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
