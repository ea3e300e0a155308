namespace MyNumber.Tests.Faults;

/// <summary>
/// What is blamed for a death (ENGINE.md, rule 5): kills of a whole host say nothing of what was in hand; an item that ends
/// its reader is found, also where it takes the whole host with it.
/// </summary>
public sealed class PoisonTests
{
    [Fact]
    public async Task Twelve_kills_of_the_whole_process_group_leave_what_an_undisturbed_night_leaves()
    {
        await using var calm = await ToyNightProcess.CreateAsync(items: 24, itemsPerPart: 1, workMs: 100);
        calm.Start();
        Assert.Equal(0, await calm.EndAsync());

        await using var night = await ToyNightProcess.CreateAsync(items: 24, itemsPerPart: 1, workMs: 100);
        var dice = new Random(17);
        for (var kills = 0; kills < 12; kills++)
        {
            // What the workers of the last time had in hand is leased to them still.
            var before = await night.ScalarAsync<long>("SELECT coalesce(max(id), 0) FROM worker");
            night.Start();
            // Four times over the same part: two such deaths were once enough to judge it.
            await night.UntilAsync($"""
                SELECT EXISTS (SELECT FROM part WHERE act = 'work' AND state = 'leased' AND worker_id > {before}
                  AND ({kills} >= 4 OR from_key = '00001'))
                """);
            await Task.Delay(kills < 4 ? 0 : dice.Next(250));
            await night.KillGroupAsync();
        }

        Assert.True(await night.ScalarAsync<long>("SELECT sum(lost) FROM part") >= 4, "The kills hit nothing in hand.");
        night.Start();
        Assert.Equal(0, await night.EndAsync());
        Assert.Equal(0, await night.ScalarAsync<long>("SELECT count(*) FROM item WHERE outcome = 'review'"));
        Assert.Equal(await calm.DigestAsync(), await night.DigestAsync());
    }

    [Fact]
    public async Task An_item_that_ends_its_reader_is_found_and_judged_by_a_host_that_lives_on()
    {
        await using var night = await ToyNightProcess.CreateAsync();
        await night.ExecuteAsync("INSERT INTO toy_trouble VALUES ('00015', 'crash')");
        night.Start();
        Assert.Equal(0, await night.EndAsync());
        Assert.Equal("00015 review", await night.ScalarAsync<string>(
            "SELECT string_agg(subject || ' ' || outcome, ',') FROM item WHERE step_ordinal = 1"));
        Assert.Equal(119, await night.ScalarAsync<long>("SELECT count(*) FROM toy_effect WHERE step = 'first'"));
    }

    [Fact]
    public async Task An_item_that_ends_its_whole_host_is_worked_alone_and_then_judged()
    {
        await using var night = await ToyNightProcess.CreateAsync(items: 12, itemsPerPart: 1, workMs: 50);
        await night.ExecuteAsync("INSERT INTO toy_trouble VALUES ('00005', 'crash-all')");
        for (var starts = 0; starts < 12 && await night.ScalarAsync<bool>("SELECT NOT EXISTS (SELECT FROM item)"); starts++)
        {
            night.Start();
            await night.EndAsync();
        }

        Assert.Equal("00005 review", await night.ScalarAsync<string>("SELECT subject || ' ' || outcome FROM item WHERE step_ordinal = 1"));
        // Five claims were lost with their host; of those after them two count, with nothing beside them.
        Assert.Equal(7, await night.ScalarAsync<long>("SELECT count(*) FROM toy_death"));
        Assert.Equal(0, await night.ScalarAsync<long>("SELECT sum(beside) FROM (SELECT beside FROM toy_death OFFSET 5) AS alone"));
    }
}
