using MyNumber.Batch;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Runs;
using MyNumber.Fixtures;

namespace MyNumber.Tests.Integration.Printing;

/// <summary>A vendor that says nothing: an alert after its working days, lowered by its answer.</summary>
public sealed class OverdueTests
{
    // Monday the 23rd is a holiday: the vendor's working days are the 24th and the 25th, the 25th to its end.
    [Fact]
    public async Task A_drop_without_acknowledgement_is_an_alert_when_the_vendors_days_are_over_and_no_more_once_it_answers()
    {
        await using var world = await PrintedAsync(new Policy());
        Assert.Equal(0, await OpenAfterAsync(world, new(2026, 11, 25)));
        Assert.Equal(1, await OpenAfterAsync(world, new(2026, 11, 26)));
        Assert.Equal(Path.GetFileName(Drop(world)), await world.OneAsync<string>("SELECT subject FROM alert"));

        PrintVendor.Simulate(Drop(world), Path.Combine(world.Services.Home.Inbox, "vendor"), new(2026, 11, 26), VendorProfile.Honest, 1);
        Assert.Equal(0, await OpenAfterAsync(world, new(2026, 11, 27)));
        Assert.Equal("lowered", await world.OneAsync<string>("SELECT kind FROM alert_message ORDER BY id DESC LIMIT 1"));
    }

    [Fact]
    public async Task Days_on_which_the_vendor_is_closed_do_not_count()
    {
        await using var world = await PrintedAsync(new Policy { VendorClosedOn = [new(2026, 11, 24)] });
        Assert.Equal(0, await OpenAfterAsync(world, new(2026, 11, 26)));
        Assert.Equal(1, await OpenAfterAsync(world, new(2026, 11, 27)));
    }

    private static async Task<PieceWorld> PrintedAsync(Policy policy)
    {
        var world = await PieceWorld.MakeAsync(policy);
        await world.ResidentAsync("R1", numberAssigned: new DateOnly(2026, 11, 20));
        Assert.True(await world.NightAsync());
        return world;
    }

    private static string Drop(PieceWorld world) => world.Drop("individual-number-notice");

    private static async Task<long> OpenAfterAsync(PieceWorld world, DateOnly date)
    {
        var engine = new RunEngine(
            world.Data,
            new Dictionary<string, IReadOnlyList<StepDefinition>> { ["night"] = [new VendorStep(world.Services).Definition] },
            world.Outbox, TimeProvider.System, new EngineOptions());
        await engine.Opener.OpenNightAsync(date, null, CancellationToken.None);
        await engine.WorkUntilIdleAsync(CancellationToken.None);
        Assert.Equal("complete", await world.OneAsync<string>("SELECT state FROM run WHERE business_date = @date", new { date }));
        return await world.OneAsync<long>(
            "SELECT count(*) FROM alert WHERE code = 'acknowledgement-overdue' AND acknowledged_at IS NULL");
    }
}
