using System.Globalization;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Storage;
using MyNumber.Tests.Integration.Printing;

namespace MyNumber.Tests.Integration.Storage;

/// <summary>R45: a void card that nobody was told of has an end of storage too, and keeps it.</summary>
public sealed class VoidCardTests
{
    [Fact]
    public async Task R45_a_void_card_without_a_posted_notice_is_proposed_when_its_months_are_over_and_stays_proposed()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived"); // Arrived on 22 November.
        await NightAsync(world, "2026-12-01");
        Assert.Equal("arrived  ", await CardAsync(world));
        await world.RunAsync("""
            UPDATE card SET state = 'void', state_on = '2026-12-10';
            UPDATE application SET state = 'void', state_on = '2026-12-10'
            """);
        await NightAsync(world, "2026-12-10");
        Assert.Equal("void 2026-12-10 2027-03-10", await CardAsync(world));
        await NightAsync(world, "2027-03-10"); // Its last day.
        Assert.Equal("void 2026-12-10 2027-03-10", await CardAsync(world));
        await NightAsync(world, "2027-03-11");
        Assert.Equal("disposal-proposed 2026-12-10 2027-03-10", await CardAsync(world));
        await NightAsync(world, "2027-03-12");
        Assert.Equal("disposal-proposed 2026-12-10 2027-03-10", await CardAsync(world));

        // Held, its proposal falls; that makes it no younger.
        await world.RunAsync("UPDATE card SET held = true");
        await NightAsync(world, "2027-03-13");
        Assert.Equal("void 2026-12-10 2027-03-10", await CardAsync(world));
        await world.RunAsync("UPDATE card SET held = false");
        await NightAsync(world, "2027-03-14");
        Assert.Equal("disposal-proposed 2026-12-10 2027-03-10", await CardAsync(world));
    }

    [Fact]
    public async Task R45_a_card_that_became_void_while_it_was_made_waits_from_its_arrival()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "ordered", "arrived_on = NULL, card_id = NULL");
        await world.RunAsync("UPDATE card SET state = 'void', state_on = '2026-11-25'; UPDATE application SET state = 'cancelled'");
        await NightAsync(world, "2026-11-26");
        Assert.Equal("void 2026-11-25 ", await CardAsync(world));
        await world.RunAsync("UPDATE card SET card_id = 'C', arrived_on = '2026-12-05'");
        await NightAsync(world, "2026-12-06");
        Assert.Equal("void 2026-11-25 2027-03-05", await CardAsync(world));
    }

    private static Task<string> CardAsync(PieceWorld world) => world.OneAsync<string>(
        "SELECT concat(state, ' ', void_on, ' ', storage_ends) FROM card");

    private static async Task NightAsync(PieceWorld world, string date)
    {
        var day = DateOnly.Parse(date, CultureInfo.InvariantCulture);
        var engine = new RunEngine(
            world.Data,
            new Dictionary<string, IReadOnlyList<StepDefinition>> { ["night"] = [new StorageStep(world.Services).Definition] },
            world.Outbox, TimeProvider.System, new EngineOptions());
        await engine.Opener.OpenNightAsync(day, null, AnyDate.Meant, CancellationToken.None);
        await engine.WorkUntilIdleAsync(CancellationToken.None);
        Assert.Equal("complete", await world.OneAsync<string>("SELECT state FROM run WHERE business_date = @day", new { day }));
    }
}
