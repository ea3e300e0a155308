using System.Diagnostics;

namespace MyNumber.Tests.Sweep;

/// <summary>What is asked of a sweep.</summary>
internal sealed record SweepOptions
{
    /// <summary>Decides all faults of all nights.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many faults must have struck, unless a number of nights is given.</summary>
    public int Count { get; init; } = 500;

    /// <summary>How often each kind must have struck.</summary>
    public int Each { get; init; }

    /// <summary>Kinds whose name holds one of these, parted by `|`; all others are left out.</summary>
    public string Only { get; init; } = "";

    /// <summary>Applications of the first night.</summary>
    public int Applications { get; init; } = 60;

    /// <summary>Faults planned for one night; some find nothing to strike.</summary>
    public int PerNight { get; init; } = 12;

    /// <summary>The first night's number, to play one night again (with <see cref="Nights"/> 1).</summary>
    public int From { get; init; }

    /// <summary>How many nights; null: until the count is reached.</summary>
    public int? Nights { get; init; }

    /// <summary>Guards to switch off (`fence`, `counter`, `stagedName`): then the sweep must go red.</summary>
    public string? GuardsOff { get; init; }
}

/// <summary>Plays nights until enough faults have struck; each must end as the calm one did.</summary>
internal static class Sweep
{
    private const int MomentMsMax = 500;

    /// <returns>What came of it, a line a kind.</returns>
    public static async Task<Tally> RunAsync(SweepOptions options, Action<string> say, CancellationToken cancellation)
    {
        await using var stage = await Stage.CreateAsync(options.GuardsOff);
        var wanted = Enumerable.Range(options.From, options.Nights ?? World.Names.Count)
            .Select(number => WorldOf(number)).ToHashSet();
        var worlds = (await World.MakeAsync(stage, options.Applications, wanted, say)).ToDictionary(world => world.Name);
        var kinds = FaultKind.All.Where(kind => wanted.Any(world => kind.Steps(world).Count > 0))
            .Where(kind => options.Only.Split('|').Any(part => kind.Name.Contains(part, StringComparison.Ordinal))).ToList();
        if (kinds.Count == 0)
        {
            throw new ArgumentException($"No kind of fault has {options.Only} in its name.");
        }

        var tally = new Tally(kinds);
        for (var number = options.From; !IsEnough(options, tally, number - options.From) && !cancellation.IsCancellationRequested; number++)
        {
            var world = worlds[WorldOf(number)];
            var now = options;
            if (tally.Struck >= options.Count)
            {
                // Enough in all: from here on only what struck too seldom, as if `--only` had named it.
                kinds = [.. kinds.Where(kind => tally.StruckBy(kind) < options.Each)];
                now = options with { Only = string.Join('|', kinds.Select(kind => kind.Name)) };
            }

            var plan = Plan.Of(options.Seed, world.Name, number / World.Names.Count, options.PerNight, kinds);
            if (plan.Count > 0)
            {
                await PlayAsync(stage, world, plan, number, now, tally, say);
            }
        }

        return tally;
    }

    private static string WorldOf(int number) => World.Names[number % World.Names.Count];

    private static bool IsEnough(SweepOptions options, Tally tally, int nights) =>
        nights == options.Nights || options.Nights is null && tally.Struck >= options.Count && tally.Least >= options.Each;

    private static async Task PlayAsync(
        Stage stage, World world, IReadOnlyList<Fault> plan, int number, SweepOptions options, Tally tally, Action<string> say)
    {
        await stage.RestoreAsync(world.Name);
        stage.Today = world.Date;
        var watch = Stopwatch.StartNew();
        var struck = new List<FaultKind>();
        string? broken = null;
        IReadOnlyList<string> lost = [], twice = [];
        await using var night = SweptNight.Start(stage, world, plan.Any(fault => fault.Kind.NeedsClock));
        try
        {
            await StrikeAllAsync(night, plan, struck);
            await night.CompleteAsync();
            await stage.RunOkAsync("verify");
            var digest = await Digest.TakeAsync(stage);
            (lost, twice) = (world.Calm.Without(digest), digest.Without(world.Calm));
        }
        catch (Exception failed) when (failed is BrokenPromiseException or InvalidOperationException
            or Npgsql.NpgsqlException or IOException)
        {
            broken = failed.Message;
        }

        tally.Add(struck, lost.Count > 0, twice.Count > 0, broken is not null);
        var isGood = broken is null && lost.Count + twice.Count == 0;
        say($"{(isGood ? "good" : "BAD ")} night {number} ({world.Name}), seed {options.Seed}: {struck.Count} of {plan.Count} faults struck, "
            + $"{watch.Elapsed.TotalSeconds:0} s; {tally.Struck} so far; nothing to strike: "
            + string.Join(", ", plan.Where(fault => !struck.Contains(fault.Kind)).Select(fault => $"{fault.Kind.Name} ({fault.Step})")));
        if (!isGood)
        {
            await TellAsync(stage, night, number, options, plan, broken, lost, twice, say);
        }
    }

    // Faults come in the order of the night; those that need time (a pause) go on beside the ones that follow.
    private static async Task StrikeAllAsync(SweptNight night, IReadOnlyList<Fault> plan, List<FaultKind> struck)
    {
        var strikes = new List<Task>();
        foreach (var fault in plan)
        {
            if (!await night.ReachesAsync(fault.Step, fault.Share))
            {
                break;
            }

            if (!fault.Kind.FromTheBeginning)
            {
                // Somewhere in the part that is being worked, not always at its beginning.
                await Task.Delay(new Random(fault.Dice).Next(MomentMsMax));
            }

            night.Say($"-- {fault.Kind.Name}");
            var strike = StrikeAsync(night, fault, struck);
            strikes.Add(strike);
            if (fault.Kind.Point is null)
            {
                await strike;
            }
        }

        await Task.WhenAll(strikes);
    }

    private static async Task StrikeAsync(SweptNight night, Fault fault, List<FaultKind> struck)
    {
        if (await fault.Kind.StrikeAsync(night, new Random(fault.Dice)))
        {
            night.Say($"-- struck: {fault.Kind.Name}");
            lock (struck)
            {
                struck.Add(fault.Kind);
            }
        }
    }

    private static async Task TellAsync(
        Stage stage, SweptNight night, int number, SweepOptions options, IReadOnlyList<Fault> plan,
        string? broken, IReadOnlyList<string> lost, IReadOnlyList<string> twice, Action<string> say)
    {
        const int linesMax = 10;
        const int lettersMax = 220;
        say($"  again: ./run-local.sh faults --seed {options.Seed} --applications {options.Applications} --per-night {options.PerNight}"
            + $"{(options.Only.Length > 0 ? $" --only '{options.Only}'" : "")} --from {number} --nights 1");
        say($"  plan: {string.Join(", ", plan.Select(fault => $"{fault.Kind.Name} ({fault.Step})"))}");
        if (broken is not null)
        {
            say($"  {broken}");
        }

        say($"  kept: {await stage.KeepAsync($"{options.Seed}-{number}", night.Said)}");

        foreach (var line in lost.Take(linesMax).Select(line => $"  lost  {line}")
            .Concat(twice.Take(linesMax).Select(line => $"  twice {line}")))
        {
            say(line.Length > lettersMax ? line[..lettersMax] : line);
        }
    }
}
