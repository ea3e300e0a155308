using MyNumber.Batch.Recovery;
using MyNumber.Tests.Integration.Printing;

namespace MyNumber.Tests.Integration.Recovery;

/// <summary>R43 after a restore: envelopes that are out hold whom they held, and are attached, not printed again.</summary>
public sealed class FoundEnvelopeTests
{
    private const string Protected = "delivery_postal_code = '5300005', delivery_address = '大阪府大阪市北区中之島　9-9'";
    private const string Unsent =
        "drop_id = NULL, sequence = NULL, chunk = NULL, first_page = NULL, pages = NULL, sheets = NULL, registered_number = NULL";
    private static readonly DateOnly Monday = PieceWorld.Monday;

    [Fact]
    public async Task An_envelope_that_is_out_is_not_split_by_what_the_register_says_since()
    {
        await using var world = await FamilyAsync("甲野 一郎");
        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        Keep(world, Monday);
        await world.RunAsync(
            $"""
            UPDATE piece SET state = 'wanted', {Unsent}; DELETE FROM file; DELETE FROM drop;
            UPDATE resident SET {Protected} WHERE resident_id = 'B'
            """);

        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal("1 sent 7", await world.OneAsync<string>("SELECT count(*) || ' ' || min(state) || ' ' || min(sheets) FROM piece"));
        Assert.False(Directory.Exists(world.Drop("individual-number-notice", Monday.AddDays(1))));
    }

    [Fact]
    public async Task A_piece_that_was_split_off_is_split_off_again_and_attached()
    {
        await using var world = await FamilyAsync("山田\U000F0000");
        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        await world.RunAsync($"UPDATE resident SET {Protected} WHERE resident_id = 'B'; UPDATE resident SET name = '甲野 一郎'");
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        var printed = await PiecesAsync(world);
        Assert.Equal(2, printed.Count);
        Keep(world, Monday.AddDays(1));
        await world.RunAsync(
            $"""
            UPDATE notified_number SET piece_id = (SELECT split_from FROM piece WHERE split_from IS NOT NULL);
            DELETE FROM form WHERE piece_id = (SELECT piece_id FROM piece WHERE split_from IS NOT NULL);
            DELETE FROM piece WHERE split_from IS NOT NULL;
            UPDATE form SET void = false;
            UPDATE piece SET state = 'withheld', reason = 'missing-glyph', {Unsent}; DELETE FROM file; DELETE FROM drop
            """);

        Assert.True(await world.NightAsync(Monday.AddDays(2)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(printed, await PiecesAsync(world));
        Assert.False(Directory.Exists(world.Drop("individual-number-notice", Monday.AddDays(2))));
    }

    private static Task<IReadOnlyList<string>> PiecesAsync(PieceWorld world) => world.AllAsync<string>(
        """SELECT concat_ws(' ', piece_id, subject, state, sheets, split_from) FROM piece ORDER BY piece_id COLLATE "C" """);

    private static void Keep(PieceWorld world, DateOnly day) =>
        FoundDrops.Add(world.Services.Home, FoundDrop.Read(world.Drop("individual-number-notice", day)));

    private static async Task<PieceWorld> FamilyAsync(string name)
    {
        var world = await PieceWorld.MakeAsync();
        foreach (var id in new[] { "A", "B", "C" })
        {
            await world.ResidentAsync(id, household: "H", numberAssigned: new(2026, 11, 10), name: id == "A" ? name : "甲野 花");
        }

        return world;
    }
}
