using MyNumber.Batch.Notices;
using MyNumber.Batch.Register;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Letters;

namespace MyNumber.Batch.Letters;

/// <summary>R50, R52. Notices of incomplete application by mail: one per application and set of errors.</summary>
public static class IncompleteNotices
{
    /// <summary>Its name.</summary>
    public const string Name = IncompleteNotice.Name;

    /// <summary>The product.</summary>
    public static Product Product { get; } = new(Name)
    {
        // The form is the applicant's original, by the pull list (R50).
        Documents = [new(IncompleteNotice.Document, "form+return-envelope+notice")],
        Subject = SubjectKind.Application,
        WantAsync = WantedPieces.WantDue(DueAsync),
        StopRule = new(StopSql)
        {
            JoinSql = $"LEFT JOIN application ON piece.product = '{Name}' AND application.key = piece.subject",
        },
        Build = draft => draft.WithForm() with
        {
            OriginalMark = draft.Row.Subject,
            Errors = [.. draft.Row.Errors.Select(error =>
                new PieceError(error[..error.IndexOf('/', StringComparison.Ordinal)], ErrorTexts.Of(error).Japanese))],
        },
        FormKind = RegistryForms.Reapplication,
        Tables = [new("originals.csv", ["piece_id", "sequence", "locator"], OriginalsSql)],
        Checks =
        [
            new(
                "incomplete mail applications of residents = those with a notice of their errors, or held",
                $"""
                WITH incident AS (
                  SELECT application.key, {ErrorsSql} AS errors
                  FROM application
                  JOIN finding ON finding.application_key = application.key AND finding.severity = 'incomplete'
                  WHERE application.state = 'incomplete' AND application.channel = 'mail'
                    AND application.resident_id IS NOT NULL
                  GROUP BY application.key)
                SELECT count(*), count(*) FILTER (WHERE EXISTS (
                  SELECT 1 FROM piece WHERE product = '{Name}' AND subject = key AND occasion = errors)
                  OR EXISTS (
                  SELECT 1 FROM item WHERE run_id = @run AND step_ordinal = @ordinal AND outcome = 'held'
                    AND subject = '{Name}/' || key || '/' || errors))
                FROM incident
                """),
        ],
    };

    /// <summary>The set of errors as text, over findings of severity incomplete: what makes an incident.</summary>
    internal const string ErrorsSql =
        """string_agg(finding.rule || '/' || finding.detail, '+' ORDER BY finding.rule COLLATE "C", finding.detail COLLATE "C")""";

    private const string Sql = $"""
        SELECT incident.key, incident.errors, incident.resident_id, resident.municipality_code
        FROM (
          SELECT application.key, application.resident_id, {ErrorsSql} AS errors
          FROM application JOIN finding ON finding.application_key = application.key AND finding.severity = 'incomplete'
          WHERE application.state = 'incomplete' AND application.channel = 'mail'
          GROUP BY application.key) AS incident
        JOIN resident ON resident.resident_id = incident.resident_id
        WHERE NOT EXISTS (
          SELECT 1 FROM piece WHERE piece.product = '{Name}' AND piece.subject = incident.key
            AND piece.occasion = incident.errors AND piece.state <> 'suppressed')
        ORDER BY incident.key COLLATE "C"
        """;

    private const string StopSql = $"""
        CASE
          WHEN application.state <> 'incomplete' THEN 'application-' || application.state
          WHEN application.resident_id IS DISTINCT FROM piece.resident_id THEN 'resident-changed'
          WHEN piece.occasion <> (
            SELECT {ErrorsSql} FROM finding
            WHERE application_key = application.key AND severity = 'incomplete') THEN 'errors-changed' END
        """;

    // Where the paper lies: as its newest scan says that is no duplicate, the front before the back.
    private const string OriginalsSql = """
        SELECT piece.piece_id, piece.sequence, (
          SELECT scan.locator FROM scan
          WHERE scan.application_key = piece.subject AND scan.kind = 'form' AND scan.state NOT IN ('duplicate', 'other')
          ORDER BY scan.state = 'replaced', scan.side = 'back', scan.received_on DESC, scan.feed DESC, scan.row DESC
          LIMIT 1)
        FROM piece WHERE drop_id = $1 ORDER BY sequence
        """;

    // Each is its own reapplication form, with a new Application ID.
    private static Task<IReadOnlyList<WantedPiece>> DueAsync(
        StoreContext context, Policy policy, CancellationToken cancellation) =>
        Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row => new WantedPiece(
                Product, row.GetString(0), row.GetString(1), IncompleteNotice.Document.Name, row.GetString(2), row.GetString(3))
            {
                FormResidents = [row.GetString(2)],
            },
            cancellation);
}
