using System.Text;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Reading;
using static MyNumber.Tests.Integration.Intake.IntakeHome;

namespace MyNumber.Tests.Integration.Intake;

/// <summary>Rows whose own day lies ahead (FORMATS.md, Nights): they wait one by one, and the rest of their feed does not.</summary>
public sealed class WaitingRowTests
{
    private const string TwoMunicipalities = Municipality + "13102,青山市,東京県,青山市役所,青山市本町1-1,03-0000-0001,7,3,0,\n";

    [Theory]
    [InlineData("1849-12-31", "before-1850")]
    [InlineData("0001-01-01", "before-1850")]
    [InlineData("0000-01-01", "not-a-date")]
    [InlineData("1850-01-01", null)]
    [InlineData("2026-11-25", null)]
    [InlineData("2027-12-29", null)]              // 400 days ahead.
    [InlineData("2027-12-30", "too-far-ahead")]
    [InlineData("9999-12-31", "too-far-ahead")]
    public async Task An_impossible_day_refuses_the_feed_and_no_other(string day, string? reason)
    {
        await using var home = await CreateAsync();
        home.Register("R1", Resident("P1", "12345678901", left: $"{day},abroad"));
        home.Register("R2", Resident("P2", "22345678901"));
        home.OneFile("events", "V1", EventHeader + $"X1,{day}T09:00:00+09:00,card-arrived,13101,E1-1,C1=2026-11-23,\n");
        home.Scans("D1", [("a.tif", Encoding.ASCII.GetBytes("no picture"))], $"E1,1,front,a.tif,1,{day},form");
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal(reason is null ? 2 : 1, await home.ScalarAsync<long>("SELECT count(*) FROM resident"));
        Assert.Equal(reason is null ? 0 : 3, await home.ScalarAsync<long>("SELECT count(*) FROM feed WHERE state = 'rejected'"));
        if (reason is not null)
        {
            Assert.Contains($"residents.csv,1,left_on,date-or-empty,{reason}\n", home.Rejected("register/R1"));
            Assert.Contains($"manifest.csv,1,received_on,date,{reason}\n", home.Rejected("scans/D1"));
            // An instant before year 1 is none.
            Assert.Contains("V1.csv,1,occurred_at,instant,", home.Rejected("events/V1"));
        }
    }

    [Fact]
    public async Task A_planned_emigration_holds_back_neither_the_death_nor_the_birth_beside_it()
    {
        await using var home = await CreateAsync();
        home.Register("R1", Resident("P1", "12345678901") + Resident("P2", "22345678901"));
        await home.NightAsync();
        home.Register(
            "R2",
            Resident("P1", "12345678901", left: "2026-11-28,abroad") + Resident("P2", "22345678901", left: "2026-11-25,died")
            + Resident("P3", "32345678901"),
            municipalities: null);
        Assert.Equal("complete", await home.NightAsync(Date.AddDays(1)));
        Assert.Equal("P1 2026-11-28,P2 2026-11-25,P3 -", await Residents(home, "coalesce(left_on::text, '-')"));
        Assert.Equal(
            "P1 left 2026-11-28,P2 left 2026-11-25",
            await home.ScalarAsync<string>(
                "SELECT string_agg(resident_id || ' ' || kind || ' ' || business_date, ',' ORDER BY resident_id) FROM register_change"));
        Assert.Equal("register P1 day-to-come 2026-11-25", await Waiting(home));

        // The plan was dropped: nobody leaves on its day.
        home.Register("R3", Resident("P1", "12345678901"), municipalities: null);
        Assert.Equal("complete", await home.NightAsync(Date.AddDays(2)));
        Assert.Equal("P1 -,P2 2026-11-25,P3 -", await Residents(home, "coalesce(left_on::text, '-')"));
        Assert.Equal("", await Waiting(home));
    }

    [Fact]
    public async Task A_planned_move_takes_effect_on_its_day_and_its_delivery_address_at_once()
    {
        await using var home = await CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"), municipalities: TwoMunicipalities);
        await home.NightAsync();
        home.Register("R2", Moving("2026-11-27", "1600022,新宿市本町　9-9"), municipalities: null);
        await home.NightAsync(Date.AddDays(1));
        Assert.Equal("P1 13101 緑川市本町　2-3 2020-01-01 新宿市本町　9-9", await Residents(home, Where));
        await home.NightAsync(Date.AddDays(2));
        Assert.Equal("P1 13101 緑川市本町　2-3 2020-01-01 新宿市本町　9-9", await Residents(home, Where));
        await home.NightAsync(Date.AddDays(3));
        Assert.Equal("P1 13102 青山市本町　5-5 2026-11-27 新宿市本町　9-9", await Residents(home, Where));
        Assert.Equal(1, await home.ScalarAsync<long>(
            "SELECT count(*) FROM register_change WHERE kind = 'moved' AND business_date = '2026-11-27'"));
    }

    [Theory]
    [InlineData(null, "P1 13101 緑川市本町　2-3 2020-01-01 ")]              // Called off: the row as it was.
    [InlineData("2026-11-29", "P1 13101 緑川市本町　2-3 2020-01-01 ")]      // Put off.
    [InlineData("2026-11-26", "P1 13102 青山市本町　5-5 2026-11-26 ")]      // Brought forward.
    public async Task A_row_that_comes_again_replaces_the_one_that_waits(string? day, string becomes)
    {
        await using var home = await CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"), municipalities: TwoMunicipalities);
        await home.NightAsync();
        home.Register("R2", Moving("2026-11-27"), municipalities: null);
        await home.NightAsync(Date.AddDays(1));
        home.Register("R3", day is null ? Resident("P1", "12345678901") : Moving(day), municipalities: null);
        await home.NightAsync(Date.AddDays(2));
        await home.NightAsync(Date.AddDays(3));
        Assert.Equal(becomes, await Residents(home, Where));
    }

    [Fact]
    public async Task R43_a_planned_move_lifts_a_delivery_address_on_its_day_only()
    {
        await using var home = await CreateAsync();
        home.Register("R1", Moving("2020-01-01", "1600022,新宿市本町　9-9", "13101"), municipalities: TwoMunicipalities);
        await home.NightAsync();
        home.Register("R2", Moving("2026-11-26"), municipalities: null);
        await home.NightAsync(Date.AddDays(1));
        Assert.Equal("P1 新宿市本町　9-9", await Residents(home, "coalesce(delivery_address, '')"));
        await home.NightAsync(Date.AddDays(2));
        Assert.Equal("P1 ", await Residents(home, "coalesce(delivery_address, '')"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Residences_are_in_the_order_of_their_days_whichever_feed_comes_first(bool inOrder)
    {
        await using var home = await CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"), municipalities: TwoMunicipalities + TwoMunicipalities.Replace("1310", "1320"));
        await home.NightAsync();
        string[] moves = [Moving("2026-11-20"), Moving("2026-11-23", municipality: "13201")];
        home.Register("R2", moves[inOrder ? 0 : 1], municipalities: null);
        await home.NightAsync(Date.AddDays(1));
        home.Register("R3", moves[inOrder ? 1 : 0], municipalities: null);
        await home.NightAsync(Date.AddDays(2));
        Assert.Equal("P1 13201 青山市本町　5-5 2026-11-23 ", await Residents(home, Where));
        Assert.Equal("13101,13102,13201", await home.ScalarAsync<string>(
            "SELECT string_agg(municipality_code, ',' ORDER BY registered_on) FROM residence"));
    }

    [Fact]
    public async Task Events_wait_one_by_one()
    {
        await using var home = await CreateAsync();
        home.OneFile(
            "events", "V1",
            EventHeader + "X1,2026-11-25T00:00:00+09:00,card-arrived,13101,E1-1,C1=2026-11-23,\nX2,2026-11-24T23:59:59+09:00,card-arrived,13101,E2-1,C2=2026-11-23,\n");
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("event X1 day-to-come 2026-11-24,event X2 subject-unknown 2026-11-24", await Waiting(home));
        Assert.False(File.Exists(Path.Combine(home.Home.Inbox, "events", "V1.csv")));
    }

    [Fact]
    public async Task Scans_of_a_day_to_come_are_kept_encrypted_and_become_applications_on_it()
    {
        await using var home = await CreateAsync(services => [new IntakeStep(services).Definition, new ReadStep(services).Definition]);
        byte[][] images = [.. Enumerable.Range(0, 3).Select(i => Encoding.ASCII.GetBytes($"picture {i}"))];
        home.Scans(
            "D1", [("a.tif", images[0]), ("b.tif", images[1]), ("c.tif", images[2])],
            "E1,1,front,a.tif,1,2026-11-24,form", "E1,1,back,b.tif,1,2026-11-26,form", "E2,1,front,c.tif,1,2026-11-26,form");
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("E1-1 2026-11-24", await Applications(home));
        Assert.Equal("unreadable,received,received",
            await home.ScalarAsync<string>("SELECT string_agg(state, ',' ORDER BY row) FROM scan"));
        Assert.Equal("scan E1-1 day-to-come 2026-11-24,scan E2-1 day-to-come 2026-11-24", await Waiting(home));
        Assert.Equal(["DONE", "manifest.csv"],
            Directory.GetFiles(Path.Combine(home.Home.Archive, "scans", "D1")).Select(Path.GetFileName).Order());
        Assert.Equal(
            images[2],
            home.Services.Store.Read(await home.ScalarAsync<string>("SELECT stored FROM scan WHERE row = 3"),
                home.Services.Keys.Key(new(2026, 11, 26), 0)));

        // The day after: still not; and its envelope's other sheet, of that day, is.
        home.Scans("D2", [("a.tif", images[0])], "E2,2,front,a.tif,1,2026-11-25,form");
        Assert.Equal("complete", await home.NightAsync(Date.AddDays(1)));
        Assert.Equal("E1-1 2026-11-24,E2-2 2026-11-25", await Applications(home));
        Assert.Equal("complete", await home.NightAsync(Date.AddDays(2)));
        Assert.Equal("E1-1 2026-11-24,E2-1 2026-11-26,E2-2 2026-11-25", await Applications(home));
        Assert.Equal(0, await home.ScalarAsync<long>("SELECT count(*) FROM scan WHERE state = 'received'"));
        Assert.Equal("", await Waiting(home));
    }

    [Fact]
    public async Task An_online_row_of_a_day_to_come_waits_encrypted_and_its_feed_goes_on()
    {
        await using var home = await CreateAsync();
        const string email = "hanako.planted@example.jp";
        home.Folder(
            "online", "O1",
            ("applications.csv", Utf8(
                OnlineHeader
                + $"00000000000000000000001,2026-11-25T00:00:00+09:00,{email},1990-04-01,1,0,0,p.jpg,,,\n"
                + $"00000000000000000000002,2026-11-24T23:59:59+09:00,{email},1990-04-02,0,0,0,,,,booth\n")),
            ("p.jpg", Encoding.ASCII.GetBytes("a picture")));
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("O1-2 2026-11-24", await Applications(home));
        Assert.Equal("online O1-1 day-to-come 2026-11-24", await Waiting(home));
        Assert.False(Directory.Exists(Path.Combine(home.Home.Inbox, "online", "O1")));
        Assert.False(File.Exists(Path.Combine(home.Home.Archive, "online", "O1", "p.jpg")));
        Assert.DoesNotContain(email, await home.ScalarAsync<string>(
            "SELECT string_agg(waiting_application::text, ' ') FROM waiting_application"));

        Assert.Equal("complete", await home.NightAsync(Date.AddDays(1)));
        Assert.Equal("O1-1 2026-11-25,O1-2 2026-11-24", await Applications(home));
        var reading = Assert.Single(await ReadingStore.LoadAsync(
            home.Services.Database, home.Services.Keys, ["O1-1"], CancellationToken.None));
        Assert.True(reading.Online!.Braille);
        Assert.Equal(email, reading.Online!.Email);
        Assert.Equal("", await Waiting(home));
    }

    [Fact]
    public async Task An_answer_of_a_day_to_come_waits_as_a_line_and_one_that_came_after_the_intake_for_the_next_night()
    {
        IntakeHome? world = null;
        await using var home = await CreateAsync(services =>
        {
            var vendor = new VendorStep(services).Definition;
            return [new IntakeStep(services).Definition with { Seal = (_, _) => LateAnswerAsync() }, vendor];

            Task LateAnswerAsync()
            {
                world!.OneFile("vendor", "D9.spoiled", "piece_id,reason\nP9,torn\n");
                return Task.CompletedTask;
            }
        });
        world = home;
        home.OneFile("vendor", "D1.posted", "piece_id,posted_on\nP1,2026-11-25\nP2,2026-11-24\n");
        home.OneFile("vendor", "D1.destroyed", "piece_id,destroyed_on\nP3,2099-01-01\nP4,2026-11-24\n");
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("P1 pending,P2 kept", await Answers(home));
        Assert.Contains("D1.destroyed.csv,1,destroyed_on,date,too-far-ahead\n", home.Rejected("vendor/D1.destroyed"));
        Assert.Equal("answer P1 day-to-come 2026-11-24", await Waiting(home));

        Assert.Equal("complete", await home.NightAsync(Date.AddDays(1)));
        Assert.Equal("P1 kept,P2 kept,P9 kept", await Answers(home));
    }

    private const string Where = "municipality_code || ' ' || address || ' ' || registered_on || ' ' || coalesce(delivery_address, '')";

    private static string Moving(string on, string delivery = ",", string municipality = "13102") =>
        $"P1,{Number("12345678901")},見本　花子,ミホン　ハナコ,,1990-04-01,F,1000001,青山市本町　5-5,{delivery},{municipality},{on},,,0,,HP1,見本　花子,2015-10-05\n";

    private static Task<string> Residents(IntakeHome home, string what) => home.ScalarAsync<string>(
        $"SELECT string_agg(resident_id || ' ' || {what}, ',' ORDER BY resident_id) FROM resident");

    private static Task<string> Applications(IntakeHome home) => home.ScalarAsync<string>(
        "SELECT string_agg(key || ' ' || received_on, ',' ORDER BY key) FROM application");

    private static Task<string> Answers(IntakeHome home) => home.ScalarAsync<string>(
        "SELECT string_agg(subject || ' ' || state, ',' ORDER BY subject) FROM vendor_answer");

    private static Task<string> Waiting(IntakeHome home) => home.ScalarAsync<string>(
        "SELECT coalesce(string_agg(kind || ' ' || subject || ' ' || reason || ' ' || since, ',' ORDER BY kind, subject), '') FROM waiting_row");
}
