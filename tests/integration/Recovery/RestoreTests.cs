using MyNumber.Tests.Integration.Nights;

namespace MyNumber.Tests.Integration.Recovery;

/// <summary>
/// docs/runbook.md, walked through: whatever is lost, nothing is sent again that the partners have, and nothing is lost.
/// </summary>
public sealed class RestoreTests(LostWorld world) : IClassFixture<LostWorld>
{
    private static readonly string[] Person = ["--by", "operator", "--reason", "a disk was lost"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Disk_and_database_lost_only_the_partners_know_what_is_out(bool moreCameIn)
    {
        using var product = LostWorld.Restore(world.HomeBefore, world.DumpBefore);
        Declare(product);
        if (moreCameIn)
        {
            Backup.Copy(world.Late, product.Inbox);
        }

        Backup.Copy(world.Answers, Path.Combine(product.Inbox, "vendor"));
        var before = Drops(product);
        var waits = product.Run("night", "--date", LostWorld.SecondNight);
        Assert.Equal(1, waits.ExitCode);
        Assert.Contains("restored", waits.Error, StringComparison.Ordinal);
        Assert.Equal(before, Drops(product));

        // The vendor's answers speak of drops that nobody here knows: this is not over.
        var tooEarly = product.Run(["restored", "--over", .. Person]);
        Assert.Equal(2, tooEarly.ExitCode);
        Assert.Contains("20261125", tooEarly.Error, StringComparison.Ordinal);
        product.RunOk(["reconcile", .. world.AtThePartners, .. Person]);
        GoOn(product, moreCameIn);
        using var database = new HomeQueries(product);
        Assert.Equal(0, database.Number("SELECT count(*) FROM vendor_answer WHERE state <> 'applied'"));
    }

    [Fact]
    public void The_database_lost_and_the_outbox_still_there()
    {
        using var product = LostWorld.Restore(world.HomeAfter, world.DumpBefore);
        var declared = Declare(product);
        Assert.All(
            world.AtThePartners, drop => Assert.Contains(Path.GetFileName(drop), declared.Error, StringComparison.Ordinal));

        // The senders deliver again what came in since the backup.
        Backup.Copy(Path.Combine(world.HomeBefore, "inbox"), product.Inbox);
        Assert.Equal(2, product.Run(["restored", "--over", .. Person]).ExitCode);
        product.RunOk(["reconcile", .. world.AtThePartners.Select(drop => product.Drops("print").Concat(product.Drops("card-orders"))
            .Single(there => Path.GetFileName(there) == Path.GetFileName(drop))), .. Person]);
        Assert.Equal(1, product.Run("night", "--date", LostWorld.SecondNight).ExitCode);
        GoOn(product, moreCameIn: false);
    }

    [Fact]
    public void The_home_lost_and_the_database_alive()
    {
        using var product = LostWorld.Restore(world.HomeBefore, world.DumpAfter);
        using var database = new HomeQueries(product);
        // As if a resident's card had been disposed of after the keys were copied: their key came back with the copy.
        database.Execute("UPDATE key_slot SET state = 'destroyed' WHERE application_key = (SELECT min(application_key) FROM scan WHERE feed = '20261123-mail')");
        var keys = Path.Combine(product.Home, "keys");
        Directory.Move(keys, $"{keys}.away");
        Declare(product);

        // Without its keys the program makes no new ones: they could read nothing of what is stored.
        var without = product.Run("night", "--date", LostWorld.ThirdNight);
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("keys/number.key", without.Error, StringComparison.Ordinal);
        Directory.Delete(keys, recursive: true);
        Directory.Move($"{keys}.away", keys);
        Assert.Contains("1 keys had come back", product.RunOk(["restored", .. Person]).Error, StringComparison.Ordinal);

        product.RunOk(["restored", "--over", .. Person]);
        Backup.Copy(world.Answers, Path.Combine(product.Inbox, "vendor"));

        // One drop of letters had not been fetched when the disk died: only the vendor knows that.
        var letters = NotFetched(product, "-application-form-");
        product.RunOk("night", "--date", LostWorld.ThirdNight);
        product.RunOk("verify");
        Assert.Subset(database.Lines(LostWorld.PiecesSql).ToHashSet(), world.Pieces.ToHashSet());
        PrintedAnew(product, letters);
    }

    [Fact]
    public void The_outbox_lost_before_the_partners_fetched_all_of_it()
    {
        using var product = LostWorld.Restore(world.HomeAfter, world.DumpAfter);
        Directory.Delete(product.Outbox, recursive: true);
        Declare(product);
        product.RunOk(["restored", "--over", .. Person]);
        Backup.Copy(world.Answers, Path.Combine(product.Inbox, "vendor"));
        var letters = NotFetched(product, "-application-form-");
        var order = NotFetched(product, "-card-order-");
        product.RunOk("night", "--date", LostWorld.ThirdNight);
        product.RunOk("verify");
        PrintedAnew(product, letters);

        // The factory gets its order as it was, file by file.
        var again = Assert.Single(product.Drops("card-orders"));
        Assert.Equal(order, Path.GetFileName(again));
        Assert.True(File.Exists(Path.Combine(again, "READY")));
        Assert.All(
            Directory.GetFiles(world.AtThePartners.Single(drop => Path.GetFileName(drop) == order)),
            list => Assert.Equal(File.ReadAllText(list), File.ReadAllText(Path.Combine(again, Path.GetFileName(list)))));
    }

    // Two people say that a drop never reached its partner, who therefore never answered.
    private string NotFetched(Product product, string kind)
    {
        var drop = Path.GetFileName(world.AtThePartners.Single(folder => folder.Contains(kind, StringComparison.Ordinal)));
        foreach (var answer in Directory.GetFiles(Path.Combine(product.Inbox, "vendor"), $"{drop}.*"))
        {
            File.Delete(answer);
        }

        product.RunOk(["drop", "lost", drop, .. Person]);
        Assert.Equal(2, product.Run(["drop", "lost", drop, .. Person]).ExitCode);
        product.RunOk("drop", "lost", drop, "--by", "another", "--reason", "the partner never got it");
        return drop;
    }

    private void PrintedAnew(Product product, string lost)
    {
        using var database = new HomeQueries(product);
        Assert.Equal(0, database.Number("SELECT count(*) FROM vendor_answer WHERE state <> 'applied'"));
        var tonight = Assert.Single(product.Drops("print"), drop => drop.Contains("20261126", StringComparison.Ordinal));
        var replaced = File.ReadLines(Path.Combine(tonight, "manifest.csv")).Skip(1).Select(line => line.Split(',')[^1]);
        var pieces = File.ReadLines(Path.Combine(world.AtThePartners.Single(folder => Path.GetFileName(folder) == lost), "manifest.csv"))
            .Skip(1).Select(line => line.Split(',')[0]);
        Assert.Equal(pieces.Order(StringComparer.Ordinal), replaced.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_drop_that_nobody_knows_stops_the_night_even_where_no_restore_was_declared()
    {
        using var product = LostWorld.Restore(world.HomeAfter, world.DumpBefore);
        // A snapshot of the whole machine brings the same database back: nothing but the outbox tells.
        File.Delete(Path.Combine(product.Home, "database.id"));
        using var database = new HomeQueries(product);
        database.Execute($"UPDATE home SET path = '{product.Home}'");
        var waits = product.Run("night", "--date", LostWorld.SecondNight);
        Assert.Equal(1, waits.ExitCode);
        Assert.Contains("known to nobody", waits.Error, StringComparison.Ordinal);
    }

    private static CommandResult Declare(Product product)
    {
        // Nothing works before somebody has said what happened; that the home moved is not all of it.
        product.RunOk(["adopt", .. Person]);
        var refused = product.Run("runs");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("mynumber restored", refused.Error, StringComparison.Ordinal);
        return product.RunOk(["restored", .. Person]);
    }

    private void GoOn(Product product, bool moreCameIn)
    {
        product.RunOk(["restored", "--over", .. Person]);
        product.RunOk(["rerun", LostWorld.SecondNight, .. Person]);
        product.RunOk("verify");
        using var database = new HomeQueries(product);
        var (pieces, cards) = (database.Lines(LostWorld.PiecesSql), database.Lines(LostWorld.CardsSql));
        Assert.Subset(pieces.ToHashSet(), world.Pieces.ToHashSet());
        Assert.Subset(cards.ToHashSet(), world.Cards.ToHashSet());

        // What left this house now is what came in more, and nothing else.
        var partners = world.AtThePartners.Select(drop => Path.GetFileName(drop)).ToHashSet();
        var again = product.Drops("print").Concat(product.Drops("card-orders"))
            .Where(drop => !world.FirstDrops.Contains(Path.GetFileName(drop)) && !partners.Contains(Path.GetFileName(drop))).ToList();
        Assert.Equal(moreCameIn, again.Count > 0);
        var subjects = again.Concat(world.AtThePartners).SelectMany(Subjects).ToList();
        Assert.Equal(subjects.Count, subjects.Distinct().Count());
        Assert.Equal(moreCameIn, pieces.Count > world.Pieces.Count);
        Assert.Equal(moreCameIn, cards.Count > world.Cards.Count);
        Assert.All(again, drop => Assert.True(File.Exists(Path.Combine(drop, "READY"))));
        Assert.Equal(0, database.Number("SELECT count(*) FROM piece WHERE state = 'wanted'"));
        Assert.Equal(0, database.Number("SELECT count(*) FROM application WHERE state = 'selected'"));
    }

    private static IEnumerable<string> Subjects(string drop)
    {
        var list = new[] { "manifest.csv", "orders.csv" }.Select(name => Path.Combine(drop, name)).Single(File.Exists);
        return File.ReadLines(list).Skip(1).Select(line => $"{Path.GetFileName(list)} {line.Split(',')[0]}");
    }

    private static IReadOnlyList<string> Drops(Product product) =>
        [.. product.Drops("print").Concat(product.Drops("card-orders"))];
}
