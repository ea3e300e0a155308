using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Batch.Recovery;

/// <summary>What `reconcile` did with a drop.</summary>
public enum ReconcileOutcome
{
    /// <summary>The database knows it as it is: nothing to do.</summary>
    Known,

    /// <summary>Kept: its pieces or orders are marked as sent, exactly as they were, when the night plans.</summary>
    Kept,
}

/// <summary>A person brings a drop that is out and that the database does not know.</summary>
public static class Reconciliation
{
    /// <summary>Checks the drop against the rows, keeps its lists, and writes the act down.</summary>
    /// <param name="production">Policy.Production: names outside production begin with TEST-.</param>
    /// <exception cref="FoundDropException">It contradicts what this database has decided.</exception>
    public static async Task<ReconcileOutcome> AcceptAsync(
        Home home, NpgsqlDataSource database, FoundDrop drop, bool production, string person, string reason,
        DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(home);
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(drop);
        if (production == drop.Name.StartsWith("TEST-", StringComparison.Ordinal))
        {
            throw new FoundDropException($"{drop.Name} is not of this home: a test's drop and a production's never mix.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await IsKnownAsync(connection, transaction, drop, cancellation))
        {
            return ReconcileOutcome.Known;
        }

        await RefusePiecesInAnotherDropAsync(connection, transaction, drop, cancellation);
        // The folder before the row: what is kept without an audit entry is a fact all the same, and is brought again.
        FoundDrops.Add(home, drop);
        await Audit.WriteAsync(
            connection, transaction, person, "reconcile", $"{drop.OutboxFolder} {drop.ControlSha256}", reason, at, cancellation);
        await transaction.CommitAsync(cancellation);
        return ReconcileOutcome.Kept;
    }

    private static async Task<bool> IsKnownAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, FoundDrop drop, CancellationToken cancellation)
    {
        var rows = await Sql.QueryAsync(
            connection, transaction,
            "SELECT state, coalesce(manifest_sha256, '') FROM drop WHERE product = $1 AND business_date = $2 AND number = $3",
            row => (State: row.GetString(0), Sha256: row.GetString(1)), cancellation, drop.Product, drop.BusinessDate, drop.Number);
        return rows switch
        {
            [] => false,
            [{ State: "frozen" }] => throw new FoundDropException(
                $"{drop.Name} is frozen here and not decided: `abandon` its night, then reconcile; what is not out is printed in the next."),
            [var row] when row.Sha256 != drop.ControlSha256 => throw new FoundDropException(
                $"{drop.Name} was decided here with other content than the drop that is out. Nothing was changed: both must be "
                + "compared by hand before anything is sent."),
            [{ State: "published" }] => true,
            _ => false,
        };
    }

    private static async Task RefusePiecesInAnotherDropAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, FoundDrop drop, CancellationToken cancellation)
    {
        if (drop.Area != "print")
        {
            return;
        }

        var elsewhere = await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT drop.folder, count(*) FROM piece JOIN drop ON drop.id = piece.drop_id
            WHERE piece.piece_id = ANY ($1::text[]) AND drop.folder <> $2 GROUP BY drop.folder ORDER BY drop.folder
            """,
            row => (Folder: row.GetString(0), Pieces: row.GetInt64(1)), cancellation,
            drop.Rows(drop.ListFile).Select(row => row["piece_id"]).ToArray(), drop.OutboxFolder);
        if (elsewhere.Count > 0)
        {
            throw new FoundDropException(
                $"{elsewhere[0].Pieces} pieces of {drop.Name} lie in {elsewhere[0].Folder} here. If that drop is not out yet, "
                + "`abandon` its night; if it is, both were sent: tell the vendor to stop one of them.");
        }
    }
}
