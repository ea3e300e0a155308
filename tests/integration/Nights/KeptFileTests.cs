using System.Globalization;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// What is decided is frozen with the decision: for every file that leaves the house, whatever becomes of the rows afterwards,
/// and with all of staging lost, the file that is made again has the same bytes.
/// </summary>
public sealed class KeptFileTests
{
    private const string Date = "2026-11-24";
    private static readonly string[] Because = ["--by", "operator-1", "--reason", "a test of stopped drops"];

    // Every one of these happens to a home in the days after a night; the last three are what no step does.
    private static readonly string[] LaterChanges =
    [
        "UPDATE scan SET state = 'replaced', kind = 'other', locator = 'ANOTHER-BOX', received_on = received_on + 1",
        "DELETE FROM finding",
        "UPDATE application SET state = 'void', application_id = NULL, online_cipher = NULL",
        "UPDATE resident SET name = 'CHANGED', address = 'CHANGED', postal_code = '0000000', birth_date = birth_date + 1",
        "UPDATE municipality SET name = 'CHANGED', pickup_place = 'CHANGED'",
        "UPDATE card SET state = 'void', braille = NOT braille, signature_certificate = NOT signature_certificate",
        "UPDATE message SET number = number + 1000",
        "DELETE FROM status_answer",
        "DELETE FROM rejection",
        "UPDATE piece SET postal_code = '0000000', enclosures = 'CHANGED', replaces = NULL, registered_number = NULL",
        "UPDATE piece SET first_page = first_page + 1, pages = pages + 1, sheets = sheets + 1",
        "UPDATE drop SET previous_sha256 = NULL",
    ];

    [Fact]
    public void Whatever_happens_to_the_rows_after_the_decision_a_lost_file_is_made_again_with_the_same_bytes()
    {
        using var calm = NewHome("kept-calm", 60);
        calm.RunOk("night", "--date", Date);
        var decided = calm.OutboxDigest();
        foreach (var kind in new[] { "card-orders/", "email/", "rejections/", "status/", "originals.csv",
            "registered.csv", "control.json", ".pdf", "orders.csv" })
        {
            Assert.Contains(decided.Keys, path => path.Contains(kind, StringComparison.Ordinal));
        }

        using var home = NewHome("kept", 60);
        var blocking = Block(home, decided.Keys);
        SkipEveryStop(home, home.Run("night", "--date", Date));
        Assert.DoesNotContain(home.OutboxDigest().Keys, path => path.EndsWith("READY", StringComparison.Ordinal)
            || path.EndsWith(".done", StringComparison.Ordinal));
        Assert.Equal(home.Query("SELECT folder FROM drop ORDER BY folder COLLATE \"C\""),
            home.Query("SELECT folder FROM drop WHERE stopped_known ORDER BY folder COLLATE \"C\""));

        // Blocks hold what the rows said; what is too large for them has its own frozen rows, which nothing here touches.
        Assert.Empty(home.Query("SELECT path FROM file WHERE path !~ '\\.(pdf|png|jpg|tif)$' AND NOT EXISTS (SELECT FROM kept_block kept WHERE kept.drop_id = file.drop_id AND kept.path = file.path)"));
        foreach (var change in LaterChanges)
        {
            home.Query($"WITH changed AS ({change} RETURNING 1) SELECT count(*)::text FROM changed");
        }

        blocking.ForEach(File.Delete);
        Directory.Delete(Path.Combine(home.Outbox, ".staging"), recursive: true);
        // The night is complete; said again, it hands over what was left behind.
        home.RunOk("night", "--date", Date);
        Assert.Equal(decided, home.OutboxDigest());
        Assert.Equal(["0"], home.Query("SELECT count(*)::text FROM drop WHERE state <> 'published' OR stopped_class IS NOT NULL"));
        Assert.Equal(["0"], home.Query(
            "SELECT count(*)::text FROM kept_block JOIN drop ON drop.id = drop_id WHERE product <> 'card-order'"));
        Assert.Equal(["0"], home.Query("SELECT count(*)::text FROM alert WHERE code = 'drop-stopped' AND resolved_at IS NULL"));
    }

    [Fact]
    public void One_stopped_drop_holds_up_none_of_its_kind_and_a_known_one_no_later_night()
    {
        using var home = NewHome("one-stopped");
        var blocking = Block(home, [$"print/TEST-20261124-individual-number-notice-001/manifest.csv"]);
        var stopped = home.Run("night", "--date", Date);
        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("drop-stopped", stopped.Error, StringComparison.Ordinal);
        Assert.NotEmpty(Ready(home));
        Assert.DoesNotContain(Ready(home), drop => drop.Contains("individual-number-notice", StringComparison.Ordinal));
        Assert.Equal(["individual-number-notice"], home.Query("SELECT product FROM drop WHERE state = 'sealed'"));

        // Tried again with the cause still there it stops again; a person who skips it has seen it.
        Assert.Equal(1, home.Run(["rerun", Date, .. Because]).ExitCode);
        SkipEveryStop(home, stopped);
        home.RunOk("night", "--date", "2026-11-25");
        Assert.Equal(["individual-number-notice"], home.Query("SELECT product FROM drop WHERE state = 'sealed'"));

        blocking.ForEach(File.Delete);
        home.RunOk("night", "--date", "2026-11-26");
        Assert.Contains(Ready(home), drop => drop.Contains("individual-number-notice", StringComparison.Ordinal));
        Assert.Empty(home.Query("SELECT product FROM drop WHERE state = 'sealed'"));
        Assert.Equal(["0"], home.Query("SELECT count(*)::text FROM piece WHERE state = 'sealed'"));
        home.RunOk("verify");
    }

    [Fact]
    public void A_drop_whose_bytes_nothing_brings_back_is_given_up_by_two_people_and_made_anew()
    {
        using var home = NewHome("given-up-drop");
        var blocking = Block(
            home, ["card-orders/TEST-20261124-card-order-001/orders.csv", "print/TEST-20261124-individual-number-notice-001/manifest.csv"]);
        SkipEveryStop(home, home.Run("night", "--date", Date));
        // What was handed over before the stop is away too: the photographs come before the list.
        blocking.ForEach(file => Directory.Delete(Path.GetDirectoryName(file)!, recursive: true));
        Directory.Delete(Path.Combine(home.Outbox, ".staging"), recursive: true);

        // Fonts were exchanged, and a photograph's scan is away with the disk it lies on.
        home.Query("WITH other AS (UPDATE file SET sha256 = repeat('0', 64) WHERE path LIKE 'individual-number-notice%.pdf' RETURNING 1) SELECT count(*)::text FROM other");
        var lost = Assert.Single(home.Query("SELECT photo_stored FROM card WHERE photo_stored IS NOT NULL ORDER BY ref LIMIT 1"));
        File.Move(Path.Combine(home.Home, "store", lost), Path.Combine(home.Home, "away"));
        home.RunOk("night", "--date", "2026-11-25");
        Assert.Equal(["card-order", "individual-number-notice"],
            home.Query("SELECT product FROM drop WHERE state = 'sealed' ORDER BY product"));

        foreach (var drop in new[] { "TEST-20261124-card-order-001", "TEST-20261124-individual-number-notice-001" })
        {
            home.RunOk(["drop", "lost", drop, .. Because]);
            Assert.Equal(2, home.Run(["drop", "lost", drop, .. Because]).ExitCode);
            home.RunOk("drop", "lost", drop, "--by", "operator-2", "--reason", "a test of stopped drops");
        }

        home.RunOk("verify");
        File.Move(Path.Combine(home.Home, "away"), Path.Combine(home.Home, "store", lost));
        var pieces = home.Query("SELECT subject FROM piece WHERE product = 'individual-number-notice' AND lost ORDER BY subject");
        Assert.NotEmpty(pieces);
        home.RunOk("night", "--date", "2026-11-26");
        Assert.Equal(pieces, home.Query(
            "SELECT subject FROM piece WHERE product = 'individual-number-notice' AND generation = 2 AND state = 'sent' ORDER BY subject"));
        Assert.Contains(home.Drops("card-orders"), drop => drop.Contains("20261126", StringComparison.Ordinal)
            && File.Exists(Path.Combine(drop, "READY")));
        Assert.Equal(["0"], home.Query("SELECT count(*)::text FROM alert WHERE code = 'drop-stopped' AND resolved_at IS NULL"));
        home.RunOk("verify");
    }

    private static List<string> Ready(Product home) => [.. home.Drops("print").Where(drop => File.Exists(Path.Combine(drop, "READY")))];

    /// <summary>Puts somebody else's file where the first file of each drop belongs.</summary>
    private static List<string> Block(Product home, IEnumerable<string> paths)
    {
        var first = paths.Where(path => !path.EndsWith("READY", StringComparison.Ordinal)
            && !path.EndsWith(".done", StringComparison.Ordinal))
            .GroupBy(path => path.StartsWith("print/", StringComparison.Ordinal)
                || path.StartsWith("card-orders/", StringComparison.Ordinal)
                ? Path.GetDirectoryName(path)! : path.Split('/')[0])
            .Select(drop => Path.Combine(home.Outbox, drop.Order(StringComparer.Ordinal).First())).ToList();
        foreach (var file in first)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "somebody else's file\n");
        }

        return first;
    }

    /// <summary>Skips what is stopped until the night is complete.</summary>
    private static void SkipEveryStop(Product home, CommandResult result)
    {
        for (var tries = 0; result.ExitCode != 0; tries++)
        {
            Assert.True(tries < 10, result.Error);
            var part = home.RunOk(["rerun", Date, "--dry-run", "--json", .. Because]).Lines.Single().GetProperty("part");
            Assert.Equal("publish", part.GetProperty("act").GetString());
            result = home.Run(["skip", part.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture), .. Because]);
        }
    }

    // Sixty have everything in them: messages to online applicants and rejections, too.
    private static Product NewHome(string name, int applications = 24)
    {
        var home = new Product(name);
        home.Appoint("operator-1", "operator");
        home.Appoint("operator-2", "operator");
        home.RunOk("fixtures", "night", "--applications", $"{applications}", "--seed", "7", "--out", home.Inbox);
        return home;
    }
}
