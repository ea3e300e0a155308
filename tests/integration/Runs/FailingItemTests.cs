using Dapper;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Operators;

namespace MyNumber.Tests.Integration.Runs;

/// <summary>An error over one item of a plan or a close is that item's outcome; over too many it halts the step.</summary>
public sealed class FailingItemTests : IAsyncLifetime
{
    private static readonly Because Because = new("operator-1", "looked at them");
    private readonly TestDatabase _database = new();
    private readonly string _outbox = Directory.CreateTempSubdirectory("failing-items-").FullName;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        await ExecuteAsync("CREATE TABLE made (key text PRIMARY KEY, value int NOT NULL CHECK (value > 0))");
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_outbox, recursive: true);
    }

    [Theory]
    [InlineData(PartAct.Plan)]
    [InlineData(PartAct.Close)]
    public async Task What_throws_over_one_item_is_left_out_with_its_class_and_told(PartAct act)
    {
        await PlayAsync(act, Computing(key => key == "k07" ? throw new FormatException("a name stands in here") : 1));
        Assert.Equal("complete", await ScalarAsync<string>("SELECT state FROM run"));
        Assert.Equal(99, await ScalarAsync<long>("SELECT count(*) FROM made"));
        Assert.Equal(
            "k07 withheld error:FormatException",
            await ScalarAsync<string>("SELECT subject || ' ' || outcome || ' ' || reason FROM item"));
        var told = await ScalarAsync<string>("SELECT subject || ': ' || what_to_do FROM alert WHERE code = 'item-failed'");
        Assert.Contains("1 of thing failed in only and are withheld: k07.", told, StringComparison.Ordinal);
        Assert.Contains("FormatException", told, StringComparison.Ordinal);
        Assert.DoesNotContain("a name stands in here", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("22003")] // An int that is none.
    [InlineData("23514")] // A value that a constraint refuses.
    public async Task A_row_that_a_set_based_statement_refuses_is_found_and_the_others_are_stored(string sqlState)
    {
        await PlayAsync(PartAct.Plan, Storing(key => key is "k31" or "k32" ? sqlState == "22003" ? 3_000_000_000 : -1 : 1));
        Assert.Equal("complete", await ScalarAsync<string>("SELECT state FROM run"));
        Assert.Equal(98, await ScalarAsync<long>("SELECT count(*) FROM made"));
        Assert.Equal(2, await ScalarAsync<long>(
            "SELECT count(*) FROM item WHERE outcome = 'held' AND reason = 'error:' || @sqlState", sqlState));
    }

    [Fact]
    public async Task A_cause_of_all_items_halts_the_step_and_decides_nothing()
    {
        await PlayAsync(PartAct.Plan, Computing(key => int.Parse(key[1..], null) % 5 == 0 ? throw new FormatException() : 1));
        Assert.Equal("FormatException", await ScalarAsync<string>("SELECT halted_by FROM step"));
        Assert.Equal(0, await ScalarAsync<long>("SELECT count(*) FROM made"));
        Assert.Equal(0, await ScalarAsync<long>("SELECT count(*) FROM item"));
        Assert.Equal("step-halted", await ScalarAsync<string>("SELECT code FROM alert WHERE resolved_at IS NULL"));
    }

    [Fact]
    public async Task Whoever_has_looked_lets_them_all_be_left_out()
    {
        var engine = await PlayAsync(PartAct.Plan,
            Computing(key => string.CompareOrdinal(key, "k50") < 0 ? throw new FormatException() : 1));
        var failed = Assert.Single(await new OperatorActs(engine).FailedAsync(1, CancellationToken.None));
        await new OperatorActs(engine).SkipAsync(failed.Id, Because, CancellationToken.None);
        await engine.WorkUntilIdleAsync(CancellationToken.None);
        Assert.Equal("complete", await ScalarAsync<string>("SELECT state FROM run"));
        Assert.Equal(50, await ScalarAsync<long>("SELECT count(*) FROM made")); // k100 lies before k50 as bytes.
        Assert.Equal(50, await ScalarAsync<long>("SELECT count(*) FROM item WHERE outcome = 'withheld'"));
    }

    [Fact]
    public async Task What_passes_by_itself_is_no_items_fault()
    {
        await PlayAsync(PartAct.Plan, Computing(key => key == "k07" ? throw new IOException("away") : 1));
        Assert.Equal("ready", await ScalarAsync<string>("SELECT state FROM part"));
        Assert.Equal(1, await ScalarAsync<int>("SELECT transient_errors FROM part"));
        Assert.Equal(0, await ScalarAsync<long>("SELECT count(*) FROM item"));
    }

    [Fact]
    public async Task One_failing_item_of_a_part_gets_its_outcome_and_five_in_a_row_halt_the_step()
    {
        await PlayAsync(PartAct.Work, Working(key => key == "k07"));
        Assert.Equal("complete", await ScalarAsync<string>("SELECT state FROM run"));
        Assert.Equal(99, await ScalarAsync<long>("SELECT count(*) FROM made"));
        Assert.Equal("k07 review error:FormatException",
            await ScalarAsync<string>("SELECT subject || ' ' || outcome || ' ' || reason FROM item WHERE outcome = 'review'"));
        Assert.Equal(1, await ScalarAsync<long>("SELECT count(*) FROM alert WHERE code = 'item-failed'"));

        await ExecuteAsync("TRUNCATE run, step, part, item, alert, alert_message, made RESTART IDENTITY CASCADE");
        await PlayAsync(PartAct.Work, Working(_ => true));
        Assert.Equal("FormatException", await ScalarAsync<string>("SELECT halted_by FROM step"));
        Assert.Equal(4, await ScalarAsync<long>("SELECT count(*) FROM item"));
    }

    private static readonly IReadOnlyList<string> Keys = [.. Enumerable.Range(1, 100).Select(n => $"k{n:D2}")];

    private static Func<StoreContext, CancellationToken, Task> Computing(Func<string, int> work) => async (context, cancellation) =>
    {
        var (done, failed) = context.Items.Each("thing", Keys, key => key, key => (key, value: work(key)));
        await context.ReportAsync(failed, "thing", "withheld", cancellation);
        await InsertAsync(context, [.. done.Select(one => (one.key, (long)one.value))]);
    };

    private static Func<StoreContext, CancellationToken, Task> Storing(Func<string, long> value) => async (context, cancellation) =>
    {
        var failed = await context.StoreEachAsync(
            "thing", Keys, key => key, (keys, _) => InsertAsync(context, [.. keys.Select(key => (key, value(key)))]), cancellation);
        await context.ReportAsync(failed, "thing", "held", cancellation);
    };

    private static Task InsertAsync(StoreContext context, IReadOnlyList<(string Key, long Value)> rows) =>
        context.Connection.ExecuteAsync(
            "INSERT INTO made SELECT key, value::int FROM unnest(@keys, @values) AS new (key, value)",
            new { keys = rows.Select(row => row.Key).ToArray(), values = rows.Select(row => row.Value).ToArray() },
            context.Transaction);

    private static StepDefinition Working(Func<string, bool> fails) => new(
        "only", Act.OfRows((context, cancellation) => context.PlanPartsAsync([new("k01", "k99"), new("kA", "kZ")], cancellation)),
        Act.Of<IReadOnlyList<string>>(
            (part, _) => Task.FromResult(InPart(part.Part)),
            async (keys, context, cancellation) =>
            {
                if (keys.Any(fails))
                {
                    throw new FormatException();
                }

                await InsertAsync(context, [.. keys.Select(key => (key, 1L))]);
                await context.LedgerAsync(keys.Select(key => new ItemOutcome(key, "made")), cancellation);
            }),
        [])
    {
        Items = (part, _) => Task.FromResult(InPart(part.Part)),
        Failed = (_, _, _) => Task.FromResult("review"),
    };

    // In byte order, `k100` lies behind `k10`; the second part has nothing in it.
    private static IReadOnlyList<string> InPart(PartInfo part) =>
        [.. Keys.Where(key => string.CompareOrdinal(part.FromKey, key) <= 0 && string.CompareOrdinal(key, part.ToKey) <= 0)
            .Order(StringComparer.Ordinal)];

    private Task<RunEngine> PlayAsync(PartAct act, Func<StoreContext, CancellationToken, Task> store)
    {
        Func<StoreContext, CancellationToken, Task> nothing = (_, _) => Task.CompletedTask;
        return PlayAsync(act, new StepDefinition("only", Act.OfRows(act == PartAct.Plan ? store : nothing), Act.OfRows(nothing), [])
        {
            Seal = act == PartAct.Close ? store : null,
        });
    }

    private async Task<RunEngine> PlayAsync(PartAct act, StepDefinition step)
    {
        Assert.NotEqual(PartAct.Publish, act);
        var engine = new RunEngine(
            _database.DataSource, new Dictionary<string, IReadOnlyList<StepDefinition>> { ["night"] = [step] }, _outbox,
            TimeProvider.System, new EngineOptions { TransientDelay = TimeSpan.FromHours(1), TransientDelayMax = TimeSpan.FromHours(1) });
        await engine.Opener.OpenNightAsync(new(2026, 11, 24), null, CancellationToken.None);
        await engine.WorkUntilIdleAsync(CancellationToken.None);
        return engine;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private async Task<T> ScalarAsync<T>(string sql, string? sqlState = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, new { sqlState }))!;
    }
}
