namespace MyNumber.Tests.Integration.Nights;

/// <summary>R48 outside the encrypted store: what `retention` deletes, when, and that nothing else goes.</summary>
public sealed class RetentionTests : IDisposable
{
    private readonly Product _product = new("retention");

    public RetentionTests() => _product.Appoint("operator-1", "operator");

    public void Dispose() => _product.Dispose();

    [Fact]
    public void R48_feeds_leave_the_archive_after_thirty_days_and_refused_ones_after_the_inquiry_window()
    {
        var events = Directory.CreateDirectory(Path.Combine(_product.Inbox, "events")).FullName;
        WriteEvents(events, "good", "event_id,occurred_at,kind,municipality_code,subject,value,note\n");
        WriteEvents(events, "bad", "event_id,kind\n");
        Assert.Equal(1, _product.Run("night", "--date", "2026-11-24").ExitCode);
        WriteEvents(events, "young", "event_id,occurred_at,kind,municipality_code,subject,value,note\n\n");
        _product.RunOk("night", "--date", "2026-12-23");
        Assert.Equal("0 archived feeds, 0 refused feeds, 0 photographs", Retention("--dry-run"));

        _product.RunOk("night", "--date", "2026-12-24"); // The thirtieth day.
        Assert.Equal("1 archived feeds, 0 refused feeds, 0 photographs", Retention("--dry-run"));
        Assert.True(File.Exists(Archived("good.csv")));
        Assert.Equal("1 archived feeds, 0 refused feeds, 0 photographs", Retention());
        Assert.Equal("0 archived feeds, 0 refused feeds, 0 photographs", Retention());
        Assert.False(File.Exists(Archived("good.csv")) || File.Exists(Archived("good.done")));
        Assert.True(File.Exists(Archived("young.csv")) && File.Exists(Archived("young.done")));

        _product.RunOk(["night", "--date", "2027-05-23", .. Product.Unusual]);
        Assert.Equal("1 archived feeds, 0 refused feeds, 0 photographs", Retention());
        _product.RunOk("night", "--date", "2027-05-24"); // Six months.
        Assert.Equal("0 archived feeds, 1 refused feeds, 0 photographs", Retention());
        Assert.Empty(Directory.GetFiles(Path.Combine(_product.Inbox, "rejected", "events")));

        // The same content comes again: it is still known.
        WriteEvents(events, "good", "event_id,occurred_at,kind,municipality_code,subject,value,note\n");
        _product.RunOk("night", "--date", "2027-05-25");
        _product.RunOk("verify");
    }

    [Fact]
    public void R48_the_factorys_photograph_goes_with_the_key_of_its_application_and_no_other_does()
    {
        _product.RunOk("fixtures", "night", "--applications", "16", "--seed", "48", "--out", _product.Inbox);
        _product.RunOk("night", "--date", "2026-11-24");
        var orders = Assert.Single(_product.Drops("card-orders"));
        var photographs = Directory.GetFiles(orders, "*.png").Concat(Directory.GetFiles(orders, "*.jpg")).Order(
            StringComparer.Ordinal).ToList();
        Assert.True(photographs.Count >= 2, "The fixtures order too few cards with a photograph.");
        _product.RunOk("factory", "simulate", orders, "--date", "2026-11-25");
        _product.RunOk("night", "--date", "2026-11-25");

        // One card is handed out; its images are kept for the inquiry window from then.
        var delivered = Path.GetFileNameWithoutExtension(photographs[0]);
        var card = Assert.Single(_product.Query($"SELECT card_id FROM card WHERE order_id = '{delivered}'"));
        var municipality = Assert.Single(_product.Query($"SELECT municipality_code FROM card WHERE order_id = '{delivered}'"));
        WriteEvents(
            Directory.CreateDirectory(Path.Combine(_product.Inbox, "events")).FullName, "counter",
            $"event_id,occurred_at,kind,municipality_code,subject,value,note\nE-48,2026-11-26T10:00:00+09:00,card-delivered,{municipality},{card},,\n");
        _product.RunOk("night", "--date", "2026-11-26");
        Assert.EndsWith(" 0 photographs", Retention(), StringComparison.Ordinal);

        _product.RunOk(["night", "--date", "2027-05-27", .. Product.Unusual]); // The day after the window.
        Assert.EndsWith(" 1 photographs", Retention(), StringComparison.Ordinal);
        Assert.False(File.Exists(photographs[0]));
        Assert.All(photographs.Skip(1), photograph => Assert.True(File.Exists(photograph)));
        Assert.Contains("order-photograph-deleted", _product.RunOk("application", delivered, "--json").Output, StringComparison.Ordinal);
        Assert.EndsWith(" 0 photographs", Retention(), StringComparison.Ordinal);
        _product.RunOk("verify");
    }

    private string Archived(string file) => Path.Combine(_product.Home, "archive", "events", file);

    private string Retention(params string[] options)
    {
        var said = _product.RunOk(["retention", .. options]).Output.Trim();
        return said[(said.IndexOf(": ", StringComparison.Ordinal) + 2)..].Replace(" of card orders.", "", StringComparison.Ordinal);
    }

    private static void WriteEvents(string folder, string name, string text)
    {
        File.WriteAllText(Path.Combine(folder, $"{name}.csv"), text);
        var sha256 = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, $"{name}.csv"))));
        File.WriteAllText(Path.Combine(folder, $"{name}.done"), $"{sha256}  {name}.csv\n");
    }
}
