namespace MyNumber.Tests.Sweep;

/// <summary>A kind of fault: a line of the table.</summary>
/// <param name="Steps">In which steps of a world (from 1) it can strike; none: not in this world.</param>
/// <param name="StrikeAsync">Strikes, and sees to its end; false where nothing was hit.</param>
internal sealed record FaultKind(
    string Name, Func<string, IReadOnlyList<int>> Steps, Func<SweptNight, Random, Task<bool>> StrikeAsync)
{
    /// <summary>Whether the night must run under a clock that can jump.</summary>
    public bool NeedsClock { get; init; }

    /// <summary>Whether only root can do it: mounts.</summary>
    public bool NeedsRoot { get; init; }

    /// <summary>Whether it must lie in wait from the beginning of its step.</summary>
    public bool FromTheBeginning { get; init; }

    /// <summary>The fault point that it arms; null for what comes from outside.</summary>
    public string? Point { get; init; }

    /// <summary>Every kind that this user can bring about.</summary>
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        .. PointFaults.Kinds.Concat(OutsideFaults.Kinds).Concat(MachineFaults.Kinds)
            .Where(kind => !kind.NeedsRoot || Environment.IsPrivilegedProcess),
    ];
}

/// <summary>One fault of one night.</summary>
/// <param name="Step">It strikes once this step (from 1) has begun …</param>
/// <param name="Share">… and this share of its parts is done.</param>
/// <param name="Dice">Seed of its own choices.</param>
internal sealed record Fault(FaultKind Kind, int Step, double Share, int Dice);

/// <summary>
/// Which faults strike a night: a function of the seed, the world and the number of the night alone, so that a night can
/// be played again. Kinds are dealt from shuffled decks, so that each comes as often as the others.
/// </summary>
internal static class Plan
{
    public static IReadOnlyList<Fault> Of(int seed, string world, int number, int faults, IReadOnlyList<FaultKind> of)
    {
        var kinds = of.Where(kind => kind.Steps(world).Count > 0).ToArray();
        if (kinds.Length == 0)
        {
            // `--only` asks for what this world's steps never do: it is passed over.
            return [];
        }

        var dice = new Random(HashCode(seed, world, number));
        var from = number * faults;
        var dealt = Enumerable.Range(from, faults)
            .Select(place => Deck(seed, world, place / kinds.Length, kinds)[place % kinds.Length])
            // A point can be armed once at a time; the second comes round in the next deck.
            .DistinctBy(kind => kind.Point ?? kind.Name).ToList();
        return [.. dealt
            .Select(kind => new Fault(
                kind, kind.Steps(world)[dice.Next(kind.Steps(world).Count)],
                    dice.NextDouble() * (kind.FromTheBeginning ? 0 : 1), dice.Next()))
            .OrderBy(fault => fault.Step).ThenBy(fault => fault.Share)];
    }

    private static FaultKind[] Deck(int seed, string world, int number, FaultKind[] kinds)
    {
        var deck = kinds.ToArray();
        new Random(HashCode(seed, world, -1 - number)).Shuffle(deck);
        return deck;
    }

    // Not System.HashCode: that one differs from process to process.
    private static int HashCode(int seed, string world, int number) =>
        unchecked((((seed * 397) ^ number) * 397) ^ world.Sum(letter => letter * 31));
}
