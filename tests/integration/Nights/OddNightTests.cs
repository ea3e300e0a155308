using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Fixtures.Odd;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// Feeds of random but acceptable values are refused whole with their place, or play three nights to the end. The long run
/// is `./run-local.sh bench odd` (tests/README.md).
/// </summary>
public sealed class OddNightTests
{
    // The acts that work items. The keys that storage destroys are due after months only.
    private static readonly (string Step, PartAct Act)[] Acts =
    [
        ("intake", PartAct.Plan), ("intake", PartAct.Work), ("read", PartAct.Work), ("read", PartAct.Close),
        ("validate", PartAct.Plan), ("validate", PartAct.Work), ("select", PartAct.Plan), ("order-cards", PartAct.Plan),
        ("order-cards", PartAct.Work), ("order-cards", PartAct.Close), ("vendor", PartAct.Plan), ("storage", PartAct.Plan),
        ("status", PartAct.Work),
    ];

    private static readonly string[] Steps = [.. Acts.Select(act => act.Step).Distinct()];
    private static readonly Lazy<IReadOnlyList<byte[]>> Pictures = new(OddNights.Pictures);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Three_nights_over_odd_values_come_to_their_end(int seed)
    {
        var result = await PlayAsync(seed, 30, new EngineOptions());
        Assert.True(result.Wrong.Count == 0, $"seed {seed}: {string.Join('\n', result.Wrong)}");
        Assert.True(result.Values > 1_000, $"Only {result.Values} values were taken; {result.Reached}.");
    }

    /// <summary>
    /// The first item of every kind in every act of every step fails on purpose, in that act and wherever it is worked
    /// after it, over three nights.
    /// </summary>
    [Fact]
    public async Task One_failing_item_of_each_act_of_each_step_gets_its_outcome_and_everybody_else_is_served()
    {
        var kinds = new HashSet<(string Step, PartAct Act, string What)>();
        var bad = new HashSet<(string What, string Subject)>();
        var failed = new HashSet<(string Step, string Subject)>();
        var options = new EngineOptions
        {
            ItemFault = place =>
            {
                // Residents of a register feed that is held are unknown to all feeds after it: that would be no test of the rest.
                // Notices and print have tests of their own that throw in each act.
                if (!Steps.Contains(place.Step) || place.Subject.StartsWith("register/", StringComparison.Ordinal))
                {
                    return false;
                }

                if (kinds.Add((place.Step, place.Act, place.What)))
                {
                    bad.Add((place.What, place.Subject));
                }

                var fails = bad.Contains((place.What, place.Subject));
                if (fails)
                {
                    failed.Add((place.Step, place.Subject));
                }

                return fails;
            },
        };
        await using var home = await OddHome.MakeAsync();
        var result = await new OddNights(home.Services, options, 1, 60).PlayAsync(Pictures.Value, CancellationToken.None);

        // Nothing went wrong but these items: each has its outcome and its class, none of the others has.
        Assert.True(result.Wrong.Count == 0, string.Join('\n', result.Wrong));
        var lines = await home.LinesAsync(
            "SELECT DISTINCT step.name || ' ' || subject FROM item JOIN step ON step.run_id = item.run_id AND step.ordinal = step_ordinal WHERE reason = 'error:ItemFaultException' AND NOT (step.name = 'read' AND subject LIKE '%|%') ORDER BY 1");
        Assert.Equal(
            failed.Select(one => $"{one.Step} {one.Subject}").Order(StringComparer.Ordinal),
            lines.Order(StringComparer.Ordinal));
        Assert.Empty(await home.LinesAsync(
            "SELECT subject FROM item WHERE reason LIKE 'error:%' AND reason <> 'error:ItemFaultException'"));
        Assert.Equal(
            failed.Select(one => one.Step).Distinct().Order(StringComparer.Ordinal),
            (await home.LinesAsync("SELECT DISTINCT split_part(subject, ' ', 4) FROM alert WHERE code = 'item-failed'"))
                .Order(StringComparer.Ordinal));

        // Every act that works items had one that failed. Where a change of the worlds leaves one without, another seed has it.
        Assert.Empty(Acts.Except(kinds.Select(kind => (kind.Step, kind.Act))));
    }

    [Theory]
    [InlineData("validate", "item")]
    [InlineData("storage", "fact")]
    public async Task What_fails_every_item_of_an_act_halts_its_step_and_leaves_nobody_out(string step, string what)
    {
        await using var home = await OddHome.MakeAsync();
        var options = new EngineOptions { ItemFault = place => place.Step == step && place.What == what };
        var result = await new OddNights(home.Services, options, 5, 120).PlayAsync(Pictures.Value, CancellationToken.None);
        Assert.Contains(result.Wrong, line => line.Contains($"halted: {step} ItemFaultException", StringComparison.Ordinal));
        Assert.Equal("step-halted", Assert.Single(
            await home.LinesAsync("SELECT code FROM alert WHERE code LIKE 'step-%' AND resolved_at IS NULL")));
        Assert.InRange((await home.LinesAsync("SELECT subject FROM item WHERE reason = 'error:ItemFaultException'")).Count, 0, 4);
    }

    private static async Task<OddResult> PlayAsync(int seed, int residents, EngineOptions options)
    {
        await using var home = await OddHome.MakeAsync();
        return await new OddNights(home.Services, options, seed, residents).PlayAsync(Pictures.Value, CancellationToken.None);
    }

    /// <summary>An empty home with its database.</summary>
    private sealed class OddHome : IAsyncDisposable
    {
        private readonly TestDatabase _database = new();

        public NightServices Services { get; private set; } = null!;

        public static async Task<OddHome> MakeAsync()
        {
            var home = new OddHome();
            await home._database.InitializeAsync();
            home.Services = NightServices.Create(
                new Home(Directory.CreateTempSubdirectory("mynumber-odd-").FullName), home._database.DataSource, new Policy(),
                TimeProvider.System);
            return home;
        }

        public async Task<IReadOnlyList<string>> LinesAsync(string sql)
        {
            await using var connection = await _database.DataSource.OpenConnectionAsync();
            return [.. await Dapper.SqlMapper.QueryAsync<string>(connection, sql)];
        }

        public async ValueTask DisposeAsync()
        {
            await _database.DisposeAsync();
            Directory.Delete(Services.Home.Root, recursive: true);
        }
    }
}
