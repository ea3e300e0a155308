using MyNumber.Batch.Database;
using MyNumber.Batch.Recovery;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Cards;

/// <summary>
/// Puts the orders of card drops that are out where they belong: the application `ordered`, its card in that drop. Called
/// before anything is ordered, so that the factory makes no card twice. An order whose application is not selected (again)
/// yet waits for it.
/// </summary>
internal static class FoundOrders
{
    private const string AlertCode = "ordered-before-restore";

    private const string OrderSql = """
        WITH found AS (SELECT id, run_id FROM drop WHERE id = $1),
        line AS (
          SELECT * FROM unnest($2::text[], $3::text[], $5::text[], $6::boolean[], $7::boolean[], $8::boolean[])
            AS line (order_id, key, photo, braille, signature_wanted, user_wanted)),
        moved AS (
          UPDATE application SET state = 'ordered', state_on = $4 FROM line, resident
          WHERE application.key = line.key AND application.state = 'selected'
            AND resident.resident_id = application.resident_id
          RETURNING application.key, application.resident_id, resident.municipality_code),
        made AS (
          INSERT INTO card (ref, order_id, application_key, resident_id, municipality_code, state, state_on, ordered_on, drop_id,
            photo, braille, signature_certificate, user_certificate)
          SELECT order_id, order_id, key, resident_id, municipality_code, 'ordered', $4, $4, found.id, nullif(photo, ''), braille,
            signature_wanted, user_wanted
          FROM moved JOIN line USING (key), found),
        told AS (
          INSERT INTO history (subject_kind, subject, at, what, by, why)
          SELECT kind, CASE kind WHEN 'card' THEN order_id ELSE key END, $4, 'ordered', 'reconcile', $9
          FROM moved JOIN line USING (key), unnest(ARRAY['application', 'card']) AS kind ORDER BY key, kind)
        INSERT INTO item (run_id, step_ordinal, subject, outcome, reason)
        SELECT found.run_id, step.ordinal, line.order_id, 'ordered', 'reconciled'
        FROM moved JOIN line USING (key), found JOIN step ON step.run_id = found.run_id AND step.name = 'order-cards'
        ON CONFLICT (run_id, step_ordinal, subject) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason
        """;

    // R36: the order KEY-2 is the second of application KEY, where no application has that very key.
    private const string SelectedSql = """
        SELECT DISTINCT ON (application.key) line.order_id, application.key
        FROM unnest($1::text[], $2::text[]) AS line (order_id, resident_id)
        JOIN application ON application.resident_id = line.resident_id AND application.state = 'selected'
          AND (application.key = line.order_id
            OR application.key = regexp_replace(line.order_id, '-[0-9]+$', '')
              AND NOT EXISTS (SELECT FROM application AS own WHERE own.key = line.order_id))
        WHERE NOT EXISTS (SELECT FROM card WHERE card.order_id = line.order_id)
        ORDER BY application.key, line.order_id COLLATE "C"
        """;

    // A resident for whom the factory already makes a card under an order that is not known here again gets no second one.
    private const string HeldSql = """
        SELECT application.key FROM application
        WHERE application.state = 'selected' AND application.resident_id IN (
          SELECT line.resident_id FROM unnest($1::text[], $2::text[]) AS line (key, resident_id)
          WHERE NOT EXISTS (SELECT FROM card WHERE card.order_id = line.key))
        ORDER BY application.key
        """;

    /// <summary>Orders what is ordered already.</summary>
    /// <returns>Selected applications that must wait: their resident's card is ordered under another one.</returns>
    public static async Task<IReadOnlyList<string>> AttachAsync(
        NightServices services, StoreContext context, CancellationToken cancellation)
    {
        var all = new List<(string Key, string Resident)>();
        foreach (var drop in FoundDrops.Reconciled(services.Home, "card-orders"))
        {
            var rows = drop.Rows(drop.ListFile);
            all.AddRange(rows.Select(row => (row["order_id"], row["resident_id"])));
            await OrderAsync(context, drop, rows, cancellation);
        }

        var held = await Sql.QueryAsync(
            context.Connection, context.Transaction, HeldSql, row => row.GetString(0), cancellation,
            all.Select(line => line.Key).ToArray(), all.Select(line => line.Resident).ToArray());
        await context.LedgerAsync(held.Select(key => new ItemOutcome(key, "held", AlertCode)), cancellation);
        foreach (var key in held)
        {
            await Alerts.RaiseAsync(
                context.Connection, context.Transaction, AlertCode, key,
                "The factory makes a card for this resident under another order, which is not known here again. Bring its "
                + "application back; or take the order's drop out of archive/reconciled, if that card is not made.",
                services.Clock.GetUtcNow(), cancellation);
        }

        return held;
    }

    private static async Task OrderAsync(
        StoreContext context, FoundDrop drop, IReadOnlyList<IReadOnlyDictionary<string, string>> rows,
        CancellationToken cancellation)
    {
        var selected = (await Sql.QueryAsync(
            context.Connection, context.Transaction, SelectedSql, row => (Order: row.GetString(0), Key: row.GetString(1)),
            cancellation, rows.Select(row => row["order_id"]).ToArray(), rows.Select(row => row["resident_id"]).ToArray()))
            .ToDictionary(line => line.Order, line => line.Key);
        var open = rows.Where(row => selected.ContainsKey(row["order_id"])).ToList();
        if (open.Count == 0)
        {
            return;
        }

        string[] Of(string column) => [.. open.Select(row => row[column])];
        bool[] Flags(string column) => [.. open.Select(row => row[column] == "1")];
        var dropId = await Drops.AddPublishedAsync(context, drop.Row, drop.PreviousSha256, drop.Files, cancellation);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, OrderSql, cancellation, dropId, Of("order_id"),
            open.Select(row => selected[row["order_id"]]).ToArray(), drop.BusinessDate, Of("photo"), Flags("braille"),
            Flags("signature_certificate"), Flags("user_certificate"), drop.Name);
    }
}
