using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Printing;

/// <summary>Step `vendor` of a night.</summary>
public sealed class VendorStep(NightServices services)
{
    /// <summary>The step, as data.</summary>
    public StepDefinition Definition => new(
        "vendor", Act.OfRows((_, _) => Task.CompletedTask), Act.OfRows((_, _) => Task.CompletedTask), [])
    {
        Publish = services is null ? null : Act.OfRows((_, _) => Task.CompletedTask),
    };
}
