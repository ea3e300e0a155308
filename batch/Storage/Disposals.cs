namespace MyNumber.Batch.Storage;

/// <summary>One list of cards to be disposed of, as a municipality gets it (R47).</summary>
/// <param name="ListId">Its id.</param>
/// <param name="MunicipalityCode">Where the cards lie.</param>
/// <param name="BusinessDate">Day of the proposal.</param>
/// <param name="Number">From 1, by municipality and day.</param>
/// <param name="State">`proposed`, `approved` or `withdrawn`.</param>
/// <param name="Cards">Cards on it that are still meant.</param>
/// <param name="ApprovedBy">Who approved so far, in order.</param>
public sealed record DisposalList(
    string ListId, string MunicipalityCode, DateOnly BusinessDate, int Number, string State, long Cards,
    IReadOnlyList<string> ApprovedBy);

/// <summary>What came of an approval.</summary>
public enum DisposalOutcome
{
    /// <summary>There is no such list, or it is not open any more.</summary>
    NotOpen,

    /// <summary>The same person again: refused.</summary>
    SamePerson,

    /// <summary>The first of two people.</summary>
    First,

    /// <summary>Two people agree: the list lies in the outbox.</summary>
    Approved,

    /// <summary>Nothing on the list may be disposed of any more (R46): it was withdrawn.</summary>
    Withdrawn,
}

/// <summary>R46, R47. Disposal: proposed by a run, approved by two different people, listed, confirmed by the municipality.</summary>
public static class Disposals
{
    /// <summary>The newest lists, newest first.</summary>
    public static Task<IReadOnlyList<DisposalList>> ListAsync(NightServices services, CancellationToken cancellation) =>
        throw new NotSupportedException($"{services} {cancellation}");

    /// <summary>One person approves; the second, another person, sends the list to the municipality.</summary>
    public static Task<DisposalOutcome> ApproveAsync(
        NightServices services, string listId, string person, string reason, CancellationToken cancellation) =>
        throw new NotSupportedException($"{services} {listId} {person} {reason} {cancellation}");

    /// <summary>Puts approved lists in place that a kill kept from the outbox; called at start and by the storage step.</summary>
    public static Task PublishPendingAsync(NightServices services, CancellationToken cancellation) =>
        throw new NotSupportedException($"{services} {cancellation}");
}
