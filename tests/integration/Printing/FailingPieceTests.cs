using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Tests.Integration.Printing;

/// <summary>An error over one piece, in each act of `notices` and `print`: it waits with its class, the others go out.</summary>
public sealed class FailingPieceTests
{
    private static readonly DateOnly Monday = PieceWorld.Monday;

    [Theory]
    [InlineData(PartAct.Plan)]  // Building it for the freeze.
    [InlineData(PartAct.Work)]  // Drawing its file.
    [InlineData(PartAct.Close)] // Building it again at the seal.
    public async Task A_piece_over_which_print_fails_is_withheld_with_its_class_and_comes_the_next_night(PartAct act)
    {
        await using var world = await ArrivedAsync(5);
        var bad = "";
        world.ItemFault = place => place is { Step: "print", What: "piece" } && place.Act == act && place.Subject == Bad(world, ref bad);

        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));

        Assert.Equal(
            ["O-R3 withheld error:ItemFaultException", "O-R1 sent", "O-R2 sent", "O-R4 sent", "O-R5 sent"],
            await world.AllAsync<string>("SELECT concat_ws(' ', subject, state, reason) FROM piece ORDER BY state DESC, 1"));
        Assert.Empty(Preflight.Check(world.Drop("issuance-notice")));
        Assert.Equal(1, await world.OneAsync<long>("SELECT count(*) FROM alert WHERE code = 'item-failed'"));
        Assert.Equal(0, await world.OneAsync<long>("SELECT count(*) FROM alert WHERE code = 'pieces-withheld'"));
        Assert.Equal(1, await world.OneAsync<long>(
            "SELECT count(*) FROM item WHERE outcome = 'withheld' AND reason = 'error:ItemFaultException'"));
        // Three files of two: drawn again is the one that lost a piece, and no other.
        Assert.Equal(
            act == PartAct.Plan ? 2 : 4, await world.OneAsync<long>(
                "SELECT count(*) FROM part WHERE act = 'work' AND from_key LIKE '%issuance%'"));

        world.ItemFault = null;
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(5, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE state = 'sent'"));
    }

    [Fact]
    public async Task A_number_that_cannot_be_opened_keeps_nobody_elses_notice_back()
    {
        await using var world = await PieceWorld.MakeAsync();
        foreach (var id in new[] { "A", "B" })
        {
            await world.ResidentAsync(id, numberAssigned: new(2026, 11, 10));
        }

        await world.RunAsync("UPDATE resident SET number_cipher = '\\x00' WHERE resident_id = 'A'");
        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        Assert.Equal(["B sent", "A withheld"],
            await world.AllAsync<string>("SELECT resident_id || ' ' || state FROM piece ORDER BY state"));
        Assert.StartsWith("error:", await world.OneAsync<string>("SELECT reason FROM piece WHERE resident_id = 'A'"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_piece_that_cannot_be_wanted_is_held_and_wanted_the_next_night()
    {
        await using var world = await PrintNightTests.EverythingAsync();
        string[] held = ["issuance-notice/O-R1/first",
            "incomplete-notice/E1-001/R11/signature-missing+R20/photo-missing", "individual-number-notice/HN/numbers:2026-11-23"];
        world.ItemFault = place => place is { Step: "notices", What: "piece" } && held.Contains(place.Subject);
        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));
        Assert.Equal(held.Order(StringComparer.Ordinal), await world.AllAsync<string>("""SELECT subject FROM item WHERE outcome = 'held' ORDER BY subject COLLATE "C" """));
        var without = await world.OneAsync<long>("SELECT count(*) FROM piece WHERE state = 'sent'");

        world.ItemFault = null;
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(without + 3, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE state = 'sent'"));
        Assert.Equal(2, await world.OneAsync<long>("SELECT count(*) FROM notified_number"));
    }

    [Fact]
    public async Task A_reprint_or_a_split_that_fails_leaves_nobody_out()
    {
        await using var world = await PieceWorld.MakeAsync();
        foreach (var id in new[] { "A", "B" })
        {
            await world.ResidentAsync(id, household: "H", numberAssigned: new(2026, 11, 10));
        }

        await world.NightAsync();
        await world.RunAsync("UPDATE piece SET state = 'spoiled'; UPDATE resident SET delivery_postal_code = '5300005', delivery_address = '大阪府大阪市北区中之島　9-9' WHERE resident_id = 'B'");
        world.ItemFault = place => place is { Step: "notices", What: "piece" };
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(1, await world.OneAsync<long>("SELECT count(*) FROM piece"));

        world.ItemFault = null;
        Assert.True(await world.NightAsync(Monday.AddDays(2)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(["A sent", "B sent"],
            await world.AllAsync<string>("SELECT resident_id || ' ' || state FROM piece WHERE state <> 'spoiled' ORDER BY 1"));
    }

    [Fact]
    public async Task A_split_that_fails_withholds_the_piece_and_is_made_the_next_night()
    {
        await using var world = await PieceWorld.MakeAsync();
        foreach (var id in new[] { "A", "B" })
        {
            await world.ResidentAsync(id, household: "H", numberAssigned: new(2026, 11, 10), name: id == "A" ? "山田\U000F0000" : "山田 花");
        }

        await world.NightAsync();
        await world.RunAsync("UPDATE resident SET name = '山田 太', household_id = 'H' || resident_id");
        var bad = await world.OneAsync<string>("SELECT piece_id FROM piece");
        world.ItemFault = place => place is { Step: "print", Act: PartAct.Plan, What: "piece" } && place.Subject == bad;
        Assert.True(await world.NightAsync(Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal("withheld", await world.OneAsync<string>("SELECT state FROM piece"));

        world.ItemFault = null;
        Assert.True(await world.NightAsync(Monday.AddDays(2)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(2, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE state = 'sent'"));
    }

    [Fact]
    public async Task One_cause_of_many_pieces_halts_the_step_and_decides_nothing()
    {
        await using var world = await ArrivedAsync(12);
        world.ItemFault = place => place is { Step: "print", Act: PartAct.Plan, What: "piece" };
        Assert.False(await world.NightAsync());
        Assert.Equal("ItemFaultException", await world.OneAsync<string>("SELECT halted_by FROM step WHERE name = 'print'"));
        Assert.Equal(12, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE state = 'wanted'"));
    }

    private static string Bad(PieceWorld world, ref string bad)
    {
        if (bad.Length == 0)
        {
            bad = world.OneAsync<string>("SELECT piece_id FROM piece WHERE subject = 'O-R3'").GetAwaiter().GetResult();
        }

        return bad;
    }

    private static async Task<PieceWorld> ArrivedAsync(int count)
    {
        var world = await PieceWorld.MakeAsync(new Policy { PiecesPerFileMax = 2 });
        foreach (var n in Enumerable.Range(1, count))
        {
            await world.ResidentAsync($"R{n}");
            await world.CardAsync($"R{n}", "arrived");
        }

        return world;
    }
}
