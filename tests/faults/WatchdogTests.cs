namespace MyNumber.Tests.Faults;

/// <summary>Native code that hangs cannot be cancelled: the watchdog ends its worker, and another takes the part over.</summary>
public sealed class WatchdogTests
{
    [Fact]
    public async Task A_worker_that_hangs_is_ended_and_its_part_is_done_by_another()
    {
        await using var night = await ToyNightProcess.CreateAsync();
        await night.ScalarAsync<int>("WITH new AS (INSERT INTO toy_trouble VALUES ('00015', 'hang-once') RETURNING 1) SELECT 1 FROM new");
        night.Start();
        Assert.Equal(0, await night.EndAsync());
        Assert.Equal(0, await night.ScalarAsync<long>("SELECT count(*) FROM toy_trouble"));
        Assert.Equal(120, await night.ScalarAsync<long>("SELECT count(DISTINCT key) FROM toy_effect WHERE step = 'first'"));
        Assert.True(await night.ScalarAsync<long>("SELECT count(*) FROM worker") > 2, "No worker was ended and replaced.");
    }
}
