using System.Globalization;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>One digit of a date is wrong; and cards are not picked up for months. Played with the real program.</summary>
public sealed class FarNightTests
{
    private const string Lists = "SELECT list_id FROM disposal_list ORDER BY list_id COLLATE \"C\"";
    private const string DestroyedKeys = "SELECT application_key FROM key_slot WHERE state <> 'live' ORDER BY 1";
    private static readonly string[] First = ["--by", "first.person", "--reason", "a test of far nights"];
    private static readonly string[] Second = ["--by", "second.person", "--reason", "a test of far nights"];

    [Fact]
    public void A_wrong_date_destroys_nothing_and_two_people_set_the_night_aside()
    {
        using var home = NewHome("wrong-date", 12);
        home.TodayFollows = false;
        home.Today = "2026-11-27";
        home.RunOk("night", "--date", "2026-11-24");
        foreach (var verb in new string[][] { ["night", "--date", "2036-11-27"],
            ["run", "intake", "--date", "2036-11-27"], ["purge", "propose", "--date", "2030-01-01"] })
        {
            var refused = home.Run(verb);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("--unusual-date", refused.Error, StringComparison.Ordinal);
            Assert.Equal(2, home.Run([.. verb, "--unusual-date"]).ExitCode);
            Assert.Equal(2, home.Run([.. verb, "--with-disposals", .. First]).ExitCode);
        }

        // Somebody means it all the same: still nothing is destroyed, and nothing that retention deletes is past its time.
        var archived = Files(home, "archive");
        home.RunOk(["night", "--date", "2036-11-27", "--unusual-date", .. First]);
        Assert.Empty(home.Query(DestroyedKeys));
        Assert.Empty(home.Query(Lists));
        home.RunOk("retention");
        Assert.Subset(Files(home, "archive"), archived);
        Assert.Contains("night-after-today",
            string.Join(' ', home.Query("SELECT code FROM alert WHERE resolved_at IS NULL")), StringComparison.Ordinal);
        Assert.Contains("unusual-date", home.Query("SELECT action FROM audit"));

        Assert.Equal(2, home.Run("night", "--date", "2026-11-25").ExitCode);
        Assert.Equal(2, home.Run(["abandon", "2026-11-24", .. First]).ExitCode);
        home.RunOk(["abandon", "2036-11-27", .. First]);
        Assert.Equal(2, home.Run(["abandon", "2036-11-27", .. First]).ExitCode);
        Assert.Equal(2, home.Run("night", "--date", "2026-11-25").ExitCode);
        home.RunOk(["abandon", "2036-11-27", .. Second]);
        home.RunOk("night", "--date", "2026-11-25");
        home.RunOk("verify");
        Assert.Equal(["0"], home.Query("SELECT count(*)::text FROM status_answer WHERE business_date <> '2026-11-25'"));

        // A night of next week by mistake: on its day it is played as any other, and its files have names of their own.
        home.RunOk(["night", "--date", "2026-11-29", "--unusual-date", .. First]);
        home.RunOk(["abandon", "2026-11-29", .. First]);
        home.RunOk(["abandon", "2026-11-29", .. Second]);
        home.Today = "2026-11-29";
        home.RunOk("night", "--date", "2026-11-29");
        Assert.True(File.Exists(Path.Combine(home.Outbox, "status", "20261129-002.done")));
        home.RunOk("verify");
    }

    [Fact]
    public async Task What_two_people_approved_leaves_as_it_was_approved_whatever_is_killed_and_picked_up()
    {
        using var home = Stored("stored");
        // The months' gap is asked for, and what it does not destroy the next usual night takes up.
        home.RunOk(["night", "--date", "2027-04-01", "--unusual-date", .. First]);
        Assert.Empty(home.Query(Lists));
        home.RunOk("night", "--date", "2027-04-02");
        var lists = home.Query(Lists);
        Assert.True(lists.Count >= 2, "Too few lists for this test.");

        home.RunOk(["purge", "approve", lists[0], .. First]);
        await KillApprovingAsync(home, lists[0]);
        var listed = home.Query($"SELECT card_id FROM disposal_item JOIN card ON ref = card_ref WHERE list_id = '{lists[0]}' ORDER BY card_id");
        Deliver(home, listed[0]);
        home.RunOk("night", "--date", "2027-04-03");
        Assert.Equal(listed, ListFiles(home).SelectMany(file => File.ReadAllLines(file).Skip(1)).Select(
            line => line.Split(',')[0]).Order(StringComparer.Ordinal));

        // `serve` finishes it, too, also where nothing is due.
        home.RunOk(["purge", "approve", lists[1], .. First]);
        await KillApprovingAsync(home, lists[1]);
        using (var serve = home.Start("serve", "--urls", "http://127.0.0.1:0"))
        {
            _ = serve.StandardError.ReadToEndAsync();
            _ = serve.StandardOutput.ReadToEndAsync();
            while (ListFiles(home).Count < 2 || home.Query("SELECT product FROM drop WHERE state = 'sealed'").Count > 0)
            {
                Assert.False(serve.HasExited);
                await Task.Delay(100);
            }

            using var end = System.Diagnostics.Process.Start("kill", ["-TERM", serve.Id.ToString(CultureInfo.InvariantCulture)]);
            await serve.WaitForExitAsync();
        }

        home.RunOk("verify");
    }

    [Fact]
    public void What_is_over_a_nights_limit_waits_for_two_people()
    {
        using var home = Stored("limits");
        home.Settings["MYNUMBER_POLICY__DESTRUCTIONMIN"] = "2";
        home.RunOk(["night", "--date", "2027-08-01", .. Product.Unusual]);
        // One application is incomplete for long enough; cards whose storage is over are many more than two.
        var keys = home.Query(DestroyedKeys).Count;
        Assert.Equal(1, keys);
        Assert.Equal(["2"], home.Query("SELECT count(*)::text FROM disposal_item"));
        Assert.Contains("destruction-waits", home.Query("SELECT code FROM alert WHERE resolved_at IS NULL"));
        var waiting = home.Query("SELECT subject FROM destruction_waiting ORDER BY subject COLLATE \"C\"");
        Assert.True(waiting.Count > 6, "Too little is due for this test.");

        // Neither another run of that day nor the next night takes up what waits for people.
        home.RunOk("purge", "propose", "--date", "2027-08-01");
        home.RunOk("night", "--date", "2027-08-02");
        Assert.Equal(keys, home.Query(DestroyedKeys).Count);
        var still = home.Query("SELECT subject FROM destruction_waiting ORDER BY subject COLLATE \"C\"");
        // Where that night wanted a reminder the card is not due any more: it waits for the resident, not for people (R46).
        var reminded = home.Query("SELECT subject FROM piece WHERE occasion = 'reminder' AND state = 'sent'");
        Assert.NotEmpty(reminded.Intersect(waiting));
        Assert.Equal(waiting.Except(reminded), still);

        Assert.Equal(2, home.Run(["purge", "release", "--date", "2027-08-02", .. First]).ExitCode);
        home.RunOk(["purge", "release", "--date", "2027-08-01", .. First]);
        Assert.Equal(2, home.Run(["purge", "release", "--date", "2027-08-01", .. First]).ExitCode);
        Assert.Equal(keys, home.Query(DestroyedKeys).Count);
        home.RunOk(["purge", "release", "--date", "2027-08-01", .. Second]);
        Assert.Empty(home.Query("SELECT subject FROM destruction_waiting"));
        Assert.Equal(still.Count + keys + 2, home.Query(DestroyedKeys).Count + home.Query("SELECT card_ref FROM disposal_item").Count);
        Assert.Equal(["0"], home.Query("SELECT count(*)::text FROM alert WHERE code = 'destruction-waits' AND resolved_at IS NULL"));
        // What people released lifts the limit of no later night.
        Assert.Equal([$"{keys}"], home.Query("SELECT max(keys)::text FROM destruction"));
        home.RunOk("verify");
    }

    [Theory]
    [InlineData("MYNUMBER_POLICY__PRODUCTION", "true")] // In production there is one today.
    [InlineData("MYNUMBER_NIGHT__TODAY", "tomorrow")]
    public void Another_today_is_refused_where_it_cannot_be(string name, string value)
    {
        using var home = new Product("today");
        home.Settings[name] = value;
        var refused = home.Run("night", "--date", "2026-11-24");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("MYNUMBER_NIGHT__TODAY", refused.Error, StringComparison.Ordinal);
    }

    // The second approval is committed, and the process is gone before anything of it lies in the outbox.
    private static async Task KillApprovingAsync(Product home, string list)
    {
        var points = Directory.CreateTempSubdirectory("points-").FullName;
        await File.WriteAllTextAsync(Path.Combine(points, "approval-committed"), "kill");
        var before = ListFiles(home).Count;
        home.Settings["MYNUMBER_FAULT"] = points;
        Assert.Equal(137, home.Run(["purge", "approve", list, .. Second]).ExitCode);
        home.Settings.Remove("MYNUMBER_FAULT");
        Assert.Equal(before, ListFiles(home).Count);
        Directory.Delete(points, recursive: true);
    }

    private static List<string> ListFiles(Product home) =>
        Directory.Exists(Path.Combine(home.Outbox, "disposals"))
            ? [.. Directory.GetFiles(Path.Combine(home.Outbox, "disposals"), "*.csv", SearchOption.AllDirectories)
                .Where(file => File.Exists(Path.ChangeExtension(file, ".done")))]
            : [];

    private static void Deliver(Product home, string card)
    {
        var municipality = Assert.Single(home.Query($"SELECT municipality_code FROM card WHERE card_id = '{card}'"));
        var events = Directory.CreateDirectory(Path.Combine(home.Inbox, "events")).FullName;
        var file = Path.Combine(events, "counter.csv");
        File.WriteAllText(
            file,
            $"event_id,occurred_at,kind,municipality_code,subject,value,note\nE-1,2027-04-03T10:00:00+09:00,card-delivered,{municipality},{card},,\n");
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        File.WriteAllText(Path.ChangeExtension(file, ".done"), $"{sha256}  counter.csv\n");
    }

    private static HashSet<string> Files(Product home, string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(home.Home, folder), "*", SearchOption.AllDirectories)];

    /// <summary>Two nights and both partners: cards lie at their municipalities, and their holders were told.</summary>
    private static Product Stored(string name)
    {
        var home = NewHome(name, 24);
        home.RunOk("night", "--date", "2026-11-24");
        foreach (var drop in home.Drops("card-orders"))
        {
            home.RunOk("factory", "simulate", drop, "--date", "2026-11-25");
        }

        home.RunOk("night", "--date", "2026-11-25");
        foreach (var drop in home.Drops("print"))
        {
            home.RunOk("vendor", "simulate", drop, "--date", "2026-11-26");
        }

        return home;
    }

    private static Product NewHome(string name, int applications)
    {
        var home = new Product(name);
        home.Appoint("operator-1", "operator");
        home.Appoint("first.person", "operator", "approver");
        home.Appoint("second.person", "operator", "approver");
        home.RunOk("fixtures", "night", "--applications", $"{applications}", "--seed", "7", "--out", home.Inbox);
        return home;
    }
}
