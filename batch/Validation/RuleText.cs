namespace MyNumber.Batch.Validation;

/// <summary>One line of the rule table, as `mynumber rules` prints it.</summary>
/// <param name="Id">As in RULES.md.</param>
/// <param name="Source">Questions of the FAQ, `law`, `practice`.</param>
/// <param name="Severity">What its findings do, joined by `+`; empty where it makes none.</param>
/// <param name="DecidedIn">The file that decides it, from the repository's top; it names the id.</param>
/// <param name="Japanese">For the resident; empty where nothing of it reaches one.</param>
/// <param name="Operator">What it decides, for operators and auditors.</param>
public sealed record RuleText(
    string Id, string Source, string Severity, string DecidedIn, string Japanese, string English, string Operator);

/// <summary>What an incomplete application's notice says of one error (R52), in the resident's words.</summary>
/// <param name="Japanese">One sentence and what to do.</param>
public sealed record Sentence(string Japanese, string English);
