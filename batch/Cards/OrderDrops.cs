using System.Text;
using System.Text.Json;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Cards;

/// <summary>The rows and files of a card order: what is in it, what it says, and what leaves it again.</summary>
internal static class OrderDrops
{
    public const string Product = "card-order";
    public const string OrdersFile = "orders.csv";
    public const string ControlFile = "control.json";

    private const string Header = "order_id,resident_id,application_id,photo,braille,signature_certificate,user_certificate";

    private const string StoreSql = """
        UPDATE card SET photo = new.photo, braille = new.braille, signature_certificate = new.signature,
          user_certificate = new.user_wanted, photo_stored = new.stored, photo_page = new.page, photo_sent = new.sent
        FROM unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::text[], $7::int[], $8::boolean[])
          AS new (key, photo, braille, signature, user_wanted, stored, page, sent)
        WHERE card.ref = new.key
        """;

    private const string UndoSql = """
        WITH gone AS (DELETE FROM card WHERE ref = ANY($1) AND state = 'ordered' RETURNING application_key),
        moved AS (
          UPDATE application SET state = $2, state_on = $3 FROM gone WHERE key = gone.application_key AND state = 'ordered'
          RETURNING key)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'application', key, $3, $2, 'order-cards', $4 FROM moved ORDER BY key
        """;

    private const string QuestionSql = """
        WITH found AS (
          INSERT INTO finding (application_key, rule, severity, detail)
          SELECT key, 'R20', 'review', 'photo-not-to-be-had' FROM unnest($1::text[]) AS key ON CONFLICT DO NOTHING)
        INSERT INTO review_item (item, application_key, field, rule, opened_on)
        SELECT item, key, 'photo', 'R20', $3 FROM unnest($1::text[], $2::text[]) AS new (key, item)
        ON CONFLICT (item) DO UPDATE SET state = 'open', opened_on = excluded.opened_on, value_cipher = NULL,
          decided_by = NULL, decided_at = NULL
        """;

    public static async Task<string> FolderAsync(NpgsqlDataSource database, long runId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.ScalarAsync<string>(
            connection, null, "SELECT folder FROM drop WHERE run_id = $1 AND product = 'card-order' AND state = 'frozen'",
            cancellation, runId) ?? throw new InvalidOperationException("A part of a card order has no drop.");
    }

    /// <summary>The orders of a part, by their order ids.</summary>
    public static async Task<IReadOnlyList<string>> KeysAsync(PartContext part, CancellationToken cancellation) =>
        [.. (await OrdersAsync(part, cancellation)).Select(order => order.OrderId)];

    /// <summary>The application that an order is of.</summary>
    public static async Task<string> ApplicationKeyAsync(NpgsqlDataSource database, string orderId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.ScalarAsync<string>(
            connection, null, "SELECT application_key FROM card WHERE order_id = $1", cancellation, orderId)
            ?? throw new InvalidOperationException($"There is no order {orderId}.");
    }

    public static async Task<IReadOnlyList<(string OrderId, string ApplicationKey)>> OrdersAsync(
        PartContext part, CancellationToken cancellation)
    {
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT card.ref, card.application_key FROM card JOIN drop ON drop.id = card.drop_id
            WHERE drop.run_id = $1 AND drop.state = 'frozen' AND card.ref BETWEEN $2 AND $3 ORDER BY card.ref
            """,
            row => (row.GetString(0), row.GetString(1)), cancellation, part.Run.Id, part.Part.FromKey, part.Part.ToKey);
    }

    public static async Task StoreAsync(
        StoreContext context, IReadOnlyList<OrderRow> orders, CancellationToken cancellation)
    {
        if (orders.Count == 0)
        {
            return;
        }

        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, StoreSql, cancellation, orders.Select(o => o.Key).ToArray(),
            orders.Select(o => o.Photo?.Path).ToArray(), orders.Select(o => o.Braille).ToArray(),
            orders.Select(o => o.Signature).ToArray(), orders.Select(o => o.User).ToArray(),
            orders.Select(o => o.Source?.Stored).ToArray(), orders.Select(o => o.Source?.Page).ToArray(),
            orders.Select(o => o.Source?.Sent).ToArray());
        var dropId = await Sql.ScalarAsync<long>(
            context.Connection, context.Transaction, "SELECT drop_id FROM card WHERE ref = $1", cancellation, orders[0].Key);
        await Drops.RecordFilesAsync(context, dropId, [.. orders.Select(order => order.Photo).OfType<StagedFile>()], cancellation);
        await context.LedgerAsync(orders.Select(order => new ItemOutcome(order.Key, "ordered")), cancellation);
    }

    /// <summary>Takes orders back whose photograph cannot be had: a person must look (R20).</summary>
    public static async Task ReturnAsync(
        StoreContext context, IReadOnlyList<string> keys, Ids ids, CancellationToken cancellation)
    {
        if (keys.Count == 0)
        {
            return;
        }

        var applications = await Sql.QueryAsync(
            context.Connection, context.Transaction, "SELECT application_key FROM card WHERE ref = ANY($1)", row => row.GetString(0),
            cancellation, [keys.ToArray()]);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, UndoSql, cancellation, keys.ToArray(), "review", context.BusinessDate, "R20");
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, QuestionSql, cancellation, applications.ToArray(),
            applications.Select(key => ids.ReviewItemId(key, "photo", "R20")).ToArray(), context.BusinessDate);
        await context.LedgerAsync(keys.Select(key => new ItemOutcome(key, "review", "R20")), cancellation);
    }

    /// <summary>Decides the drop. What a skipped part held goes back to be ordered in the next night.</summary>
    public static async Task SealAsync(StoreContext context, KeptFiles kept, CancellationToken cancellation)
    {
        if (await FrozenAsync(context, cancellation) is not [var drop])
        {
            return;
        }

        var held = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT card.ref FROM card JOIN item ON item.subject = card.ref
            WHERE card.drop_id = $1 AND item.run_id = $2 AND item.step_ordinal = $3 AND item.outcome = 'held'
            """,
            row => row.GetString(0), cancellation, drop.Id, context.Run.Id, context.StepOrdinal);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, UndoSql, cancellation, held.ToArray(), "selected", context.BusinessDate, "held");

        await LeaveOutAsync(context, drop.Id, cancellation);
        var orders = await OrdersAsync(context.Connection, context.Transaction, drop.Id, cancellation);
        await kept.RecordAsync(context, drop, OrdersFile, orders, cancellation);
        var (_, control) = await BytesAsync(context.Connection, context.Transaction, drop, cancellation);
        var controlFile = await kept.RecordAsync(context, drop, ControlFile, control, cancellation);
        await Drops.SealAsync(context, drop.Id, controlFile.Sha256, cancellation);
    }

    // An order whose line cannot be written goes back too; the drop is sealed without it.
    private static async Task LeaveOutAsync(StoreContext context, long dropId, CancellationToken cancellation)
    {
        var rows = await RowsAsync(context.Connection, context.Transaction, dropId, cancellation);
        var lines = context.Items.Each("order", rows, row => row[0], row => CsvText.Bytes(Header, [row]));
        if (lines.Failed.Count == 0)
        {
            return;
        }

        var photographs = await Sql.QueryAsync(
            context.Connection, context.Transaction, "SELECT photo FROM card WHERE ref = ANY ($1) AND photo IS NOT NULL",
            row => row.GetString(0), cancellation, [lines.Failed.Select(order => order.Subject).ToArray()]);
        await Drops.DeleteFilesAsync(context, dropId, photographs, cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, UndoSql, cancellation,
            lines.Failed.Select(order => order.Subject).ToArray(), "selected", context.BusinessDate, "error");
        await context.ReportAsync(lines.Failed, "order", "held", cancellation);
    }

    /// <summary>Takes every order of the abandoned run back that was not sealed: its winner is ordered by the next night.</summary>
    public static async Task GiveBackAsync(StoreContext context, CancellationToken cancellation)
    {
        foreach (var drop in await FrozenAsync(context, cancellation))
        {
            var keys = await Sql.QueryAsync(
                context.Connection, context.Transaction, "SELECT ref FROM card WHERE drop_id = $1", row => row.GetString(0),
                cancellation, drop.Id);
            await Sql.ExecuteAsync(
                context.Connection, context.Transaction, UndoSql, cancellation, keys.ToArray(), "selected",
                context.BusinessDate, "abandoned");
            await Drops.DeleteFrozenAsync(context, drop.Id, cancellation);
        }
    }

    private static Task<IReadOnlyList<DropRow>> FrozenAsync(StoreContext context, CancellationToken cancellation) =>
        Drops.FrozenAsync(context.Connection, context.Transaction, context.Run.Id, [Product], cancellation);

    /// <summary>The two files that are made from rows: the same bytes whenever they are made again.</summary>
    public static async Task<(byte[] Orders, byte[] Control)> BytesAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, DropRow drop, CancellationToken cancellation)
    {
        var orders = await OrdersAsync(connection, transaction, drop.Id, cancellation);
        var files = (await Drops.FilesAsync(connection, transaction, drop.Id, cancellation))
            .Where(file => file.Path != ControlFile).ToList();
        var previous = drop.State == "frozen"
            ? await Drops.PreviousSha256Async(connection, transaction, Product, cancellation)
            : await Sql.ScalarAsync<string>(
                connection, transaction, "SELECT previous_sha256 FROM drop WHERE id = $1", cancellation, drop.Id);
        return (orders, Control(drop, previous, files, Encoding.UTF8.GetString(orders).Count(c => c == '\n') - 1));
    }

    private static async Task<byte[]> OrdersAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long dropId, CancellationToken cancellation) =>
        CsvText.Bytes(Header, await RowsAsync(connection, transaction, dropId, cancellation));

    private static Task<IReadOnlyList<IReadOnlyList<string>>> RowsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long dropId, CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, transaction,
            """
            SELECT card.ref, card.resident_id, coalesce(application.application_id, ''), coalesce(card.photo, ''),
              card.braille, card.signature_certificate, card.user_certificate
            FROM card JOIN application ON application.key = card.application_key
            WHERE card.drop_id = $1 ORDER BY card.ref
            """,
            row => (IReadOnlyList<string>)
            [
                .. Enumerable.Range(0, 4).Select(row.GetString),
                .. Enumerable.Range(4, 3).Select(wish => row.GetBoolean(wish) ? "1" : "0"),
            ],
            cancellation, dropId);

    private static byte[] Control(DropRow drop, string? previous, IReadOnlyList<StagedFile> files, int orders)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("drop", drop.Name);
            json.WriteString("product", Product);
            json.WriteString("business_date", drop.BusinessDate.ToString("O"));
            json.WriteString("previous_sha256", previous);
            json.WriteNumber("orders", orders);
            json.WriteStartArray("files");
            foreach (var file in files)
            {
                json.WriteStartObject();
                json.WriteString("file", file.Path);
                json.WriteNumber("bytes", file.Bytes);
                json.WriteString("sha256", file.Sha256);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
