namespace MyNumber.Batch.Validation;

/// <summary>What all rules together say of one application.</summary>
/// <param name="Findings">All of them: a notice names every error at once (R52).</param>
/// <param name="ResidentId">Whose it is; null while that is not certain.</param>
/// <param name="State">`rejected`, `review`, `incomplete`, or `received`: valid, and selection's to decide.</param>
public sealed record Verdict(IReadOnlyList<Finding> Findings, string? ResidentId, string State)
{
    /// <summary>
    /// Whose form or number it was made with, certain or not. It says which municipality is told of a rejection, and nothing
    /// else may be done with it.
    /// </summary>
    public string? PresumedResidentId { get; init; }
}

/// <summary>Runs the rules over one application. The order of the list is that of the rule book and changes nothing.</summary>
/// <remarks>
/// R12 is what no rule here asks for: no deadline, no age of the form or its envelope, no number of forms in one, no family.
/// </remarks>
public static class ApplicationRules
{
    // Who it is comes first: where that is in doubt, no rule may ask the register about a guess.
    private static readonly Func<ApplicationFacts, IEnumerable<Finding>>[] IdentityRules =
        [ApplicationIdKnown.Check, HandwrittenIdentity.Check, NumberCheckDigit.Check, NumberChanged.Check];

    private static readonly Func<ApplicationFacts, IEnumerable<Finding>>[] Rules =
    [
        FormUsedOnce.Check, PrintedDataCurrent.Check, Corrections.Check, MaskedForm.Check, OnTheRegister.Check,
        Representative.Check, SignatureAndDate.Check, CertificateWishes.Check, BrailleWish.Check, AlternativeLetters.Check,
        Photograph.Check, OnlinePhotograph.Check, SamePhotograph.Check, ValidCardHeld.Check, VoidId.Check, RegisterData.Check,
    ];

    /// <summary>Applies every rule.</summary>
    public static Verdict Judge(ApplicationFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var identity = IdentityRules.SelectMany(rule => rule(facts)).ToList();
        var known = identity.Count == 0 ? facts : facts with { Resident = null };
        var findings = identity.Concat(Rules.SelectMany(rule => rule(known))).Distinct().ToList();
        return new Verdict(findings, known.Resident?.ResidentId, State(findings))
        {
            PresumedResidentId = facts.Resident?.ResidentId ?? facts.FormerHolder,
        };
    }

    /// <summary>The first that applies of rejected, review, incomplete; else `received`, which is valid and undecided.</summary>
    public static string State(IReadOnlyCollection<Finding> findings) =>
        findings.Select(finding => finding.Severity).DefaultIfEmpty(Severity.Remark).Min() switch
        {
            Severity.Reject => "rejected",
            Severity.Review => "review",
            Severity.Incomplete => "incomplete",
            _ => "received",
        };
}
