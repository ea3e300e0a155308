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
        Assert.Equal("item-stuck", await night.ScalarAsync<string>("SELECT code FROM alert"));
    }

    [Fact]
    public async Task A_plan_that_hangs_fails_with_an_alert_instead_of_hanging_every_worker_in_turn()
    {
        await using var night = await ToyNightProcess.CreateAsync();
        await night.ScalarAsync<int>("WITH new AS (INSERT INTO toy_trouble VALUES ('plan', 'hang-plan') RETURNING 1) SELECT 1 FROM new");
        night.Start();
        Assert.Equal(1, await night.EndAsync());
        Assert.Equal("plan failed too-slow", await night.ScalarAsync<string>("SELECT act || ' ' || state || ' ' || error_class FROM part"));
        Assert.Equal("part-failed", await night.ScalarAsync<string>("SELECT code FROM alert"));
    }

    [Fact]
    public async Task A_close_that_stands_in_its_transaction_fails_too()
    {
        await using var night = await ToyNightProcess.CreateAsync();
        await night.ExecuteAsync(
            """
            CREATE FUNCTION sleeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
            CREATE TRIGGER sleeps BEFORE UPDATE ON step FOR EACH ROW WHEN (NEW.state = 'closed') EXECUTE FUNCTION sleeps()
            """);
        night.Start();
        Assert.Equal(1, await night.EndAsync());
        Assert.Equal("too-slow", await night.ScalarAsync<string>("SELECT error_class FROM part WHERE act = 'close' AND state = 'failed'"));
    }
}
