using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>R60. Application forms with QR code that a municipality asks for: one per request, each with a new ID.</summary>
public static class FormReissues
{
    /// <summary>The product.</summary>
    public const string Product = "application-form";

    private const string Sql = $"""
        SELECT resident.resident_id, event.event_id, resident.municipality_code
        FROM event JOIN resident ON resident.resident_id = event.subject
        WHERE event.kind = 'form-reissue-requested' AND event.state = 'applied'
          AND NOT EXISTS (
            SELECT 1 FROM piece WHERE piece.product = '{Product}' AND piece.subject = resident.resident_id
              AND piece.occasion = event.event_id)
        ORDER BY resident.resident_id COLLATE "C", event.event_id COLLATE "C"
        """;

    /// <summary>The forms that were asked for and are not yet wanted.</summary>
    public static Task<IReadOnlyList<WantedPiece>> DueAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row => new WantedPiece(
                Product, row.GetString(0), row.GetString(1), "application-form", row.GetString(0), row.GetString(2))
            {
                FormKind = "qr",
                FormResidents = [row.GetString(0)],
            },
            cancellation);
    }
}
