using System.Text;
using BitMiracle.LibTiff.Classic;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Reading;
using static MyNumber.Tests.Integration.Intake.IntakeHome;

namespace MyNumber.Tests.Integration.Intake;

public sealed class ScansTests
{
    private const string PlantedEmail = "hanako.planted@example.jp";

    [Fact]
    public async Task Scans_lie_in_the_encrypted_store_and_only_the_manifest_in_the_archive()
    {
        await using var home = await IntakeHome.CreateAsync();
        var image = Tiff(1, 0x55);
        home.Scans("D1", [("a.tif", image), ("b.tif", Tiff(1, 0x66))], "E1,1,front,a.tif,1,2026-11-24,form",
            "E1,2,front,b.tif,1,2026-11-24,other");
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("received", await home.ScalarAsync<string>("SELECT state FROM application WHERE key = 'E1-1'"));
        Assert.Equal(["DONE", "manifest.csv"],
            Directory.GetFiles(Path.Combine(home.Home.Archive, "scans", "D1")).Select(Path.GetFileName).Order());
        Assert.False(Directory.Exists(Path.Combine(home.Home.Inbox, "scans", "D1")));
        var stored = await home.ScalarAsync<string>("SELECT stored FROM scan WHERE kind = 'form'");
        var key = home.Services.Keys.Key(Date, 0);
        Assert.Equal(image, home.Services.Store.Read(stored, key));
        foreach (var file in Directory.GetFiles(home.Home.Root, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(image.AsSpan(0, 16)));
        }

        Assert.Equal("application 1,other 1,taken 2", await home.ScalarAsync<string>(
            "SELECT string_agg(o, ',' ORDER BY o) FROM (SELECT outcome || ' ' || count(*) AS o FROM item GROUP BY outcome) AS outcomes"));
    }

    [Fact]
    public async Task Pages_of_several_applications_in_one_file_are_kept_apart()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Scans("D1", [("a.tif", Tiff(2, 0x55, 0x33))], "E1,1,front,a.tif,1,2026-11-24,form", "E1,2,front,a.tif,2,2026-11-24,form");
        Assert.Equal("complete", await home.NightAsync());
        var stored = await home.ScalarAsync<string>("SELECT stored FROM scan WHERE sheet = '2'");
        Assert.Equal(1, await home.ScalarAsync<int>("SELECT stored_page FROM scan WHERE sheet = '2'"));
        var page = home.Services.Store.Read(stored, home.Services.Keys.Key(Date, 1));
        using var tiff = BitMiracle.LibTiff.Classic.Tiff.ClientOpen("page", "r", new MemoryStream(page), new TiffStream());
        Assert.Equal(1, tiff.NumberOfDirectories());
        var strip = new byte[8];
        tiff.ReadEncodedStrip(0, strip, 0, 8);
        Assert.All(strip, pixel => Assert.Equal(0x33, pixel));
    }

    [Fact]
    public async Task Key_slots_follow_content_order_and_grow_over_the_nights()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Scans("B", [("a.tif", Tiff(1, 1))], "E3,1,front,a.tif,1,2026-11-24,form");
        home.Scans("A", [("a.tif", Tiff(1, 2))], "E9,1,front,a.tif,1,2026-11-24,form");
        await home.NightAsync();
        home.Scans("C", [("a.tif", Tiff(1, 3))], "E1,1,front,a.tif,1,2026-11-24,form");
        await home.NightAsync(Date.AddDays(1));
        Assert.Equal("E3-1,E9-1,E1-1",
            await home.ScalarAsync<string>("SELECT string_agg(application_key, ',' ORDER BY slot) FROM key_slot"));
    }

    [Theory]
    [InlineData("E-1,1,middle,a.tif,1,2026-11-24,form", "manifest.csv,1,side,")]
    [InlineData("E-1,1-2,front,a.tif,1,2026-11-24,form", "manifest.csv,1,sheet,")]
    [InlineData("E-1,1,front,a.tif,0,2026-11-24,form", "manifest.csv,1,page,")]
    public async Task A_bad_manifest_refuses_the_drop(string row, string expected)
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Scans("D1", [("a.tif", Tiff(1, 1))], row);
        Assert.Equal("complete", await home.NightAsync());
        Assert.Contains(expected, home.Rejected("scans/D1"));
        Assert.Equal(0, await home.ScalarAsync<long>("SELECT count(*) FROM scan"));
    }

    [Fact]
    public async Task Online_applications_are_taken_encrypted_with_their_photographs()
    {
        await using var home = await IntakeHome.CreateAsync();
        var photo = Encoding.ASCII.GetBytes("not much of a picture");
        var csv = OnlineHeader
            + $"00000000000000000000001,2026-11-23T23:59:59+09:00,{PlantedEmail},1990-04-01,1,0,0,p.jpg,,,\n"
            + $"00000000000000000000002,2026-11-24T00:00:00+09:00,{PlantedEmail},1990-04-02,0,0,0,,親権　者,親,booth\n";
        home.Folder("online", "O1", ("applications.csv", Utf8(csv)), ("p.jpg", photo));
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("O1-1 online 2026-11-23,O1-2 booth 2026-11-24", await home.ScalarAsync<string>(
            "SELECT string_agg(key || ' ' || channel || ' ' || received_on, ',' ORDER BY key) FROM application"));
        var readings = await ReadingStore.LoadAsync(home.Services.Database, home.Services.Keys, ["O1-1", "O1-2"], CancellationToken.None);
        Assert.True(readings[0].Online!.Braille);
        Assert.Equal("親", readings[1].Online!.RepresentativeRelation);
        Assert.DoesNotContain(PlantedEmail, await home.ScalarAsync<string>(
            "SELECT coalesce(string_agg(application::text, ' '), '') || coalesce((SELECT string_agg(scan::text, ' ') FROM scan), '') FROM application"));
        Assert.False(File.Exists(Path.Combine(home.Home.Archive, "online", "O1", "p.jpg")));
    }

    [Fact]
    public async Task An_event_is_taken_once()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.OneFile("events", "V1", EventHeader + "X1,2026-11-24T09:00:00+09:00,card-arrived,13101,E1-1,C1=2026-11-23,\n");
        home.OneFile("events", "V2", EventHeader
            + "X1,2026-11-24T10:00:00+09:00,card-arrived,13101,E1-1,C2=2026-11-23,\nX2,2026-11-24T10:00:00+09:00,who-knows,,P1,,\n");
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("X1 C1=2026-11-23,X2 ",
            await home.ScalarAsync<string>("SELECT string_agg(event_id || ' ' || value, ',' ORDER BY event_id) FROM event"));
        Assert.True(File.Exists(Path.Combine(home.Home.Archive, "events", "V1.csv")));
    }

    [Fact]
    public async Task A_move_that_was_cut_off_is_only_repeated()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Scans("D1", [("a.tif", Tiff(1, 1))], "E1,1,front,a.tif,1,2026-11-24,form");
        home.OneFile("events", "V1", EventHeader + "X1,2026-11-24T09:00:00+09:00,card-arrived,13101,E1-1,C1=2026-11-23,\n");
        await home.NightAsync();
        // As a kill between two renames leaves it: the markers are still in the inbox, the rest has gone.
        var drop = Directory.CreateDirectory(Path.Combine(home.Home.Inbox, "scans", "D1")).FullName;
        File.Move(Path.Combine(home.Home.Archive, "scans", "D1", "DONE"), Path.Combine(drop, "DONE"));
        File.Move(Path.Combine(home.Home.Archive, "events", "V1.done"), Path.Combine(home.Home.Inbox, "events", "V1.done"));
        await home.ExecuteAsync("INSERT INTO part (step_id, act, from_key, to_key, state) SELECT id, 'publish', 'again', '', 'ready' FROM step; UPDATE step SET state = 'publishing'; UPDATE run SET state = 'running'");
        Assert.Equal("complete", await home.NightAsync());
        Assert.False(Directory.Exists(drop));
        Assert.True(File.Exists(Path.Combine(home.Home.Archive, "scans", "D1", "manifest.csv")));
        Assert.True(File.Exists(Path.Combine(home.Home.Archive, "events", "V1.done")));
        Assert.Equal(1, await home.ScalarAsync<long>("SELECT count(*) FROM application"));
    }

    [Fact]
    public async Task Sides_are_read_once_replaced_where_unreadable_and_duplicates_otherwise()
    {
        await using var home = await IntakeHome.CreateAsync(services =>
            [new IntakeStep(services).Definition, new ReadStep(services).Definition]);
        home.Scans(
            "D1", [("a.tif", Tiff(1, 1)), ("broken.tif", Utf8("II*\0nothing"))],
            "E1,1,front,broken.tif,1,2026-11-24,form", "E1,1,front,a.tif,1,2026-11-24,form",
            "E2,1,front,a.tif,1,2026-11-24,form", "E2,1,front,a.tif,1,2026-11-24,form", "E2,2,front,a.tif,1,2026-11-24,other");
        Assert.Equal("complete", await home.NightAsync());
        // Too small to be a page: the second try of a side that was unreadable is taken, whatever it says.
        Assert.Equal("replaced,unreadable,replaced,unreadable,other",
            await home.ScalarAsync<string>("SELECT string_agg(state, ',' ORDER BY row) FROM scan"));
        await home.ExecuteAsync("UPDATE scan SET state = 'read' WHERE state = 'unreadable' AND envelope = 'E2'");
        home.Scans("D2", [("a.tif", Tiff(1, 7))], "E2,1,front,a.tif,1,2026-11-25,form");
        Assert.Equal("complete", await home.NightAsync(Date.AddDays(1)));
        Assert.Equal("duplicate", await home.ScalarAsync<string>("SELECT state FROM scan WHERE feed = 'D2'"));
    }

    private static byte[] Tiff(int pages, params byte[] pixels)
    {
        var bytes = new MemoryStream();
        using (var tiff = BitMiracle.LibTiff.Classic.Tiff.ClientOpen("made", "w", bytes, new TiffStream()))
        {
            for (var page = 0; page < pages; page++)
            {
                tiff.SetField(TiffTag.IMAGEWIDTH, 64);
                tiff.SetField(TiffTag.IMAGELENGTH, 64);
                tiff.SetField(TiffTag.BITSPERSAMPLE, 8);
                tiff.SetField(TiffTag.SAMPLESPERPIXEL, 1);
                tiff.SetField(TiffTag.ROWSPERSTRIP, 64);
                tiff.SetField(TiffTag.PHOTOMETRIC, Photometric.MINISBLACK);
                tiff.SetField(TiffTag.COMPRESSION, Compression.NONE);
                tiff.SetField(TiffTag.XRESOLUTION, 300.0);
                tiff.SetField(TiffTag.YRESOLUTION, 300.0);
                tiff.WriteEncodedStrip(0, Enumerable.Repeat(pixels[page], 64 * 64).ToArray(), 64 * 64);
                tiff.WriteDirectory();
            }
        }

        return bytes.ToArray();
    }
}
