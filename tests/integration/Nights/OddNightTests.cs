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
