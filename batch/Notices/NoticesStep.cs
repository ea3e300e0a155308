using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Notices;

/// <summary>Step `notices` of a night.</summary>
public sealed class NoticesStep(NightServices services)
{
    /// <summary>The step, as data.</summary>
    public StepDefinition Definition => new(
        "notices", Act.OfRows((_, _) => Task.CompletedTask), Act.OfRows((_, _) => Task.CompletedTask), [])
    {
        Publish = services is null ? null : Act.OfRows((_, _) => Task.CompletedTask),
    };
}
