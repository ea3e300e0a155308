using MyNumber.Batch.Letters;

namespace MyNumber.Batch.Notices;

/// <summary>
/// R71, R61. When an application counts as under way, so that its resident needs no notice of an end and no new form: while
/// its state is not final. An incomplete one is, for some time from its notice, an applicant who means to apply again; later
/// it is nobody's any more. A superseded one stands or falls with its winner, which is looked at itself.
/// </summary>
internal static class UnderWay
{
    /// <summary>A condition on `application`; $1 business date, $3 days for which an incomplete one counts.</summary>
    /// <remarks>
    /// The last notice that went out counts, as the first may have been spoiled: by mail from its posting, and from its drop
    /// until that is known. Where none went out (no address) the days count from the state.
    /// </remarks>
    public const string Sql = $"""
        (application.state IN ('received', 'review', 'waiting', 'selected', 'ordered')
          OR (application.state = 'incomplete' AND $1 <= $3 + greatest(
            application.state_on,
            (SELECT max(coalesce(notice.posted_on, notice.state_on)) FROM piece AS notice
             WHERE notice.product = '{IncompleteNotices.Name}' AND notice.subject = application.key
               AND notice.state IN ('sealed', 'sent', 'acknowledged', 'posted', 'returned')),
            (SELECT max(message.business_date) FROM message
             WHERE message.application_key = application.key AND message.kind = 'incomplete' AND message.state = 'written'))))
        """;
}
