using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Batch.Runs.Operators;

namespace MyNumber.Tests.Integration.Runs;

/// <summary>One cause must not fail ten thousand parts: the breaker of a step.</summary>
public sealed class BreakerTests
{
    private static readonly Because Because = new("operator-1", "the cause is mended");

    [Fact]
    public async Task A_permanent_cause_halts_its_step_after_five_failures_and_says_so_once()
    {
        await using var toy = await AllBrokenAsync("bug");
        Assert.Equal(5, await toy.ScalarAsync<long>("SELECT count(*) FROM part WHERE state = 'failed'"));
        Assert.Equal("InvalidOperationException", await toy.ScalarAsync<string>("SELECT halted_by FROM step WHERE ordinal = 1"));
        Assert.Equal(1, await toy.ScalarAsync<long>("SELECT count(*) FROM alert WHERE code = 'step-halted'"));
        Assert.Equal(0, await RunView.OpenPartsAsync(toy.Engine.Database, 1, CancellationToken.None));
    }

    [Fact]
    public async Task A_re_run_of_a_halted_step_tries_what_failed_and_what_was_never_tried()
    {
        await using var toy = await AllBrokenAsync("bug");
        Assert.True((await new OperatorActs(toy.Engine).PlanRerunAsync(1, null, CancellationToken.None)).NotTried > 0);
        await toy.ExecuteAsync("DELETE FROM toy_trouble");
        await new OperatorActs(toy.Engine).RerunAsync(1, null, Because, CancellationToken.None);
        await toy.WorkAsync();
        Assert.Equal("complete", await toy.ScalarAsync<string>("SELECT state FROM run"));
        Assert.Equal(40, await toy.ScalarAsync<long>("SELECT count(*) FROM toy_effect WHERE step = 'first'"));
        Assert.Equal(0, await toy.ScalarAsync<long>("SELECT count(*) FROM alert WHERE acknowledged_by IS NULL"));
    }

    [Fact]
    public async Task Skipping_one_part_of_a_halted_step_lets_the_others_be_tried()
    {
        await using var toy = await AllBrokenAsync("bug");
        await toy.ExecuteAsync("DELETE FROM toy_trouble");
        foreach (var part in await new OperatorActs(toy.Engine).FailedAsync(1, CancellationToken.None))
        {
            await new OperatorActs(toy.Engine).SkipAsync(part.Id, Because, CancellationToken.None);
        }

        await toy.WorkAsync();
        Assert.Equal(35, await toy.ScalarAsync<long>("SELECT count(*) FROM toy_effect WHERE step = 'first'"));
        Assert.Equal("closed", await toy.ScalarAsync<string>("SELECT state FROM step WHERE ordinal = 1"));
    }

    [Fact]
    public async Task A_transient_cause_makes_the_whole_step_wait_and_go_on_by_itself()
    {
        await using var toy = await AllBrokenAsync("transient", items: 100);
        while (await toy.ScalarAsync<bool>("SELECT not_before IS NULL FROM step WHERE ordinal = 1"))
        {
            await toy.ExecuteAsync("UPDATE part SET not_before = NULL");
            await toy.WorkAsync();
        }

        await toy.ExecuteAsync("UPDATE part SET not_before = NULL; UPDATE step SET not_before = now() + interval '1 hour' WHERE ordinal = 1");
        Assert.Equal(0, await toy.WorkAsync());
        await toy.ExecuteAsync("DELETE FROM toy_trouble; UPDATE step SET not_before = now()");
        await toy.WorkAsync();
        Assert.Equal("complete", await toy.ScalarAsync<string>("SELECT state FROM run"));
        Assert.Equal(0, await toy.ScalarAsync<int>("SELECT failures FROM step WHERE ordinal = 1"));
    }

    [Fact]
    public async Task A_part_that_is_done_in_between_starts_the_count_anew()
    {
        await using var toy = await ToyRun.CreateAsync();
        await toy.ExecuteAsync(
            "INSERT INTO toy_trouble SELECT to_char(n, 'FM00000'), 'bug' FROM generate_series(1, 39, 2) AS n");
        await toy.OpenAsync();
        await toy.WorkAsync();
        Assert.Equal(20, await toy.ScalarAsync<long>("SELECT count(*) FROM part WHERE state = 'failed'"));
        Assert.Equal(20, await toy.ScalarAsync<long>("SELECT count(*) FROM toy_effect"));
    }

    private static async Task<ToyRun> AllBrokenAsync(string kind, int items = 40)
    {
        var toy = await ToyRun.CreateAsync(items);
        await toy.ExecuteAsync(
            "INSERT INTO toy_trouble SELECT to_char(n, 'FM00000'), @kind FROM generate_series(1, @items) AS n", new { kind, items });
        await toy.OpenAsync();
        await toy.WorkAsync();
        return toy;
    }
}
