using MyNumber.Batch.Calendar;
using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Printing;

/// <summary>
/// Drops that the print vendor was given and has not acknowledged in time: nobody else would notice that a hand-over never
/// reached the vendor. Time is counted in the vendor's working days.
/// </summary>
internal static class OverdueAcknowledgements
{
    public const string Alert = "acknowledgement-overdue";

    /// <summary>Raises an alert for each such drop, and lowers those whose answer came.</summary>
    public static async Task TellAsync(
        StoreContext context, Policy policy, DateTimeOffset at, CancellationToken cancellation)
    {
        var drops = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT drop.folder, drop.business_date, count(DISTINCT piece.chunk), count(*)
            FROM drop JOIN piece ON piece.drop_id = drop.id
            WHERE drop.state = 'published' AND piece.state = 'sent'
            GROUP BY drop.id ORDER BY drop.folder COLLATE "C"
            """,
            row => (
                Name: Path.GetFileName(row.GetString(0)), On: row.GetFieldValue<DateOnly>(1), Files: row.GetInt64(2),
                Pieces: row.GetInt64(3)),
            cancellation);
        // The last day is the vendor's, to its end.
        var overdue = drops
            .Where(drop => context.BusinessDate
                > BusinessDays.Add(drop.On, policy.AcknowledgementBusinessDays, policy.VendorClosedOn))
            .ToList();
        foreach (var drop in overdue)
        {
            await Alerts.RaiseWhileAsync(
                context.Connection, context.Transaction, Alert, drop.Name,
                $"The print vendor has not acknowledged {drop.Files} files ({drop.Pieces} pieces) of {drop.Name} within "
                + $"{policy.AcknowledgementBusinessDays} of its working days: ask whether the drop arrived; it lies in outbox/print.",
                at, cancellation);
        }

        await Alerts.LowerOthersAsync(
            context.Connection, context.Transaction, Alert, overdue.Select(drop => drop.Name), at, cancellation);
    }
}
