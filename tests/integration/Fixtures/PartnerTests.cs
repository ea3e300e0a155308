using System.Text;
using MyNumber.Fixtures;
using MyNumber.Fixtures.Feeds;

namespace MyNumber.Tests.Integration.Fixtures;

public sealed class PartnerTests : IDisposable
{
    private static readonly DateOnly Date = new(2026, 11, 26);
    private readonly string _folder = Directory.CreateTempSubdirectory("mynumber-partners-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_factory_reports_one_card_for_each_order_and_says_the_same_twice()
    {
        var drop = Folder("TEST-20261124-card-order-001", ("orders.csv", "order_id,resident_id\n261124000001-01,R1\nF-2,R2\n"));
        var inbox = Path.Combine(_folder, "inbox");
        Assert.Equal(2, CardFactory.Simulate(drop, inbox, Date));
        var file = Assert.Single(Directory.EnumerateFiles(Path.Combine(inbox, "events"), "*.csv"));
        var first = File.ReadAllBytes(file);
        var events = Table.Read(file);
        Assert.Equal(["261124000001-01", "F-2"], events.Column("subject"));
        Assert.All(events.Column("value"), value => Assert.EndsWith("=2026-11-26", value, StringComparison.Ordinal));
        CardFactory.Simulate(drop, inbox, Date);
        Assert.Equal(first, File.ReadAllBytes(file));
    }

    [Fact]
    public void A_drop_that_is_not_handed_over_is_not_touched()
    {
        var drop = Folder("half", ("orders.csv", "order_id\nX\n"));
        File.Delete(Path.Combine(drop, "READY"));
        Assert.Throws<FileNotFoundException>(() => CardFactory.Simulate(drop, _folder, Date));
        Assert.Throws<FileNotFoundException>(() => PrintVendor.Simulate(drop, _folder, Date, VendorProfile.Honest, 1));
    }

    [Fact]
    public void An_honest_vendor_posts_every_piece_on_the_day()
    {
        var vendor = Answer(VendorProfile.Honest);
        Assert.Equal(20, vendor("posted").Rows.Count);
        Assert.All(vendor("posted").Column("posted_on"), day => Assert.Equal("2026-11-26", day));
        Assert.Equal(["20"], vendor("ack").Column("pieces"));
    }

    [Fact]
    public void A_slow_vendor_posts_every_piece_later()
    {
        var posted = Answer(VendorProfile.Slow)("posted");
        Assert.Equal(20, posted.Rows.Count);
        Assert.All(posted.Column("posted_on"), day => Assert.True(string.CompareOrdinal(day, "2026-11-26") > 0));
    }

    [Fact]
    public void A_sloppy_vendor_spoils_pieces_and_never_posts_one_of_them()
    {
        var vendor = Answer(VendorProfile.Sloppy);
        Assert.NotEmpty(vendor("spoiled").Rows);
        Assert.Empty(vendor("spoiled").Column("piece_id").Intersect(vendor("posted").Column("piece_id")));
        Assert.Equal(vendor("spoiled").Column("piece_id"), vendor("destroyed").Column("piece_id"));
    }

    [Fact]
    public void A_hostile_vendor_contradicts_himself()
    {
        var vendor = Answer(VendorProfile.Hostile);
        var posted = vendor("posted").Column("piece_id");
        Assert.Contains("0000000000000000", posted);
        Assert.NotEmpty(vendor("spoiled").Column("piece_id").Intersect(posted));
        Assert.True(posted.Distinct().Count() < posted.Count);
        Assert.Equal(["21"], vendor("ack").Column("pieces"));
    }

    private Func<string, Table> Answer(VendorProfile profile)
    {
        const string name = "TEST-20261125-issuance-notice-001";
        var pieces = string.Concat(Enumerable.Range(1, 20).Select(i => $"PIECE{i:D11},1,{i}\n"));
        var drop = Folder(name,
            ("manifest.csv", "piece_id,generation,sequence\n" + pieces),
            ("issuance-notice-001-001.pdf", "%PDF-"),
            ("control.json", """{"files":[{"file":"issuance-notice-001-001.pdf","pieces":20},{"file":"manifest.csv","pieces":20}]}"""));
        var answers = Path.Combine(_folder, "vendor");
        PrintVendor.Simulate(drop, answers, Date, profile, 5);
        Assert.Equal(Directory.GetFiles(answers, "*.csv").Length, Directory.GetFiles(answers, "*.done").Length);
        return kind => Table.Read(Path.Combine(answers, $"{name}.{kind}.csv"));
    }

    private string Folder(string name, params (string Name, string Text)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        foreach (var file in files.Append(("READY", "")))
        {
            File.WriteAllText(Path.Combine(folder, file.Item1), file.Item2, new UTF8Encoding(false));
        }

        return folder;
    }
}
