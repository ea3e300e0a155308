using System.Globalization;

namespace MyNumber.Tests.Sweep;

/// <summary>One night to be played again and again: what lies there before it, and what must have become of it.</summary>
/// <param name="Name">`first`, `second` or `third`.</param>
/// <param name="Calm">The digest of the undisturbed night.</param>
/// <param name="StepParts">How many parts each step had then, in order: a fault falls after a share of them.</param>
internal sealed record World(string Name, DateOnly Date, Digest Calm, IReadOnlyList<long> StepParts)
{
    private static readonly string[] Reason = ["--reason", "a night under faults"];

    /// <summary>The disposal lists that a second person approves before the night begins; faults strike there too.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>How the night is asked for.</summary>
    public string[] Command => ["night", "--date", Text(Date), .. Name == "third" ? Unusual : []];

    /// <summary>How a list is approved by the second person.</summary>
    public static string[] Approving(string list) => ["purge", "approve", list, "--by", "second.person", .. Reason];

    // The third night comes months after the second, and is to destroy what is due.
    private static string[] Unusual => ["--unusual-date", "--with-disposals", "--by", "operator-1", .. Reason];

    /// <summary>The nights that are played, in turns.</summary>
    public static IReadOnlyList<string> Names { get; } = ["first", "second", "third", "fourth"];

    /// <summary>
    /// The story that README.md tells: scans and feeds come in; cards arrive and the vendor answers; storage has ended. The
    /// third comes later than there: the images of dead applications are destroyed in it too (R48). Before the fourth two people
    /// approve the disposal lists, and one of the cards on them is picked up.
    /// Each night is played calmly once, and what lay there before it is saved.
    /// </summary>
    public static async Task<IReadOnlyList<World>> MakeAsync(
        Stage stage, int applications, IReadOnlyCollection<string> wanted, Action<string> say)
    {
        var (first, second, third) = (new DateOnly(2026, 11, 24), new DateOnly(2026, 11, 27), new DateOnly(2027, 6, 15));
        // Makes the home's database and its keys, which all nights share, and the people who act in them.
        await stage.RunOkAsync("verify");
        await stage.AppointAsync("operator-1", "operator");
        await stage.AppointAsync("first.person", "approver");
        await stage.AppointAsync("second.person", "approver");
        await stage.RunOkAsync(
            "fixtures", "night", "--applications", Text(applications), "--seed", "1", "--out", Path.Combine(stage.Home, "inbox"),
            "--date", Text(first));
        var worlds = new List<World> { await PlayAsync(stage, "first", first, say) };
        if (wanted.Any(name => name != "first"))
        {
            await PartnersAsync(stage, "card-orders", "factory", second);
            await PartnersAsync(stage, "print", "vendor", second);
            worlds.Add(await PlayAsync(stage, "second", second, say));
        }

        if (wanted.Contains("third") || wanted.Contains("fourth"))
        {
            await PartnersAsync(stage, "print", "vendor", second.AddDays(3));
            worlds.Add(await PlayAsync(stage, "third", third, say));
        }

        if (wanted.Contains("fourth"))
        {
            var lists = await stage.Cluster.ScalarAsync<string[]>(
                stage.Database, "SELECT array_agg(list_id ORDER BY list_id COLLATE \"C\") FROM disposal_list WHERE state = 'proposed'") ?? [];
            foreach (var list in lists)
            {
                await stage.RunOkAsync(["purge", "approve", list, "--by", "first.person", .. Reason]);
            }

            await PickUpAsync(stage, third.AddDays(1));
            worlds.Add(await PlayAsync(stage, "fourth", third.AddDays(1), say, lists));
        }

        return [.. worlds.Where(world => wanted.Contains(world.Name))];
    }

    // In the morning after the approval somebody comes for a card that is on a list.
    private static async Task PickUpAsync(Stage stage, DateOnly day)
    {
        var line = await stage.Cluster.ScalarAsync<string>(
            stage.Database,
            """
            SELECT municipality_code || ',' || card_id FROM disposal_item JOIN card ON ref = card_ref
            WHERE disposal_item.state = 'proposed' ORDER BY card_id COLLATE "C" LIMIT 1
            """);
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(stage.Home, "inbox", "events")).FullName, "picked-up.csv");
        await File.WriteAllTextAsync(
            file,
            $"event_id,occurred_at,kind,municipality_code,subject,value,note\nPICKED-UP,{Text(day)}T10:00:00+09:00,card-delivered,{line},,\n");
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file)));
        await File.WriteAllTextAsync(Path.ChangeExtension(file, ".done"), $"{sha256}  picked-up.csv\n");
    }

    private static async Task<World> PlayAsync(
        Stage stage, string name, DateOnly date, Action<string> say, IReadOnlyList<string>? lists = null)
    {
        stage.Today = date;
        await stage.SaveAsync(name);
        var world = new World(name, date, new Digest([]), []) { Lists = lists ?? [] };
        foreach (var list in world.Lists)
        {
            await stage.RunOkAsync(Approving(list));
        }

        await stage.RunOkAsync(world.Command);
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
        return world with { Calm = digest, StepParts = parts! };
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
