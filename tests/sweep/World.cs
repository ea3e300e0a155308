using System.Globalization;

namespace MyNumber.Tests.Sweep;

/// <summary>One night to be played again and again: what lies there before it, and what must have become of it.</summary>
/// <param name="Name">`first`, `second` or `third`.</param>
/// <param name="Date">Its business date.</param>
/// <param name="Calm">The digest of the undisturbed night.</param>
/// <param name="StepParts">How many parts each step had then, in order: a fault falls after a share of them.</param>
internal sealed record World(string Name, DateOnly Date, Digest Calm, IReadOnlyList<long> StepParts)
{
    /// <summary>The nights that are played, in turns.</summary>
    public static IReadOnlyList<string> Names { get; } = ["first", "second", "third"];

    /// <summary>
    /// The story that README.md tells: scans and feeds come in; cards arrive and the vendor answers; storage has ended. The
    /// third comes later than there: the images of dead applications are destroyed in it too (R48).
    /// Each night is played calmly once, and what lay there before it is saved.
    /// </summary>
    public static async Task<IReadOnlyList<World>> MakeAsync(Stage stage, int applications, IReadOnlyCollection<string> wanted, Action<string> say)
    {
        var (first, second, third) = (new DateOnly(2026, 11, 24), new DateOnly(2026, 11, 27), new DateOnly(2027, 6, 15));
        // Makes the home's database and its keys, which all nights share.
        await stage.RunOkAsync("verify");
        await stage.RunOkAsync(
            "fixtures", "night", "--applications", Text(applications), "--seed", "1", "--out", Path.Combine(stage.Home, "inbox"),
            "--date", Text(first));
        var worlds = new List<World> { await PlayAsync(stage, "first", first, say) };
        if (wanted.Contains("second") || wanted.Contains("third"))
        {
            await PartnersAsync(stage, "card-orders", "factory", second);
            await PartnersAsync(stage, "print", "vendor", second);
            worlds.Add(await PlayAsync(stage, "second", second, say));
        }

        if (wanted.Contains("third"))
        {
            await PartnersAsync(stage, "print", "vendor", second.AddDays(3));
            worlds.Add(await PlayAsync(stage, "third", third, say));
        }

        return [.. worlds.Where(world => wanted.Contains(world.Name))];
    }

    private static async Task<World> PlayAsync(Stage stage, string name, DateOnly date, Action<string> say)
    {
        await stage.SaveAsync(name);
        await stage.RunOkAsync("night", "--date", Text(date));
        await stage.RunOkAsync("verify");
        var digest = await Digest.TakeAsync(stage);
        var parts = await stage.Cluster.ScalarAsync<long[]>(
            stage.Database,
            """
            SELECT array_agg(parts ORDER BY ordinal) FROM (
              SELECT ordinal, count(*) AS parts FROM part JOIN step ON step.id = step_id JOIN run ON run.id = run_id
              WHERE kind = 'night' AND business_date = $1 GROUP BY ordinal) AS step
            """,
            date);
        say($"calm {name} night: {parts!.Sum()} parts, {digest.Lines.Count} lines of digest");
        return new(name, date, digest, parts!);
    }

    private static async Task PartnersAsync(Stage stage, string area, string partner, DateOnly date)
    {
        foreach (var drop in Directory.EnumerateDirectories(Path.Combine(stage.Home, "outbox", area)).Order(StringComparer.Ordinal))
        {
            await stage.RunOkAsync(partner, "simulate", drop, "--date", Text(date));
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
