using System.Globalization;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// Nights that a person gives up or skips a part of, one after the other, each at another step and in the worst moment:
/// what was frozen is given back, what was sealed goes out with the next night, and in the end everything was done once.
/// </summary>
public sealed class GivenUpTests
{
    private static readonly DateOnly First = new(2026, 11, 24);
    private static readonly string[] Because = ["--by", "operator-1", "--reason", "a test of giving up"];

    [Fact]
    public async Task What_a_given_up_night_has_not_done_the_next_one_does_and_nothing_is_done_twice()
    {
        using var calm = NewHome("calm");
        calm.RunOk("night", "--date", Day(0));
        using var home = NewHome("given-up");

        await GiveUpAsync(home, night: 0, step: "read", point: "computed");
        await GiveUpAsync(home, night: 1, step: "order-cards", point: "staged");
        await GiveUpAsync(home, night: 2, step: "print", point: "staged");
        Assert.DoesNotContain(home.Drops("print"), drop => File.Exists(Path.Combine(drop, "READY")));

        // Other content lies where a drop belongs: the night is given up with drops sealed and not in place.
        var blocking = Block(home, night: 3, product: "individual-number-notice");
        Assert.Equal(1, home.Run("night", "--date", Day(3)).ExitCode);
        home.RunOk(["abandon", Day(3), .. Because]);
        File.Delete(blocking);

        // The same again, but the part is skipped and the night goes on to its end.
        var status = Path.Combine(home.Outbox, "status", $"{FileDay(4)}.csv");
        Directory.CreateDirectory(Path.GetDirectoryName(status)!);
        await File.WriteAllTextAsync(status, "somebody else's file\n");
        Assert.Equal(1, home.Run("night", "--date", Day(4)).ExitCode);
        var part = home.RunOk(["rerun", Day(4), "--dry-run", "--json", .. Because]).Lines.Single().GetProperty("part");
        Assert.Equal("publish", part.GetProperty("act").GetString());
        home.RunOk(["skip", part.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture), .. Because]);
        File.Delete(status);
        home.RunOk("night", "--date", Day(5));
        home.RunOk("verify");

        Assert.True(File.Exists(Path.ChangeExtension(status, ".done")), "The skipped status file was not handed over.");
        var orders = Column(home, "card-orders", "orders.csv", 0);
        Assert.Equal(Column(calm, "card-orders", "orders.csv", 0), orders);
        Assert.Equal(orders.Count, orders.Distinct().Count());

        // What the vendor got is what the database calls sent, each piece in one drop; five days later there may be more.
        var pieces = Column(home, "print", "manifest.csv", 0);
        Assert.Equal(
            pieces.Order(StringComparer.Ordinal), home.Query(
                "SELECT piece_id FROM piece WHERE state = 'sent' ORDER BY piece_id COLLATE \"C\""));
        const string subjects = "SELECT product || ' ' || subject FROM piece WHERE state = 'sent' ORDER BY (product || ' ' || subject) COLLATE \"C\"";
        Assert.NotEmpty(calm.Query(subjects));
        Assert.Subset(new SortedSet<string>(home.Query(subjects)), new SortedSet<string>(calm.Query(subjects)));
        Assert.Equal(home.Query(subjects).Count, home.Query(subjects).Distinct().Count());
        const string states = "SELECT key || ' ' || state FROM application ORDER BY key";
        Assert.Equal(calm.Query(states), home.Query(states));
    }

    // A worker stands still in the middle of the step; the night is abandoned under its hands, then its host dies.
    private static async Task GiveUpAsync(Product home, int night, string step, string point)
    {
        var steps = new[] { "intake", "read", "validate", "select", "order-cards", "notices", "print" };
        foreach (var before in steps.TakeWhile(name => name != step))
        {
            home.RunOk("run", before, "--date", Day(night));
        }

        var points = Directory.CreateTempSubdirectory("points-").FullName;
        await File.WriteAllTextAsync(Path.Combine(points, point), "pause");
        using var running = home.Start(
            new Dictionary<string, string> { ["MYNUMBER_FAULT"] = points }, "run", step, "--date", Day(night));
        _ = running.StandardError.ReadToEndAsync();
        _ = running.StandardOutput.ReadToEndAsync();
        while (File.Exists(Path.Combine(points, point)))
        {
            Assert.False(running.HasExited, $"Step {step} ended before anything passed {point}.");
            await Task.Delay(50);
        }

        home.RunOk(["abandon", Day(night), .. Because]);
        running.Kill(entireProcessTree: true);
        await running.WaitForExitAsync();
        Directory.Delete(points, recursive: true);
    }

    private static string Block(Product home, int night, string product)
    {
        var folder = Path.Combine(home.Outbox, "print", $"TEST-{FileDay(night)}-{product}-001");
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "manifest.csv");
        File.WriteAllText(file, "somebody else's file\n");
        return file;
    }

    private static List<string> Column(Product home, string area, string file, int column) =>
        [.. home.Drops(area).Where(drop => File.Exists(Path.Combine(drop, "READY")))
            .SelectMany(drop => File.ReadAllLines(Path.Combine(drop, file)).Skip(1))
            .Select(line => line.Split(',')[column])];

    private static Product NewHome(string name)
    {
        var home = new Product(name);
        home.Appoint("operator-1", "operator");
        home.RunOk("fixtures", "night", "--applications", "8", "--seed", "3", "--out", home.Inbox);
        return home;
    }

    private static string Day(int night) => First.AddDays(night).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string FileDay(int night) => First.AddDays(night).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
