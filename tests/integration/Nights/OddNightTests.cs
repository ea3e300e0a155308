using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs;
using MyNumber.Fixtures.Odd;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// Feeds of random but acceptable values are refused whole with their place, or play three nights to the end. The long run
/// is `./run-local.sh bench odd` (tests/README.md).
/// </summary>
public sealed class OddNightTests
{
    private static readonly string[] Steps = ["intake", "read", "validate", "select", "order-cards", "vendor", "storage"];
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

    /// <summary>The first item of every kind in every act of every step of two nights fails on purpose.</summary>
    [Fact]
    public async Task One_failing_item_of_each_act_of_each_step_gets_its_outcome_and_everybody_else_is_served()
    {
        var failed = new Dictionary<(string, PartAct, string), string>();
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

                var kind = (place.Step, place.Act, place.What);
                return failed.TryAdd(kind, place.Subject) || failed[kind] == place.Subject;
            },
        };
        await using var home = await OddHome.MakeAsync();
        var result = await new OddNights(home.Services, options, 4, 60).PlayAsync(Pictures.Value, CancellationToken.None);

        // Nothing went wrong but these items: each has its outcome and its class, none of the others has.
        var wrong = result.Wrong.Where(line => !line.Contains(" item: ", StringComparison.Ordinal) && !line.Contains(" alert: ", StringComparison.Ordinal));
        Assert.Empty(wrong);
        var lines = await home.LinesAsync(
            "SELECT DISTINCT step.name || ' ' || subject FROM item JOIN step ON step.run_id = item.run_id AND step.ordinal = step_ordinal WHERE reason = 'error:ItemFaultException' AND NOT (step.name = 'read' AND subject LIKE '%|%') ORDER BY 1");
        Assert.Equal(
            failed.Select(one => $"{one.Key.Item1} {one.Value}").Distinct().Order(StringComparer.Ordinal),
            lines.Order(StringComparer.Ordinal));
        Assert.Empty(await home.LinesAsync("SELECT subject FROM item WHERE reason LIKE 'error:%' AND reason <> 'error:ItemFaultException'"));
        Assert.Equal(
            failed.Keys.Select(kind => kind.Item1).Distinct().Order(StringComparer.Ordinal),
            (await home.LinesAsync("SELECT DISTINCT split_part(subject, ' ', 4) FROM alert WHERE code = 'item-failed'")).Order(StringComparer.Ordinal));
        Assert.Empty(Steps.Except(failed.Keys.Select(kind => kind.Item1)));
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
        Assert.Equal("step-halted", Assert.Single(await home.LinesAsync("SELECT code FROM alert WHERE code LIKE 'step-%' AND lowered_at IS NULL")));
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
