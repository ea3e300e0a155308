using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Storage;

/// <summary>Step `storage` of a night.</summary>
public sealed class StorageStep(NightServices services)
{
    /// <summary>The step, as data.</summary>
    public StepDefinition Definition => new(
        "storage", Act.OfRows((_, _) => Task.CompletedTask), Act.OfRows((_, _) => Task.CompletedTask), [])
    {
        Publish = services is null ? null : Act.OfRows((_, _) => Task.CompletedTask),
    };
}
