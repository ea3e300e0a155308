using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>R50, R52. Notices of incomplete application by mail: one per application and set of errors.</summary>
public static class IncompleteNotices
{
    /// <summary>The product.</summary>
    public const string Product = "incomplete-notice";

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
          SELECT 1 FROM piece WHERE piece.product = '{Product}' AND piece.subject = incident.key
            AND piece.occasion = incident.errors AND piece.state <> 'suppressed')
        ORDER BY incident.key COLLATE "C"
        """;

    /// <summary>The notices that are due and not yet wanted. Each is its own reapplication form, with a new Application ID.</summary>
    public static Task<IReadOnlyList<WantedPiece>> DueAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Database.Sql.QueryAsync(
            context.Connection, context.Transaction, Sql,
            row => new WantedPiece(
                Product, row.GetString(0), row.GetString(1), "incomplete-notice", row.GetString(2), row.GetString(3))
            {
                FormKind = "reapplication",
                FormResidents = [row.GetString(2)],
            },
            cancellation);
    }
}
