using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Printing;

/// <summary>Step `print` of a night.</summary>
public sealed class PrintStep(NightServices services)
{
    /// <summary>The step, as data.</summary>
    public StepDefinition Definition => new(
        "print", Act.OfRows((_, _) => Task.CompletedTask), Act.OfRows((_, _) => Task.CompletedTask), [])
    {
        Publish = services is null ? null : Act.OfRows((_, _) => Task.CompletedTask),
    };
}
