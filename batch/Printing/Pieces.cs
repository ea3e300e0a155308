namespace MyNumber.Batch.Printing;

/// <summary>What came of a person's word on a piece.</summary>
public enum PieceLostOutcome
{
    /// <summary>There is no such piece.</summary>
    Unknown,

    /// <summary>The piece is in a state in which it cannot be lost: it never left the house, or it has a successor.</summary>
    NotPossible,

    /// <summary>The same person said so before: refused, another one must confirm.</summary>
    SamePerson,

    /// <summary>The first of two people.</summary>
    First,

    /// <summary>Two people agree: its next generation is wanted in the next night (R98).</summary>
    Lost,
}

/// <summary>What persons may do with pieces.</summary>
public static class Pieces
{
    /// <summary>Declares a piece lost; a second person confirms with the same call (FORMATS.md, `piece lost`).</summary>
    public static Task<PieceLostOutcome> DeclareLostAsync(
        NightServices services, string pieceId, string person, string reason, CancellationToken cancellation) =>
        throw new NotSupportedException($"{services} {pieceId} {person} {reason} {cancellation}");
}
