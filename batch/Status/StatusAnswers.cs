using MyNumber.Batch.Calendar;

namespace MyNumber.Batch.Status;

/// <summary>What the inquiry needs to know of one application.</summary>
/// <param name="CardState">State of the card that was ordered for it; null while none was.</param>
/// <param name="FormVoid">Its form was replaced by another (R98).</param>
/// <param name="ConfirmedOn">First business date on which it was `selected`.</param>
public sealed record InquiredApplication(
    string State, string? CardState, bool FormVoid, DateOnly ReceivedOn, DateOnly? ConfirmedOn);

/// <summary>An answer of the inquiry.</summary>
/// <param name="Answer">`received`, `confirmed`, `in-process`, `sent`, `ask-municipality`.</param>
/// <param name="ConfirmedOn">
/// With `confirmed`, `in-process` and `sent`: residents count their month from it, most of which is in the second and third.
/// </param>
public sealed record StatusAnswer(string Answer, DateOnly? ConfirmedOn);

/// <summary>R95. What an applicant who asks is told, as of a business date.</summary>
public static class StatusAnswers
{
    /// <summary>
    /// The answer for one Application ID; null where an inquiry is answered as unknown: too soon, too late.
    /// </summary>
    /// <param name="applications">All applications that carry the ID and led to its resident, in R30's order.</param>
    /// <param name="policy">R95's two settings.</param>
    public static StatusAnswer? For(IReadOnlyList<InquiredApplication> applications, DateOnly date, Policy policy)
    {
        // An ID is used once (R03): what else came with it was rejected and says nothing about the one that counts.
        // Made again after an incomplete one (R51), the newest counts.
        var counts = applications.LastOrDefault(application => application.State != "rejected") ?? applications[^1];
        var tooSoon = date < BusinessDays.Add(counts.ReceivedOn, policy.InquiryBusinessDays);
        var tooLate = date > CivilMonths.LastDay(counts.ReceivedOn, policy.InquiryMonths);
        return tooSoon || tooLate ? null : Answer(counts);
    }

    private static StatusAnswer Answer(InquiredApplication application) => application switch
    {
        { FormVoid: true } => new("ask-municipality", null),
        { State: "received" or "review" or "waiting" } => new("received", null),
        { State: "selected" } => new("confirmed", application.ConfirmedOn),
        { State: "ordered", CardState: "ordered" or null } => new("in-process", application.ConfirmedOn),
        { State: "ordered" or "issued", CardState: not "void" } => new("sent", application.ConfirmedOn),
        _ => new("ask-municipality", null),
    };
}
