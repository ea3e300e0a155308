using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Recovery;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Printing;

/// <summary>What is out of all kept drops.</summary>
/// <param name="Ids">Every piece: none of them may be frozen.</param>
/// <param name="RegisteredNumbers">Registered-mail numbers that are used up by pieces without a row.</param>
internal sealed record PiecesOutside(IReadOnlySet<string> Ids, int RegisteredNumbers);

/// <summary>
/// Puts the pieces of print drops that are out where they lie: in that drop, at that place, `sent`. Called before anything
/// is frozen, so that no piece is printed that the vendor has. A piece that no row stands for yet waits for its row: its
/// input has not come again; the drop is looked at in every later night.
/// </summary>
internal sealed class FoundPieces(NightServices services, PieceBuilder builder)
{
    private const string AlertCode = "pieces-unknown-here";

    private const string SentSql = """
        WITH line AS (
          SELECT * FROM unnest($2::text[], $3::int[], $4::int[], $5::int[], $6::text[], $7::text[])
            AS line (piece_id, first_page, pages, sheets, postal_code, enclosures)),
        sent AS (
          UPDATE piece SET state = 'sent', state_on = $8, first_page = line.first_page, pages = line.pages,
            sheets = line.sheets, postal_code = line.postal_code, enclosures = line.enclosures, frozen_cipher = NULL
          FROM line WHERE piece.piece_id = line.piece_id RETURNING piece.piece_id, piece.sequence, piece.drop_id),
        dated AS (UPDATE form SET issued_on = $8 FROM sent WHERE form.piece_id = sent.piece_id),
        told AS (
          INSERT INTO history (subject_kind, subject, at, what, by, why)
          SELECT 'piece', piece_id, $8, 'sent', 'reconcile', $9 FROM sent ORDER BY sequence)
        INSERT INTO item (run_id, step_ordinal, subject, outcome, reason)
        SELECT drop.run_id, step.ordinal, sent.piece_id, 'sealed', 'reconciled'
        FROM sent JOIN drop ON drop.id = $1 JOIN step ON step.run_id = drop.run_id AND step.name = 'print'
        ON CONFLICT (run_id, step_ordinal, subject) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason
        """;

    /// <summary>
    /// Before envelopes are split (R43): attaches the number notices that hold on paper, by their sheets, whom they hold
    /// here. Who shares an envelope that is out was decided when it left; the register of today may know more.
    /// </summary>
    public async Task AttachAsPrintedAsync(StoreContext context, CancellationToken cancellation)
    {
        foreach (var drop in FoundDrops.Reconciled(services.Home, "print").Where(drop => IsForHouseholds(drop.Product)))
        {
            var lines = Lines(drop);
            var open = await Sql.QueryAsync(
                context.Connection, context.Transaction,
                "SELECT piece_id FROM piece WHERE piece_id = ANY ($1::text[]) AND drop_id IS NULL",
                row => row.GetString(0), cancellation, [lines.Select(line => line.PieceId).ToArray()]);
            var persons = (await PieceRow.LoadAsync(
                    context.Connection, context.Transaction, services.Products, open, drop.BusinessDate, cancellation))
                .ToDictionary(row => row.PieceId, row => row.Persons.Count);
            var same = lines
                .Where(line => persons.TryGetValue(line.PieceId, out var count)
                    && line.Sheets == services.Products.Get(drop.Product).SheetsOfPersons!(count)).ToList();
            if (same.Count > 0)
            {
                await SendAsync(context, drop, same, cancellation);
            }
        }
    }

    private bool IsForHouseholds(string product) =>
        services.Products.Has(product) && services.Products.Get(product).IsForHouseholds;

    /// <summary>Attaches what can be attached.</summary>
    public async Task<PiecesOutside> AttachAsync(StoreContext context, CancellationToken cancellation)
    {
        var (ids, numbers) = (new HashSet<string>(), 0);
        foreach (var drop in FoundDrops.Reconciled(services.Home, "print"))
        {
            var lines = Lines(drop);
            ids.UnionWith(lines.Select(line => line.PieceId));
            var known = await AttachAsync(context, drop, lines, cancellation);
            numbers += lines.Count(line => line.RegisteredNumber is not null && !known.Contains(line.PieceId));
        }

        return new(ids, numbers);
    }

    private async Task<IReadOnlySet<string>> AttachAsync(
        StoreContext context, FoundDrop drop, IReadOnlyList<Line> lines, CancellationToken cancellation)
    {
        var rows = (await Sql.QueryAsync(
            context.Connection, context.Transaction,
            "SELECT piece_id, drop_id IS NULL FROM piece WHERE piece_id = ANY ($1::text[])",
            row => (Id: row.GetString(0), Open: row.GetBoolean(1)), cancellation,
            [lines.Select(line => line.PieceId).ToArray()])).ToDictionary(row => row.Id, row => row.Open);
        var open = lines.Where(line => rows.GetValueOrDefault(line.PieceId)).ToList();
        if (open.Count > 0)
        {
            await SendAsync(context, drop, open, cancellation);
        }

        await AlertAsync(context, drop, lines.Count - rows.Count, cancellation);
        return rows.Keys.ToHashSet();
    }

    private async Task SendAsync(StoreContext context, FoundDrop drop, List<Line> open, CancellationToken cancellation)
    {
        var chunks = open.Select(line => line.File).ToHashSet();
        var files = drop.Files.Where(file => drop.Lists.Contains(file.Path) || chunks.Contains(file.Path)).ToList();
        var dropId = await Drops.AddPublishedAsync(context, drop.Row, drop.PreviousSha256, files, cancellation);

        // As on the day of the drop: the deadline on the paper counts from there (R45). The address may have changed since;
        // what was printed, the manifest says. A piece that cannot be built any more is out all the same.
        var rows = await PieceRow.LoadAsync(
            context.Connection, context.Transaction, services.Products, [.. open.Select(line => line.PieceId)], drop.BusinessDate,
            cancellation);
        var (done, failed) = context.Items.Each(
            WantedPieces.Item, rows, row => row.PieceId, row => builder.Build(row, drop.BusinessDate));
        await context.ReportAsync(failed, WantedPieces.Item, "attached", cancellation);
        var unbuilt = failed.Select(piece => piece.Subject).ToHashSet();
        var built = done.Concat(rows.Where(row => unbuilt.Contains(row.PieceId)).Select(builder.Bare))
            .ToDictionary(piece => piece.PieceId);
        await FrozenRows.WriteAsync(
            context, services.Secrets, dropId,
            [.. open.Select(line => new FrozenRow(line.On(built[line.PieceId]), line.Sequence, line.Chunk))], cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, SentSql, cancellation, dropId,
            open.Select(line => line.PieceId).ToArray(), open.Select(line => line.FirstPage).ToArray(),
            open.Select(line => line.Pages).ToArray(), open.Select(line => line.Sheets).ToArray(),
            open.Select(line => line.PostalCode).ToArray(), open.Select(line => line.Enclosures).ToArray(), drop.BusinessDate,
            drop.Name);
    }

    private Task AlertAsync(StoreContext context, FoundDrop drop, int unknown, CancellationToken cancellation)
    {
        var now = services.Clock.GetUtcNow();
        return unknown == 0
            ? Alerts.ResolveAsync(context.Connection, context.Transaction, AlertCode, drop.Name, now, cancellation)
            : Alerts.RaiseAsync(
                context.Connection, context.Transaction, AlertCode, drop.Name,
                $"{unknown} pieces of this drop are out and nothing here wants them: the input that led to them has not come "
                + "again. Ask for the feeds since the backup; each is put in its place in the night after.",
                now, cancellation);
    }

    private static List<Line> Lines(FoundDrop drop)
    {
        var numbers = drop.Files.Any(file => file.Path == NumberNotices.RegisteredTable)
            ? drop.Rows(NumberNotices.RegisteredTable).ToDictionary(row => row["piece_id"], row => row["registered_number"])
            : [];
        return [.. drop.Rows(drop.ListFile).Select(row => new Line(
            row["piece_id"], Whole(row["sequence"]), row["file"], Whole(row["first_page"]), Whole(row["pages"]),
            Whole(row["sheets"]), row["postal_code"], row["enclosures"], numbers.GetValueOrDefault(row["piece_id"])))];
    }

    private static int Whole(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private sealed record Line(
        string PieceId, int Sequence, string File, int FirstPage, int Pages, int Sheets, string PostalCode, string Enclosures,
        string? RegisteredNumber)
    {
        // PRODUCT-NNN-CCC.pdf
        public int Chunk => Whole(Path.GetFileNameWithoutExtension(File).Split('-')[^1]);

        public BuiltPiece On(BuiltPiece piece) =>
            RegisteredNumber is null ? piece : piece with { Data = piece.Data with { RegisteredNumber = RegisteredNumber } };
    }
}
