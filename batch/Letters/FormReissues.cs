using MyNumber.Batch.Notices;
using MyNumber.Batch.Register;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Letters;

namespace MyNumber.Batch.Letters;

/// <summary>R60. Application forms with QR code that a municipality asks for: one per request, each with a new ID.</summary>
public static class FormReissues
{
    /// <summary>Its name.</summary>
    public const string Name = FormKinds.Application;

    /// <summary>The product.</summary>
    public static Product Product { get; } = new(Name)
    {
        Documents = [new(ApplicationForm.Printed, "form+return-envelope")],
        WantAsync = WantedPieces.WantDue(DueAsync),
        StopRule = new(StopSql),
        Build = draft => draft.WithForm(),
        FormKind = RegistryForms.Qr,
    };

    private const string Sql = $"""
        SELECT resident.resident_id, event.event_id, resident.municipality_code
        FROM event JOIN resident ON resident.resident_id = event.subject
        WHERE event.kind = 'form-reissue-requested' AND event.state = 'applied'
          AND NOT EXISTS (
            SELECT 1 FROM piece WHERE piece.product = '{Name}' AND piece.subject = resident.resident_id
              AND piece.occasion = event.event_id)
        ORDER BY resident.resident_id COLLATE "C", event.event_id COLLATE "C"
        """;

    // R61: what a campaign sends goes to nobody who has a card, applies for one, or was sent a form lately.
    private const string StopSql = $"""
        CASE WHEN piece.occasion LIKE 'campaign:%' THEN CASE
          WHEN EXISTS (
            SELECT 1 FROM card WHERE card.resident_id = piece.resident_id
              AND card.state NOT IN ('disposed', 'void')) THEN 'holds-a-card'
          WHEN EXISTS (
            SELECT 1 FROM application WHERE application.resident_id = piece.resident_id
              AND {UnderWay.Sql}) THEN 'application-under-way'
          WHEN EXISTS (
            SELECT 1 FROM piece AS earlier WHERE earlier.product = '{Name}'
              AND earlier.subject = piece.subject AND earlier.piece_id <> piece.piece_id
              AND earlier.state NOT IN ('wanted', 'withheld', 'suppressed')
              AND earlier.state_on > ($1 - make_interval(months => $4))::date) THEN 'sent-lately' END END
        """;

    private static Task<IReadOnlyList<WantedPiece>> DueAsync(
        StoreContext context, Policy policy, CancellationToken cancellation) =>
        Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row => new WantedPiece(
                Product, row.GetString(0), row.GetString(1), ApplicationForm.Printed.Name, row.GetString(0), row.GetString(2))
            {
                FormResidents = [row.GetString(0)],
            },
            cancellation);
}
