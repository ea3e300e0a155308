using System.Globalization;
using MyNumber.Tests.Integration.Printing;

namespace MyNumber.Tests.Integration.Notices;

/// <summary>When an Issuance Notice goes out, with which days, and when it goes out again.</summary>
public sealed class IssuanceNoticeTests
{
    [Fact]
    public async Task R41_A_notice_waits_until_the_pick_up_details_are_known()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        await world.RunAsync("UPDATE municipality SET pickup_phone = ''");
        await world.NightAsync();
        Assert.Equal(0, await world.OneAsync<long>("SELECT count(*) FROM piece"));

        await world.RunAsync("UPDATE municipality SET pickup_phone = '03-0000-0000'");
        await world.NightAsync(PieceWorld.Monday.AddDays(1));
        Assert.Equal("sent", await world.OneAsync<string>("SELECT state FROM piece"));
    }

    [Fact]
    public async Task R41_No_reminder_goes_out_while_nobody_knows_where_the_card_is_picked_up()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        await world.NightAsync();
        await world.RunAsync(
            """
            UPDATE piece SET state = 'posted', posted_on = '2026-11-25';
            UPDATE card SET state = 'notified', pickup_deadline = '2027-02-23';
            UPDATE municipality SET pickup_place = '　'
            """);
        await world.NightAsync(new DateOnly(2027, 1, 24));
        Assert.Equal(1, await world.OneAsync<long>("SELECT count(*) FROM piece"));
        await world.RunAsync("UPDATE municipality SET pickup_place = '区役所2階'");
        await world.NightAsync(new DateOnly(2027, 1, 25));
        Assert.Equal(2, await world.OneAsync<long>("SELECT count(*) FROM piece"));
    }

    [Fact]
    public async Task R42_A_municipality_that_wants_an_envelope_gets_the_letter()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1", set: "municipality_code = '271004'");
        await world.CardAsync("R1", "arrived");
        await world.NightAsync();
        Assert.Equal("issuance-notice-letter", await world.OneAsync<string>("SELECT document FROM piece"));
    }

    [Fact]
    public async Task R45_Dates_on_the_notice_are_counted_from_the_drop()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        // 29 November and three months: 28 February; earliest three days on.
        await world.NightAsync(new DateOnly(2026, 11, 29));
        Assert.Equal("2026-12-02/2027-02-28", await world.OneAsync<string>("SELECT earliest || '/' || deadline FROM piece"));
    }

    [Fact]
    public async Task R44_A_notice_asked_for_again_keeps_the_deadline_and_the_reminder_goes_out_once()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        await world.NightAsync();
        await world.RunAsync(
            """
            UPDATE piece SET state = 'posted', posted_on = '2026-11-25';
            UPDATE card SET state = 'notified', pickup_deadline = '2027-02-23';
            INSERT INTO event VALUES ('EV9', 'F', 1, '2026-12-01', 'notice-reissue-requested', '131016', 'C-R1', '', '', 'applied', NULL, '2026-12-01')
            """);
        await world.NightAsync(new DateOnly(2026, 12, 1));
        Assert.Equal(new DateOnly(2027, 2, 23), await DeadlineAsync(world, "EV9"));

        // Chiyoda reminds sixty days after the posting of 25 November: 24 January, not a day before.
        await world.NightAsync(new DateOnly(2027, 1, 23));
        Assert.Equal(2, await world.OneAsync<long>("SELECT count(*) FROM piece"));
        await world.NightAsync(new DateOnly(2027, 1, 24));
        Assert.Equal(new DateOnly(2027, 4, 24), await DeadlineAsync(world, "reminder"));
        // Asked for again while the reminder is on its way: the resident must not hold two deadlines.
        await world.RunAsync(
            """
            INSERT INTO event VALUES ('EV10', 'F', 2, '2027-01-25', 'notice-reissue-requested', '131016', 'C-R1', '', '', 'applied', NULL, '2027-01-25')
            """);
        await world.NightAsync(new DateOnly(2027, 1, 25));
        Assert.Equal(new DateOnly(2027, 4, 24), await DeadlineAsync(world, "EV10"));
        await world.NightAsync(new DateOnly(2027, 3, 30));
        Assert.Equal(4, await world.OneAsync<long>("SELECT count(*) FROM piece"));
    }

    private static async Task<DateOnly> DeadlineAsync(PieceWorld world, string occasion) => DateOnly.ParseExact(
        await world.OneAsync<string>("SELECT deadline::text FROM piece WHERE occasion = @occasion", new { occasion }),
        "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
