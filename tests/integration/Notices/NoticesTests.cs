using System.Text;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Printing;
using MyNumber.Tests.Integration.Printing;
using Npgsql;

namespace MyNumber.Tests.Integration.Notices;

/// <summary>Who gets a piece, once, and to which address.</summary>
public sealed class NoticesTests
{
    private static readonly DateOnly Monday = PieceWorld.Monday;

    [Fact]
    public async Task R43_The_outside_shows_only_the_protected_address()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync(
            "R1", set: "delivery_postal_code = '5300005', delivery_address = '大阪府大阪市北区中之島　9-9'");
        await world.CardAsync("R1", "arrived");
        await world.NightAsync();
        Assert.Equal("5300005", await world.OneAsync<string>("SELECT postal_code FROM piece"));
        var address = Pages(world, "issuance-notice").Select(page => page.AddressBlock).OfType<string>().Single();
// The block is read back without blanks and hyphens.
        Assert.Contains("中之島99", address);
        Assert.DoesNotContain("千代田区千代田", address);
    }

    [Fact]
    public async Task R50_R52_One_notice_names_all_errors_with_a_form_of_its_own_and_a_pull_list()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.ApplicationAsync("E1-001", "R1", "incomplete", "R11/signature-missing", "R20/photo-missing");
        await world.NightAsync();
        await world.NightAsync(Monday.AddDays(1));

        Assert.Equal(1, await world.OneAsync<long>("SELECT count(*) FROM piece"));
        Assert.Equal("reapplication", await world.OneAsync<string>(
            "SELECT kind FROM form JOIN piece USING (application_id) WHERE NOT void"));
        var originals = File.ReadAllLines(Path.Combine(world.Drop("incomplete-notice"), "originals.csv"));
        Assert.Equal("piece_id,sequence,locator", originals[0]);
        Assert.EndsWith(",1,BOX-E1-001", originals[1]);
    }

    [Fact]
    public async Task R51_Each_online_application_gets_its_own_message_even_at_one_address()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.ResidentAsync("R2");
        await OnlineAsync(world, "on-1", "R1", 0, "family@example.jp");
        await OnlineAsync(world, "on-2", "R2", 1, "family@example.jp");
        Assert.True(await world.NightAsync());
        await world.NightAsync(Monday.AddDays(1));

        // Taken in, and incomplete.
        Assert.Equal(
            [
                "on-1-1.done", "on-1-1.eml", "on-1-2.done", "on-1-2.eml", "on-2-1.done", "on-2-1.eml", "on-2-2.done", "on-2-2.eml",
            ],
            Directory.EnumerateFiles(Path.Combine(world.Outbox, "email")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var message = File.ReadAllText(Path.Combine(world.Outbox, "email", "on-1-2.eml"));
        Assert.Contains("To: family@example.jp\r\n", message);
        var body = Encoding.UTF8.GetString(
            Convert.FromBase64String(message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]));
        Assert.Contains("00000000000000000000000", body);
        Assert.Equal(0, await world.OneAsync<long>("SELECT count(*) FROM piece"));
    }

    [Fact]
    public async Task An_address_that_could_end_a_header_gets_no_message()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await OnlineAsync(world, "on-1", "R1", 0, "a@example.jp\r\nBcc: b@example.jp");
        Assert.True(await world.NightAsync());
        Assert.Equal("no-address", await world.OneAsync<string>("SELECT DISTINCT state FROM message"));
        Assert.False(Directory.Exists(Path.Combine(world.Outbox, "email")));
    }

    [Fact]
    public async Task Rejected_mail_applications_are_told_to_the_municipality_once_and_get_no_letter()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.ApplicationAsync("E1-001", "R1", "rejected");
        await world.RunAsync("INSERT INTO finding VALUES ('E1-001', 'R03', 'reject', 'form-used')");
        await world.NightAsync();
        await world.NightAsync(Monday.AddDays(1));
        Assert.Equal(
            "key,municipality_code,rule,channel\nE1-001,131016,R03,mail\n",
            File.ReadAllText(Path.Combine(world.Outbox, "rejections", "20261123.csv")));
        Assert.True(File.Exists(Path.Combine(world.Outbox, "rejections", "20261123.done")));
        Assert.False(File.Exists(Path.Combine(world.Outbox, "rejections", "20261124.csv")));
        Assert.Equal(0, await world.OneAsync<long>("SELECT count(*) FROM piece"));
    }

    [Theory]
    [InlineData("2027-02-06", 1)] // 75 days before.
    [InlineData("2027-02-07", 0)] // A day too early.
    [InlineData("2026-11-23", 1)] // Due until the end itself.
    [InlineData("2026-11-22", 0)] // Not after it.
    public async Task R70_A_validity_notice_is_due_from_75_days_before_to_the_end(string end, int pieces)
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "delivered", $"valid_until = '{end}', issued_on = '2017-01-01'");
        await world.NightAsync();
        Assert.Equal(pieces, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE document = 'validity-notice-card'"));
    }

    [Theory]
    [InlineData("UPDATE resident SET stay_until = '2027-01-20'")]                       // R70: the end of a period of stay.
    [InlineData("UPDATE card SET ends_with_stay = true")]
    [InlineData("UPDATE resident SET left_on = '2026-11-01', left_reason = 'died'")]    // R71
    [InlineData("UPDATE card SET state = 'void'")]                                      // R71: given back.
    [InlineData("INSERT INTO application (key, channel, received_on, submitted_at, feed, row, resident_id, state, state_on) VALUES ('N', 'online', '2026-11-10', '2026-11-10', 'N', 1, 'R1', 'review', '2026-11-10')")]
    public async Task R71_Who_needs_no_validity_notice_gets_none(string because)
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "delivered", "valid_until = '2027-01-20', issued_on = '2017-01-01'");
        await world.RunAsync(because);
        await world.NightAsync();
        Assert.Equal(0, await world.OneAsync<long>("SELECT count(*) FROM piece"));
    }

    // The card ends on 1 February 2027. Incomplete since 20 November 2026: 60 days later is 19 January.
    [Theory]
    [InlineData("", "2027-01-19", 0)]
    [InlineData("", "2027-01-20", 1)] // The 61st day: nobody means to apply again any more.
    // Its notice was withheld and posted late: the days count from then.
    [InlineData("posted_on = '2026-12-01', state = 'posted'", "2027-01-30", 0)]
    [InlineData("posted_on = '2026-12-01', state = 'posted'", "2027-01-31", 1)]
    // Withheld: it never went out.
    [InlineData("state_on = '2026-12-01', state = 'withheld', drop_id = NULL, sequence = NULL", "2027-01-20", 1)]
    public async Task R71_An_incomplete_renewal_silences_the_notice_for_60_days_from_its_own(string notice, string night, int pieces)
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "delivered", "valid_until = '2027-02-01', issued_on = '2017-01-01'");
        await world.ApplicationAsync("E1-001", "R1", "incomplete", "R20/photo-missing");
        await world.RunAsync("UPDATE application SET state_on = '2026-11-20', received_on = '2026-11-18'");
        await world.NightAsync(new DateOnly(2026, 11, 20));
        Assert.Equal("sent", await world.OneAsync<string>("SELECT state FROM piece"));
        if (notice.Length > 0)
        {
            await world.RunAsync($"UPDATE piece SET {notice}");
        }

        await world.NightAsync(DateOnly.ParseExact(night, "O"));
        Assert.Equal(pieces, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE product = 'validity-notice'"));
    }

    [Theory]
    [InlineData("rejected", 1)]
    [InlineData("cancelled", 1)]
    [InlineData("void", 1)]
    [InlineData("issued", 1)] // What came of it was given back, or it would be a newer card.
    [InlineData("superseded", 1)]
    [InlineData("received", 0)]
    [InlineData("review", 0)]
    [InlineData("waiting", 0)]
    [InlineData("selected", 0)]
    [InlineData("ordered", 0)]
    public async Task R71_Under_way_is_what_is_not_final(string state, int pieces)
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "delivered", "valid_until = '2027-01-20', issued_on = '2017-01-01'");
        await world.ApplicationAsync("E1-001", "R1", state);
        await world.NightAsync();
        Assert.Equal(pieces, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE product = 'validity-notice'"));
    }

    [Fact]
    public async Task R71_A_renewal_that_came_between_freeze_and_seal_stops_the_notice()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "delivered", "valid_until = '2027-02-06', issued_on = '2017-01-01'");
        await world.ApplicationAsync("E1-001", "R1", "rejected");
        world.BeforeSeal = _ => world.RunAsync("UPDATE application SET state = 'review'");
        Assert.True(await world.NightAsync());
        Assert.Equal("suppressed not-due", await world.OneAsync<string>(
            "SELECT state || ' ' || reason FROM piece WHERE product = 'validity-notice'"));
    }

    [Fact]
    public async Task R74_What_ends_together_is_one_letter_and_R90_a_suspended_card_gets_none_for_certificates()
    {
        await using var world = await PieceWorld.MakeAsync();
        foreach (var (id, set) in new[]
        {
            ("R1", "valid_until = '2027-01-20', signature_certificate_until = '2027-01-20', user_certificate_until = '2027-01-20'"),
            ("R2", "signature_certificate_until = '2027-01-20', user_certificate_until = '2027-01-20'"),
            ("R3", "signature_certificate_until = '2027-01-20', suspended = true"),
        })
        {
            await world.ResidentAsync(id);
            await world.CardAsync(id, "delivered", set + ", issued_on = '2022-01-01'");
        }

        await world.NightAsync();
        Assert.Equal(
            ["O-R1 validity-notice-both both:2027-01-20", "O-R2 validity-notice-certificates certificates:2027-01-20"],
            await world.AllAsync<string>("SELECT subject || ' ' || document || ' ' || occasion FROM piece ORDER BY 1"));
    }

    [Fact]
    public async Task R80_One_envelope_a_household_and_a_protected_person_has_an_own_one()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("N1", household: "H", numberAssigned: new(2026, 11, 10));
        await world.ResidentAsync("N2", household: "H", numberAssigned: new(2026, 11, 10));
        await world.ResidentAsync(
            "N3", household: "H", numberAssigned: new(2026, 11, 10),
            set: "delivery_postal_code = '5300005', delivery_address = '大阪府大阪市北区中之島　9-9'");
        // Assigned 61 days before it was first seen: no notice.
        await world.ResidentAsync("N4", household: "H4", numberAssigned: new(2026, 9, 20));
        await world.NightAsync();
        await world.NightAsync(Monday.AddDays(1));

        Assert.Equal(["H 1000001", "N3 5300005"], await world.AllAsync<string>(
            "SELECT subject || ' ' || postal_code FROM piece ORDER BY 1"));
        Assert.Equal(3, await world.OneAsync<long>("SELECT count(*) FROM notified_number"));
        var registered = File.ReadAllLines(Path.Combine(world.Drop("individual-number-notice"), "registered.csv")).Skip(1)
            .Select(line => line.Split(',')[2]).ToList();
        Assert.Equal(2, registered.Distinct().Count());
        Assert.All(registered, number => Assert.True(RegisteredNumber.IsValid(number)));
        // Two persons: mount, and for each a notice and a form.
        Assert.Equal(5, await world.OneAsync<int>("SELECT sheets FROM piece WHERE subject = 'H'"));
    }

    [Fact]
    public async Task R98_A_reprint_carries_a_new_Application_ID_and_the_old_one_is_void()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.ApplicationAsync("E1-001", "R1", "incomplete", "R20/photo-missing");
        await world.NightAsync();
        await world.RunAsync("UPDATE piece SET state = 'spoiled'");
        await world.NightAsync(Monday.AddDays(1));
        await world.NightAsync(Monday.AddDays(2));

        Assert.Equal(["1 spoiled true", "2 sent false"], await world.AllAsync<string>(
            """
            SELECT generation || ' ' || piece.state || ' ' || form.void
            FROM piece JOIN form USING (application_id) ORDER BY generation
            """));
        Assert.Equal(2, await world.OneAsync<long>("SELECT count(DISTINCT application_id) FROM piece"));
    }

    [Fact]
    public async Task R36_A_card_whose_resident_moved_away_brings_no_notice()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        await world.RunAsync("UPDATE resident SET municipality_code = '271004'");
        Assert.True(await world.NightAsync());
        Assert.Equal(0, await world.OneAsync<long>("SELECT count(*) FROM piece"));
    }

    private static List<MyNumber.Templates.Documents.PageBack> Pages(PieceWorld world, string product)
    {
        using var pdf = File.OpenRead(Directory.EnumerateFiles(world.Drop(product), "*.pdf").Single());
        return [.. MyNumber.Templates.Documents.ReadBack.Read(pdf)];
    }

    private static async Task OnlineAsync(PieceWorld world, string key, string resident, int slot, string email)
    {
        var received = new DateOnly(2026, 11, 20);
        world.Services.Keys.EnsureSlots(received, slot + 1);
        var online = new OnlineApplication(email, new(1980, 5, 1), false, false, false, "", "");
        await using var connection = await world.Data.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO application (key, channel, received_on, submitted_at, feed, row, application_id, resident_id, state,
              state_on, online_cipher)
            VALUES ($1, 'online', $2, '2026-11-20', 'on', $3, '00000000000000000000000', $4, 'incomplete', $2, $5)
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = key }, new() { Value = received }, new() { Value = slot + 1 }, new() { Value = resident },
                new() { Value = online.Encrypt(key, world.Services.Keys.Key(received, slot)) },
            },
        };
        await command.ExecuteNonQueryAsync();
        await world.RunAsync(
            $"""
            INSERT INTO key_slot VALUES ('2026-11-20', {slot}, '{key}');
            INSERT INTO finding VALUES ('{key}', 'R21', 'incomplete', 'photo-bytes')
            """);
    }
}
