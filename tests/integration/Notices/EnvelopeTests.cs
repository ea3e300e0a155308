using System.Text;
using Dapper;
using MyNumber.Batch.Printing;
using MyNumber.Templates.Documents;
using MyNumber.Tests.Integration.Printing;

namespace MyNumber.Tests.Integration.Notices;

/// <summary>R43, R80: who is in an envelope and where it goes is the answer of the day, at each freeze, reprint and seal.</summary>
public sealed class EnvelopeTests
{
    private const string Protected = "delivery_postal_code = '5300005', delivery_address = '大阪府大阪市北区中之島　9-9'";
    private static readonly DateOnly Monday = PieceWorld.Monday;

    [Fact]
    public async Task R43_A_spoiled_envelope_is_not_printed_again_for_those_who_are_protected_since()
    {
        await using var world = await FamilyAsync();
        Assert.True(await world.NightAsync());
        Assert.Equal(["H: A B C → 1000001"], Letters(world, Monday));

        await SpoilAsync(world);
        await world.RunAsync($"UPDATE resident SET {Protected} WHERE resident_id IN ('B', 'C')");
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));

        Assert.Equal(["B: B → 5300005", "C: C → 5300005", "H: A → 1000001"], Letters(world, Monday.AddDays(1)));
        Assert.Equal(
            ["1 sent  H", "1 sent  H", "1 spoiled  ", "2 sent H "],
            await world.AllAsync<string>(
                """
                SELECT piece.generation || ' ' || piece.state || ' ' || coalesce(replaced.subject, '') || ' ' || coalesce(origin.subject, '')
                FROM piece LEFT JOIN piece AS replaced ON replaced.piece_id = piece.replaces
                LEFT JOIN piece AS origin ON origin.piece_id = piece.split_from ORDER BY 1
                """));
        Assert.Equal(3, await world.OneAsync<long>("SELECT count(*) FROM form WHERE NOT void"));
        Assert.Equal(3, await world.OneAsync<long>("SELECT count(*) FROM form WHERE void"));
        Assert.Equal(3, await world.OneAsync<long>("SELECT count(DISTINCT piece_id) FROM notified_number"));
        Assert.Equal(
            ["", "", "1"],
            File.ReadLines(Path.Combine(world.Drop("individual-number-notice", Monday.AddDays(1)), "manifest.csv")).Skip(1)
                .Select(line => line.Split(',')[9].Length == 0 ? "" : "1").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task R43_A_piece_withheld_for_a_letter_is_split_when_it_is_printed_nights_later()
    {
        await using var world = await FamilyAsync();
        await world.RunAsync("UPDATE resident SET name = '山田\U000F0000' WHERE resident_id = 'A'");
        Assert.True(await world.NightAsync());
        Assert.Equal("withheld/missing-glyph", await world.OneAsync<string>("SELECT state || '/' || reason FROM piece"));

        await world.RunAsync($"UPDATE resident SET {Protected} WHERE resident_id = 'B'");
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        // The letter that cannot be printed holds nobody back who does not share the envelope any more.
        Assert.Equal(["B: B → 5300005"], Letters(world, Monday.AddDays(1)));

        await world.RunAsync("UPDATE resident SET name = '甲野 一郎' WHERE resident_id = 'A'");
        Assert.True(await world.NightAsync(Monday.AddDays(2)));
        Assert.Equal(["H: A C → 1000001"], Letters(world, Monday.AddDays(2)));
        Assert.Equal("1 of 2", await world.OneAsync<string>(
            "SELECT count(*) FILTER (WHERE split_from IS NOT NULL) || ' of ' || count(*) FROM piece WHERE replaces IS NULL"));
    }

    [Theory]
    [InlineData("postal_code = '5300001', address = '大阪府大阪市北区梅田　4-4', municipality_code = '271004'", "5300001")]
    [InlineData("postal_code = '1000002', address = '東京都千代田区皇居外苑　4-4'", "1000002")]
    [InlineData("household_id = 'H2', household_head = '乙川 三郎'", "1000001")]
    public async Task R43_Whoever_moved_or_is_in_another_household_since_is_not_in_the_reprint(string change, string goesTo)
    {
        await using var world = await FamilyAsync();
        await world.NightAsync();
        await SpoilAsync(world);
        await world.RunAsync($"UPDATE resident SET {change} WHERE resident_id = 'B'");
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal([$"B: B → {goesTo}", "H: A C → 1000001"], Letters(world, Monday.AddDays(1)));
    }

    [Fact]
    public async Task R43_What_only_the_seal_finds_out_stops_the_piece_and_its_people_get_theirs_the_next_night()
    {
        await using var world = await FamilyAsync();
        world.BeforeSeal = context => context.Connection.ExecuteAsync($"UPDATE resident SET {Protected} WHERE resident_id = 'A'");
        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        Assert.False(Directory.Exists(world.Drop("individual-number-notice")));
        Assert.Equal("suppressed/household-changed", await world.OneAsync<string>("SELECT state || '/' || reason FROM piece"));

        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(["A: A → 5300005", "B: B C → 1000001"], Letters(world, Monday.AddDays(1)));
        Assert.Equal(2, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE split_from IS NOT NULL AND state = 'sent'"));
    }

    [Fact]
    public async Task R80_Who_died_or_left_falls_out_and_one_who_comes_back_is_told_after_all()
    {
        await using var world = await FamilyAsync();
        await world.RunAsync("UPDATE resident SET name = '山田\U000F0000' WHERE resident_id = 'A'");
        await world.NightAsync();
        await world.RunAsync(
            """
            UPDATE resident SET name = '甲野 一郎', left_on = '2026-11-24', left_reason = 'died' WHERE resident_id = 'A';
            UPDATE resident SET left_on = '2026-11-24', left_reason = 'abroad' WHERE resident_id = 'B'
            """);
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(["H: C → 1000001"], Letters(world, Monday.AddDays(1)));
        Assert.Equal(1, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE resident_id = 'C' AND application_id IS NOT NULL"));

        await world.RunAsync("UPDATE resident SET left_on = NULL, left_reason = NULL WHERE resident_id = 'B'");
        Assert.True(await world.NightAsync(Monday.AddDays(2)));
        Assert.Equal(["H: B → 1000001"], Letters(world, Monday.AddDays(2)));
    }

    [Fact]
    public async Task R80_More_than_twelve_persons_get_further_envelopes_and_ids_of_person_and_household_may_be_the_same()
    {
        await using var world = await PieceWorld.MakeAsync();
        foreach (var n in Enumerable.Range(1, 14))
        {
            await world.ResidentAsync($"P{n:D2}", household: "P01", numberAssigned: new(2026, 11, 10), set: n == 1 ? Protected : "");
        }

        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        Assert.Equal(
            [
                "P01: P01 → 5300005",
                $"P01: {string.Join(' ', Enumerable.Range(2, 12).Select(n => $"P{n:D2}"))} → 1000001", "P14: P14 → 1000001",
            ],
            Letters(world, Monday));
    }

    [Fact]
    public async Task Pieces_of_subjects_that_begin_alike_lie_in_the_file_as_the_manifest_has_them()
    {
        await using var world = await PieceWorld.MakeAsync();
        foreach (var (id, household) in new[] { ("A", "H1"), ("B", "H1"), ("C", "H10"), ("D", "H1X") })
        {
            await world.ResidentAsync(id, household: household, numberAssigned: new(2026, 11, 10));
        }

        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        Assert.Equal(["H10: C → 1000001", "H1: A B → 1000001", "H1X: D → 1000001"], Letters(world, Monday));
    }

    [Fact]
    public async Task An_incomplete_notice_follows_its_application_to_its_resident()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.ResidentAsync("R2", set: "postal_code = '1000002'");
        await world.ApplicationAsync("E1-001", "R1", "incomplete", "R20/photo-missing");
        world.BeforeSeal = context => context.Connection.ExecuteAsync("UPDATE application SET resident_id = 'R2'");
        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        Assert.Equal("suppressed/resident-changed", await world.OneAsync<string>("SELECT state || '/' || reason FROM piece"));
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal("R2 1000002", await world.OneAsync<string>(
            "SELECT resident_id || ' ' || postal_code FROM piece WHERE state = 'sent'"));
    }

    [Fact]
    public async Task R42_postcard_or_envelope_is_the_municipalitys_word_of_the_day()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1", name: "山田\U000F0000");
        await world.CardAsync("R1", "arrived");
        await world.NightAsync();
        await world.RunAsync("UPDATE municipality SET notice_in_envelope = true; UPDATE resident SET name = '山田 太郎'");
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal("issuance-notice-letter", await world.OneAsync<string>("SELECT document FROM piece WHERE state = 'sent'"));
        Assert.Empty(Preflight.Check(world.Drop("issuance-notice", Monday.AddDays(1))));
    }

    [Fact]
    public async Task R74_a_spoiled_notice_whose_kind_changed_comes_in_its_new_kind()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "delivered",
            "valid_until = '2027-01-20', user_certificate_until = '2027-01-20', issued_on = '2017-01-01'");
        await world.NightAsync();
        await SpoilAsync(world);
        await world.RunAsync("UPDATE card SET suspended = true");
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.True(await world.NightAsync(Monday.AddDays(2)), await PrintNightTests.StuckAsync(world));
        Assert.Equal("card:2027-01-20", await world.OneAsync<string>("SELECT occasion FROM piece WHERE state = 'sent'"));
    }

    [Fact]
    public async Task A_register_without_postal_code_or_name_withholds_the_piece_until_it_has_them()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1", set: "postal_code = ''");
        await world.ResidentAsync("R2", name: "高橋　【名空欄】");
        await world.ResidentAsync("R3", set: "name_kana = 'タカハシ　【名空欄】'");
        foreach (var id in new[] { "R1", "R2", "R3" })
        {
            await world.CardAsync(id, "arrived");
        }

        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        Assert.Equal(
            ["R1 withheld missing-postal-code", "R2 withheld placeholder", "R3 sent"],
            await world.AllAsync<string>("SELECT concat_ws(' ', resident_id, state, reason) FROM piece ORDER BY 1"));
        Assert.Equal(2, await world.OneAsync<long>("SELECT count(*) FROM alert WHERE code = 'pieces-withheld'"));

        await world.RunAsync("UPDATE resident SET postal_code = '1000001', name = '高橋　はな' WHERE resident_id IN ('R1', 'R2')");
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(3, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE state = 'sent'"));
    }

    private static async Task<PieceWorld> FamilyAsync()
    {
        var world = await PieceWorld.MakeAsync();
        foreach (var id in new[] { "A", "B", "C" })
        {
            await world.ResidentAsync(id, household: "H", numberAssigned: new(2026, 11, 10));
        }

        return world;
    }

    private static Task SpoilAsync(PieceWorld world) => world.RunAsync("UPDATE piece SET state = 'spoiled', reason = 'vendor-spoiled'");

    // `SUBJECT: residents whose numbers its pages show → postal code on the outside`, from the published pages.
    private static List<string> Letters(PieceWorld world, DateOnly day)
    {
        var folder = world.Drop("individual-number-notice", day);
        Assert.Empty(Preflight.Check(folder));
        using var pdf = File.OpenRead(Directory.EnumerateFiles(folder, "*.pdf").Single());
        return
        [
            .. ReadBack.Read(pdf).ToList().GroupBy(page => page.PieceId!).Select(piece =>
            {
                var text = string.Concat(piece.Select(page => page.OwnText).SelectMany(said => said).Where(char.IsAsciiDigit));
                var people = world.AllAsync<string>("SELECT resident_id FROM resident ORDER BY 1").Result
                    .Where(id => text.Contains(PieceWorld.Number(id), StringComparison.Ordinal));
                var subject = world.OneAsync<string>("SELECT subject FROM piece WHERE piece_id = @id", new { id = piece.Key }).Result;
                return $"{subject}: {string.Join(' ', people)} → {piece.First().AddressBlock![..7]}";
            }).Order(StringComparer.Ordinal),
        ];
    }
}
