namespace MyNumber.Batch.Runs.Operators;

/// <summary>What a re-run would do, asked before it is done. Nothing of a failed part was stored or has left the house.</summary>
/// <param name="Parts">The parts that would be tried again, in order.</param>
/// <param name="NotTried">Parts of halted steps that were not tried yet and would go on too.</param>
/// <param name="StepsAfter">Steps that follow by themselves once these parts are done.</param>
public sealed record RerunPlan(IReadOnlyList<PlannedRerun> Parts, long NotTried, IReadOnlyList<string> StepsAfter);

/// <summary>One part that would be tried again.</summary>
/// <param name="Items">How many items it has; null where it has none (plan, close, publish).</param>
public sealed record PlannedRerun(PartView Part, int? Items)
{
    /// <summary>What trying it again does, as one sentence.</summary>
    public string Effect => Part.Act switch
    {
        "plan" => "The step is planned anew from the rows as they are now.",
        "work" when Items is { } items =>
            $"{items} {(items == 1 ? "item is" : "items are")} tried again; nothing of {(items == 1 ? "it" : "them")} was stored.",
        "close" => "The step is sealed and its laws are checked again.",
        "publish" => "The hand-over goes on: what lies in place as decided stays, nothing is overwritten.",
        _ => "It is tried again.",
    };
}
