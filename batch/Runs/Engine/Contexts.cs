using MyNumber.Batch.Files;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>Which of the four acts a part belongs to.</summary>
public enum PartAct
{
    /// <summary>Freezes what the step works on.</summary>
    Plan,

    /// <summary>The work itself, part by part.</summary>
    Work,

    /// <summary>Seal and balance checks.</summary>
    Close,

    /// <summary>Hands files over and marks them.</summary>
    Publish,
}

/// <summary>One run.</summary>
/// <param name="Id">Surrogate id; never in a file.</param>
/// <param name="Kind">`night`, `disposal`, `campaign`, `key-rotation`.</param>
/// <param name="BusinessDate">The Japan date that every rule uses.</param>
/// <param name="Scope">Empty for a night.</param>
public sealed record RunInfo(long Id, string Kind, DateOnly BusinessDate, string Scope)
{
    /// <summary>What comes in later than this belongs to the next run; travels with the run.</summary>
    public DateTimeOffset CutOff { get; init; }

    /// <summary>False where a person asked for an unusual date without asking for destruction too.</summary>
    public bool MayDestroy { get; init; } = true;
}

/// <summary>One claimed part.</summary>
/// <param name="Epoch">The fence: raised at each claim.</param>
public sealed record PartInfo(long Id, PartAct Act, string FromKey, string ToKey, long Epoch);

/// <summary>What an act may use while it computes: no transaction is open.</summary>
/// <param name="StepOrdinal">The step's place in the night, from 1.</param>
/// <param name="Database">Reads committed rows of closed steps only.</param>
public sealed record PartContext(
    RunInfo Run, int StepOrdinal, PartInfo Part, NpgsqlDataSource Database, Staging Staging)
{
    /// <summary>The Japan date that every rule uses.</summary>
    public DateOnly BusinessDate => Run.BusinessDate;

    /// <summary>
    /// Tells the watchdog that another item has begun, so that its limit counts from here: an item that hangs in native
    /// code ends its worker, a long part does not.
    /// </summary>
    public void BeginItem() => ItemBegun?.Invoke();

    internal Action? ItemBegun { get; init; }

    /// <summary>Works items each alone: what one of them throws is its outcome, not the part's.</summary>
    public ItemGuard Items { get; init; } = new(new EngineOptions(), "", Part.Act, unlimited: false);
}
