using static MyNumber.Tests.Integration.Intake.IntakeHome;

namespace MyNumber.Tests.Integration.Intake;

public sealed class RegisterTests
{
    [Fact]
    public async Task A_register_feed_is_taken_and_archived_as_it_came()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"), "00000000000000000000001,P1,qr,2026-10-01,見本　花子,緑川市本町　2-3,0\n",
            "C1,P1,2020-05-01,2030-04-01,2025-04-01,2025-04-01,valid\n");
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal("見本　花子", await home.ScalarAsync<string>("SELECT name FROM resident"));
        Assert.Equal("delivered", await home.ScalarAsync<string>("SELECT state FROM card WHERE card_id = 'C1'"));
        Assert.Equal(1, await home.ScalarAsync<long>("SELECT count(*) FROM form"));
        Assert.True(File.Exists(Path.Combine(home.Home.Archive, "register", "R1", "residents.csv")));
        Assert.False(Directory.Exists(Path.Combine(home.Home.Inbox, "register", "R1")));
    }

    [Fact]
    public async Task An_individual_number_is_encrypted_in_its_column_and_found_by_its_hash()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"));
        await home.NightAsync();
        var number = Number("12345678901");
        var cipher = await home.ScalarAsync<byte[]>("SELECT number_cipher FROM resident");
        Assert.Equal(number, home.Services.Numbers.Decrypt(cipher));
        Assert.Equal("P1", await home.ScalarAsync<string>(
            "SELECT resident_id FROM resident WHERE number_hash = @hash", new { hash = home.Services.Numbers.Hash(number) }));
        Assert.DoesNotContain(Convert.ToHexString(Utf8(number)), Convert.ToHexString(cipher));
    }

    [Fact]
    public async Task A_postal_code_is_kept_in_one_form_whatever_the_feeds()
    {
        string[] written = ["1600022", "160-0022", "〒160-0022", "１６０－００２２", "〒 １６０ − ００２２", "160 0022", "", "〒"];
        await using var home = await IntakeHome.CreateAsync();
        home.Register("R1", string.Concat(written.Select((code, i) =>
            Resident($"P{i}", $"1234567890{i}").Replace(",1000001,", $",{code},", StringComparison.Ordinal)
                .Replace(",,,13101,", $",{code},{(code.Length > 1 ? "大阪府大阪市北区中之島　9-9" : "")},13101,", StringComparison.Ordinal))));
        Assert.Equal("complete", await home.NightAsync());
        Assert.Equal(
            string.Join(',', Enumerable.Repeat("1600022/1600022", 6).Concat(["/-", "/-"])),
            await home.ScalarAsync<string>(
                "SELECT string_agg(postal_code || '/' || coalesce(delivery_postal_code, '-'), ',' ORDER BY resident_id) FROM resident"));
    }

    [Theory]
    [InlineData("residents.csv", 2, "individual_number", "check-digit")]
    [InlineData("residents.csv", 2, "birth_date", "not-a-date")]
    [InlineData("residents.csv", 2, "municipality_code", "unknown-municipality")]
    [InlineData("residents.csv", 2, "individual_number", "belongs-to-another")]
    [InlineData("residents.csv", 2, "", "wrong-number-of-columns")]
    public async Task A_bad_row_refuses_the_whole_feed_by_row_and_column(string file, int row, string column, string reason)
    {
        await using var home = await IntakeHome.CreateAsync();
        var good = Resident("P1", "12345678901");
        var second = Resident("P2", "22345678901");
        var bad = reason switch
        {
            // A digit more than it should be, whatever that is.
            "check-digit" => second.Replace(
                Number("22345678901"), Number("22345678901")[..11] + ((Number("22345678901")[11] - '0' + 1) % 10)),
            "not-a-date" => second.Replace("1990-04-01", "1990-02-30"),
            "unknown-municipality" => Resident("P2", "22345678901", "99999"),
            "belongs-to-another" => Resident("P2", "12345678901"),
            _ => "P2,only\n",
        };
        home.Register("R1", good + bad);
        home.Register("R2", Resident("P3", "32345678901"));
        Assert.Equal("complete", await home.NightAsync());
        Assert.Contains($"{file},{row},{column},", home.Rejected("register/R1"));
        Assert.Contains($",{reason}\n", home.Rejected("register/R1"));
        Assert.DoesNotContain("見本", home.Rejected("register/R1"));
        Assert.Equal("P3", await home.ScalarAsync<string>("SELECT string_agg(resident_id, ',') FROM resident"));
        Assert.True(File.Exists(Path.Combine(home.Home.Inbox, "rejected", "register", "R1", "residents.csv")));
        Assert.Equal("feed-refused", await home.ScalarAsync<string>("SELECT code FROM alert"));
    }

    [Fact]
    public async Task A_card_that_is_named_like_an_order_of_ours_refuses_the_feed()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"));
        Assert.Equal("complete", await home.NightAsync());
        await home.ExecuteAsync(
            "INSERT INTO card (ref, resident_id, municipality_code, state, state_on, ordered_on) "
            + "VALUES ('K1', 'P1', '13101', 'ordered', '2026-11-24', '2026-11-24')");
        home.Register("R2", cards: "K1,P1,2020-01-10,2030-01-10,,,valid\n");
        Assert.Equal("complete", await home.NightAsync(IntakeHome.Date.AddDays(1)));
        Assert.Contains("cards.csv,1,card_id,code,order-of-another", home.Rejected("register/R2"));
        Assert.Equal("ordered", await home.ScalarAsync<string>("SELECT string_agg(state, ',') FROM card"));
    }

    [Fact]
    public async Task Storage_below_three_months_refuses_the_feed()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Register("R1", municipalities: "13101,緑川市,東京県,緑川市役所,緑川市本町1-1,03-0000-0000,7,2,0,\n");
        Assert.Equal("complete", await home.NightAsync());
        Assert.Contains("municipalities.csv,1,storage_months,", home.Rejected("register/R1"));
        Assert.Equal(0, await home.ScalarAsync<long>("SELECT count(*) FROM municipality"));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("unlisted")]
    [InlineData("wrong-hash")]
    public async Task A_folder_that_is_not_as_its_marker_says_is_refused(string reason)
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"));
        var folder = Path.Combine(home.Home.Inbox, "register", "R1");
        switch (reason)
        {
            case "missing": File.Delete(Path.Combine(folder, "residents.csv")); break;
            case "unlisted": File.WriteAllText(Path.Combine(folder, "more.csv"), "x"); break;
            default: File.AppendAllText(Path.Combine(folder, "residents.csv"), Resident("P2", "22345678901")); break;
        }

        Assert.Equal("complete", await home.NightAsync());
        Assert.Contains(reason, home.Rejected("register/R1"));
        Assert.Equal(0, await home.ScalarAsync<long>("SELECT count(*) FROM municipality"));
    }

    [Fact]
    public async Task A_folder_without_its_marker_is_not_touched()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"));
        var folder = Path.Combine(home.Home.Inbox, "register", "R1");
        File.Delete(Path.Combine(folder, "DONE"));
        Assert.Equal("complete", await home.NightAsync());
        Assert.True(File.Exists(Path.Combine(folder, "residents.csv")));
    }

    [Fact]
    public async Task The_same_content_again_does_nothing_and_the_same_name_with_other_content_is_refused()
    {
        await using var home = await IntakeHome.CreateAsync();
        home.Register("R1", Resident("P1", "12345678901"));
        await home.NightAsync();
        home.Register("R1", Resident("P1", "12345678901"));
        home.Register("R2", Resident("P1", "12345678901"));
        Assert.Equal("complete", await home.NightAsync(Date.AddDays(1)));
        Assert.Equal(2, await home.ScalarAsync<long>("SELECT count(*) FROM item WHERE outcome = 'again'"));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(home.Home.Inbox, "register")));
        home.Register("R1", Resident("P2", "22345678901"));
        Assert.Equal("complete", await home.NightAsync(Date.AddDays(2)));
        Assert.Contains("name-already-taken", home.Rejected("register/R1"));
        Assert.Equal(1, await home.ScalarAsync<long>("SELECT count(*) FROM resident"));
    }

    [Fact]
    public async Task Moves_departures_and_changed_numbers_are_found_and_an_unchanged_row_changes_nothing()
    {
        await using var home = await IntakeHome.CreateAsync();
        var municipalities = Municipality + Municipality.Replace("13101", "13102");
        home.Register("R1", Resident("P1", "12345678901") + Resident("P2", "22345678901") + Resident(
            "P3", "32345678901") + Resident("P4", "42345678901"), municipalities: municipalities);
        await home.NightAsync();
        // P3 and P4 swap their numbers: each of them is a change, and the index must bear it.
        home.Register("R2", Resident("P1", "12345678901", "13102") + Resident("P2", "22345678901",
            left: "2026-11-20,died") + Resident("P3", "42345678901") + Resident("P4", "32345678901"), municipalities: null);
        Assert.Equal("complete", await home.NightAsync(Date.AddDays(1)));
        Assert.Equal(
            "P1 moved,P2 left,P3 number-changed,P4 number-changed",
            await home.ScalarAsync<string>("SELECT string_agg(resident_id || ' ' || kind, ',' ORDER BY resident_id) FROM register_change"));
        Assert.Equal(0, await home.ScalarAsync<long>("SELECT count(*) FROM former_number"));
        Assert.Equal(Date.AddDays(1), DateOnly.FromDateTime(
            await home.ScalarAsync<DateTime>("SELECT first_seen_on::timestamp FROM resident WHERE resident_id = 'P3'")));
        home.Register("R3", Resident("P3", "52345678901"), municipalities: null);
        await home.NightAsync(Date.AddDays(2));
        Assert.Equal("P3", await home.ScalarAsync<string>(
            "SELECT resident_id FROM former_number WHERE number_hash = @hash",
                new { hash = home.Services.Numbers.Hash(Number("42345678901")) }));
    }
}
