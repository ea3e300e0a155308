using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Recovery;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Pdf;
using Npgsql;

namespace MyNumber.Batch.Printing;

/// <summary>A piece ready to be frozen, or the reason why it cannot be printed.</summary>
/// <param name="Problem">Null, or a stable code: of <see cref="PieceDocuments.Check"/>, or R50's.</param>
public sealed record CheckedPiece(BuiltPiece Piece, string? Problem);

/// <summary>
/// The plan of step `print`: builds and checks what is wanted, then freezes one drop a product: order, files, deadlines,
/// registered numbers and what is printed, all as functions of content and business date.
/// </summary>
internal sealed class DropFreezing(NightServices services)
{
    // Reasons that a corrected name, or new stock, takes away.
    private static readonly string[] TriedAgain =
    [
        Canvas.MissingGlyph, Canvas.DoesNotFit, PieceDocuments.MissingData, PieceDocuments.MissingPostalCode,
        PieceDocuments.Placeholder, ReturnEnvelope.EndsTooSoon, OpenEnvelopes.HouseholdChanged,
    ];

    // A piece of a product that the list lacks is left as it is: the law of what is left wanted tells.
    private const string OpenSql = """
        SELECT piece_id FROM piece
        WHERE drop_id IS NULL AND product = ANY ($3)
          AND (state = 'wanted' OR (state = 'withheld' AND (reason = ANY ($1) OR starts_with(reason, 'error:'))))
          AND ($2::text[] IS NULL OR piece_id = ANY ($2))
        ORDER BY piece_id COLLATE "C"
        """;

    private readonly PieceBuilder _builder = new(services);

    /// <summary>Builds every wanted or withheld piece and checks that it can be printed. CPU work: no transaction.</summary>
    public async Task<ItemResults<CheckedPiece>> BuildAsync(PartContext part, CancellationToken cancellation)
    {
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        // A withheld piece is tried again each night: a corrected name, or program, frees it. What an operator withheld stays.
        return await CheckAsync(part.Items, connection, null, null, part.BusinessDate, cancellation);
    }

    /// <summary>Suppresses, withholds, freezes, and plans one part a file.</summary>
    public async Task FreezeAsync(
        ItemResults<CheckedPiece> pieces, StoreContext context, CancellationToken cancellation)
    {
        await RestoreHold.RefuseAsync(context.Connection, context.Transaction, services.Home, cancellation);
        var found = new FoundPieces(services, _builder);
        await found.AttachAsPrintedAsync(context, cancellation);
        pieces = await WithSplitAsync(pieces, context, cancellation);
        var outside = await found.AttachAsync(context, cancellation);
        var stopped = await Suppression.ApplyAsync(context, services, null, "print", cancellation);
        var stoppedIds = stopped.Select(piece => piece.PieceId).ToHashSet();
        bool IsOpen(string id) => !stoppedIds.Contains(id) && !outside.Ids.Contains(id);
        var open = pieces.Done.Where(piece => IsOpen(piece.Piece.PieceId)).ToList();
        var withheld = open.Where(piece => piece.Problem is not null).ToList();
        var repeated = await WithheldBeforeAsync(context, withheld, cancellation);
        await WithholdAsync(context, withheld, cancellation);
        await WithholdFailedAsync(context, [.. pieces.Failed.Where(piece => IsOpen(piece.Subject))], cancellation);
        await context.LedgerAsync(
            [
                .. stopped.Select(piece => new ItemOutcome(piece.PieceId, "suppressed", piece.Reason)),
                .. withheld.Select(piece => new ItemOutcome(piece.Piece.PieceId, "withheld", piece.Problem)),
            ],
            repeated, cancellation);
        var parts = new List<PlannedPart>();
        foreach (var product in services.Products.List)
        {
            var ready = open.Where(piece => piece.Problem is null && piece.Piece.Product == product.Name)
                .Select(piece => piece.Piece).ToList();
            if (ready.Count > 0)
            {
                parts.AddRange(await FreezeDropAsync(context, product, ready, outside, cancellation));
            }
        }

        await context.PlanPartsAsync(parts, cancellation);
    }

    // Tried again each night, a piece that stays withheld for the same reason is counted, not listed again.
    private static async Task<IReadOnlySet<string>> WithheldBeforeAsync(
        StoreContext context, IReadOnlyList<CheckedPiece> withheld, CancellationToken cancellation) =>
        (await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT piece.piece_id FROM piece JOIN unnest($1::text[], $2::text[]) AS new (piece_id, reason)
              ON piece.piece_id = new.piece_id AND piece.state = 'withheld' AND piece.reason = new.reason
            """,
            row => row.GetString(0), cancellation, withheld.Select(piece => piece.Piece.PieceId).ToArray(),
            withheld.Select(piece => piece.Problem!).ToArray())).ToHashSet();

    // Laid out on all cores; what one piece throws is kept with it.
    private async Task<ItemResults<CheckedPiece>> CheckAsync(
        ItemGuard items, NpgsqlConnection connection, NpgsqlTransaction? transaction, string[]? among, DateOnly day,
        CancellationToken cancellation)
    {
        var ids = await Sql.QueryAsync(
            connection, transaction, OpenSql, row => row.GetString(0), cancellation, TriedAgain, among,
            services.Products.NamesWhere(_ => true));
        var rows = await PieceRow.LoadAsync(connection, transaction, services.Products, ids, day, cancellation);
        var tried = rows.AsParallel().AsOrdered().WithCancellation(cancellation)
            .Select(row => (row.PieceId, Result: Attempt<CheckedPiece>.Of(() => Checked(_builder.Build(row, day))))).ToList();
        return items.Each(WantedPieces.Item, tried, one => one.PieceId, one => one.Result.Value);
    }

    // R43: who shares an envelope is asked again now. What changes by it, the new pieces among them, is built anew.
    private async Task<ItemResults<CheckedPiece>> WithSplitAsync(
        ItemResults<CheckedPiece> pieces, StoreContext context, CancellationToken cancellation)
    {
        var changed = await OpenEnvelopes.SplitAsync(context, services.Ids, "print", cancellation);
        if (changed.Count == 0)
        {
            return pieces;
        }

        var again = await CheckAsync(
            context.Items, context.Connection, context.Transaction, [.. changed], context.BusinessDate, cancellation);
        var outdated = changed.ToHashSet();
        return new(
            [.. pieces.Done.Where(piece => !outdated.Contains(piece.Piece.PieceId)).Concat(again.Done)],
            [.. pieces.Failed.Where(piece => !outdated.Contains(piece.Subject)).Concat(again.Failed)]);
    }

    /// <summary>Withholds pieces for an operator, with an alert that says how many and why.</summary>
    public async Task WithholdAsync(
        StoreContext context, IReadOnlyList<CheckedPiece> withheld, CancellationToken cancellation)
    {
        await WriteWithheldAsync(
            context, [.. withheld.Select(piece => (piece.Piece.PieceId, piece.Problem!))], cancellation);
        foreach (var reason in withheld.GroupBy(piece => piece.Problem!))
        {
            await Alerts.RaiseAsync(
                context.Connection, context.Transaction, "pieces-withheld", reason.Key,
                reason.Key == ReturnEnvelope.EndsTooSoon
                    ? "The return envelope in stock ends too soon: change the stock and the setting ReturnEnvelopeValidUntil; the next night prints them."
                    : "Pieces cannot be printed as the register has them: look at the pieces in state withheld.",
                services.Clock.GetUtcNow(), cancellation);
        }
    }

    /// <summary>Withholds pieces over which an error came, with its class; they are tried again in the next night.</summary>
    public static async Task WithholdFailedAsync(
        StoreContext context, IReadOnlyCollection<FailedItem> failed, CancellationToken cancellation)
    {
        await WriteWithheldAsync(context, [.. failed.Select(piece => (piece.Subject, piece.Reason))], cancellation);
        await context.ReportAsync(failed, WantedPieces.Item, "withheld", cancellation);
    }

    private static Task WriteWithheldAsync(
        StoreContext context, IReadOnlyList<(string PieceId, string Reason)> withheld, CancellationToken cancellation) =>
        withheld.Count == 0
            ? Task.CompletedTask
            : Sql.ExecuteAsync(
                context.Connection, context.Transaction,
                """
                WITH held AS (SELECT * FROM unnest($1::text[], $2::text[]) AS new (piece_id, reason)),
                changed AS (
                  UPDATE piece SET state = 'withheld', reason = held.reason, state_on = $3, drop_id = NULL, sequence = NULL,
                    chunk = NULL, first_page = NULL, pages = NULL, sheets = NULL, frozen_cipher = NULL
                  FROM held WHERE piece.piece_id = held.piece_id
                    AND (piece.reason IS DISTINCT FROM held.reason OR piece.drop_id IS NOT NULL)
                  RETURNING piece.piece_id, piece.reason)
                INSERT INTO history (subject_kind, subject, at, what, by, why)
                SELECT 'piece', piece_id, $3, 'withheld', 'print', reason FROM changed ORDER BY piece_id COLLATE "C"
                """,
                cancellation, withheld.Select(piece => piece.PieceId).ToArray(), withheld.Select(piece => piece.Reason).ToArray(),
                context.BusinessDate);

    /// <summary>Builds a piece's check result.</summary>
    public CheckedPiece Checked(BuiltPiece piece) => new(
        piece,
        piece.Problem ?? PieceDocuments.Check(piece.Data)
            ?? ReturnEnvelope.Check(piece.Enclosures, piece.Data.PrintedOn!.Value, services.Policy));

    /// <summary>Writes frozen rows; a piece whose rows are refused is withheld, its file goes on without it.</summary>
    public async Task WriteAsync(
        StoreContext context, long dropId, IReadOnlyList<FrozenRow> rows, CancellationToken cancellation)
    {
        var failed = await context.StoreEachAsync(
            WantedPieces.Item, rows, row => row.Piece.PieceId,
            (some, cancel) => FrozenRows.WriteAsync(context, services.Secrets, dropId, some, cancel), cancellation);
        await WithholdFailedAsync(context, failed, cancellation);
    }

    private async Task<IEnumerable<PlannedPart>> FreezeDropAsync(
        StoreContext context, Product product, List<BuiltPiece> ready, PiecesOutside outside, CancellationToken cancellation)
    {
        var drop = await Drops.CreateFolderAsync(context, "print", product.Name, services.Policy.Production, cancellation);
        var ordered = ready.OrderBy(piece => piece.Data.ToPostalCode, StringComparer.Ordinal)
            .ThenBy(piece => piece.ContentKey, StringComparer.Ordinal).ToList();
        if (product.IsRegistered)
        {
            ordered = await RegisterAsync(context, ordered, outside.RegisteredNumbers, cancellation);
        }

        var perFile = services.Policy.PiecesPerFileMax;
        await WriteAsync(
            context, drop.Id, [.. ordered.Select((piece, i) => new FrozenRow(piece, i + 1, (i / perFile) + 1))], cancellation);
        return Enumerable.Range(1, (ordered.Count + perFile - 1) / perFile)
            .Select(chunk => new ChunkKey(drop.Name, chunk, 1).ToString())
            .Select(key => new PlannedPart(key, key));
    }

    // Numbers go on where the last drop ended; a piece that has one keeps it.
    private async Task<List<BuiltPiece>> RegisterAsync(
        StoreContext context, List<BuiltPiece> ordered, int usedOutside, CancellationToken cancellation)
    {
        var used = usedOutside + await Sql.ScalarAsync<long>(
            context.Connection, context.Transaction, "SELECT count(*) FROM piece WHERE registered_number IS NOT NULL",
            cancellation);
        return [.. ordered.Select(piece => piece.Data.RegisteredNumber is not null
            ? piece
            : piece with { Data = piece.Data with { RegisteredNumber = RegisteredNumber.At(services.Policy, used++) } })];
    }
}
