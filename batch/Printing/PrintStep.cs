using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Recovery;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Printing;

/// <summary>
/// Step `print`: freeze → render and read back → seal → publish (ENGINE.md, rule 12). One drop a product and night; what
/// cannot be printed is withheld, what a rule stops is suppressed, at the freeze and again at the seal.
/// </summary>
public sealed class PrintStep(NightServices services)
{
    private readonly DropFreezing _freezing = new(services);
    private readonly DropSeal _seal = new(services);
    private readonly ChunkRendering _rendering = new(services);

    // Two workers that were killed for other reasons would hold back a whole file of letters: seven more tries cost seconds.
    private const int ClaimsMax = 10;

    /// <summary>How print drops leave the house.</summary>
    public Handover Handover => new("print", services.Products.Has)
    {
        Render = RenderAgainAsync,
        Refuse = cancellation => RestoreHold.RefuseAsync(services, cancellation),
        Outside = () => FoundDrops.ReconciledHashes(services.Home, "print"),
        Mark = MarkAsync,
    };

    /// <summary>The step, as data.</summary>
    public StepDefinition Definition => new(
        "print",
        Act.Of(_freezing.BuildAsync, _freezing.FreezeAsync),
        Act.Of(_rendering.RenderAsync, ChunkRendering.StoreAsync),
        PrintBalance.Of(services.Products))
    {
        Seal = _seal.SealAsync,
        Publish = services.Handovers.Act(Handover),
        Poison = PoisonAsync,
        ClaimsMax = ClaimsMax,
        GiveBack = GiveBackAsync,
    };

    // A file that kills whoever renders it: its pieces wait for an operator, the rest of the drop goes out.
    private static Task PoisonAsync(string key, StoreContext context, CancellationToken cancellation)
    {
        var part = ChunkKey.Parse(key);
        return Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH died AS (
              UPDATE piece SET state = 'withheld', reason = 'render-died', state_on = $3, drop_id = NULL, sequence = NULL,
                chunk = NULL, frozen_cipher = NULL
              FROM drop
              WHERE drop.id = piece.drop_id AND drop.folder LIKE '%/' || $1 AND piece.chunk = $2
              RETURNING piece.piece_id)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'piece', piece_id, $3, 'withheld', 'print', 'render-died' FROM died ORDER BY piece_id
            """,
            cancellation, part.Drop, part.Chunk, context.BusinessDate);
    }

    private async Task GiveBackAsync(StoreContext context, CancellationToken cancellation)
    {
        foreach (var drop in await FrozenDrops.AllAsync(
            context.Connection, context.Transaction, context.Run.Id, services.Products, cancellation))
        {
            await Sql.ExecuteAsync(
                context.Connection, context.Transaction,
                """
                UPDATE piece SET drop_id = NULL, sequence = NULL, chunk = NULL, first_page = NULL, pages = NULL, sheets = NULL,
                  frozen_cipher = NULL
                WHERE drop_id = $1
                """,
                cancellation, drop.Id);
            await Drops.DeleteFrozenAsync(context, drop.Id, cancellation);
        }
    }

    // A PDF is too large to be kept: it is drawn again from its frozen pieces. The rest is kept, unless an earlier version sealed it.
    private async Task RenderAgainAsync(DropRow drop, string path, Stream stream, CancellationToken cancellation)
    {
        if (path.EndsWith(".pdf", StringComparison.Ordinal))
        {
            var chunk = int.Parse(path[^7..^4], CultureInfo.InvariantCulture);
            await _rendering.WriteAsync(drop, chunk, stream, cancellation);
            return;
        }

        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        var content = path == DropFiles.Control
            ? await DropFiles.ControlAsync(
                connection, null, drop,
                await Sql.ScalarAsync<string>(
                    connection, null, "SELECT previous_sha256 FROM drop WHERE id = $1", cancellation, drop.Id),
                cancellation)
            : await DropFiles.TableAsync(
                connection, null, drop,
                DropFiles.TablesOf(services.Products.Get(drop.Product)).Single(table => table.Name == path), cancellation);
        await stream.WriteAsync(content, cancellation);
    }

    // What is printed is not needed any more once it is in place: a reprint is made from the register.
    private static Task MarkAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DropRow drop, DateOnly on, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction,
            """
            WITH sent AS (
              UPDATE piece SET state = 'sent', state_on = $2, frozen_cipher = NULL
              WHERE drop_id = $1 AND state = 'sealed' RETURNING piece_id, sequence)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'piece', piece_id, $2, 'sent', 'print', $3 FROM sent ORDER BY sequence
            """,
            cancellation, drop.Id, on, drop.Name);
}

/// <summary>The key of a part: one file of a drop, and how often it was frozen.</summary>
/// <param name="Chunk">Number of the file, from 1.</param>
/// <param name="Revision">From 1: a file that changed at the seal is rendered again as a part of its own.</param>
internal sealed record ChunkKey(string Drop, int Chunk, int Revision)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Drop}/{Chunk:D3}/{Revision:D2}");

    public static ChunkKey Parse(string key)
    {
        var parts = key.Split('/');
        return new(
            parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture),
            int.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}
