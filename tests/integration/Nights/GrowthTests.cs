using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Operators;
using MyNumber.Fixtures;
using Xunit.Abstractions;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// Four times the work touches about four times the rows, in every step: no statement looks through all of one list for each
/// row of another. Two nights are played at two sizes: online applications, cards whose validity ends, new residents with
/// their numbers; then the factory's arrivals and the vendor's answers. Rows are counted, not seconds.
/// </summary>
public sealed class GrowthTests(ITestOutputHelper output)
{
    private const int Small = 150;
    private const int Times = 4;

    // Sorted work grows a little faster than its rows, and index pages fill by steps; a square would be 16.
    private const double GrowthMax = Times * 1.7;

    // What a step touches whatever came in: below this a ratio says nothing.
    private const double AnywayRows = 4_000;

    private static readonly DateOnly First = new(2026, 11, 24);

    [Fact]
    public async Task Statements_of_every_step_grow_with_the_work_and_not_with_its_square()
    {
        var small = await PlayAsync(Small);
        var large = await PlayAsync(Small * Times);
        var faults = new List<string>();
        foreach (var (step, rows) in large.Rows.OrderBy(step => step.Key, StringComparer.Ordinal))
        {
            var before = small.Rows.GetValueOrDefault(step);
            output.WriteLine($"{step,-24} {before,12:0} {rows,12:0}  {rows / Math.Max(1, before):0.0}");
            if (rows > (before + AnywayRows) * GrowthMax)
            {
                faults.Add($"{step}: {before:0} rows, then {rows:0}\n{large.Worst(step)}");
            }
        }

        Assert.True(large.Rows.Count >= 20, $"Only {large.Rows.Count} steps were counted.");
        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    private static async Task<StatementRows> PlayAsync(int size)
    {
        var counted = new StatementRows();
        var database = new TestDatabase();
        await database.InitializeAsync();
        var home = new Home(Directory.CreateTempSubdirectory("growth-").FullName);
        try
        {
            await using var source = counted.Open(database.ConnectionString);
            var services = NightServices.Create(home, source, new Policy(), TimeProvider.System);
            var engine = Night.CreateEngine(services, new EngineOptions());
            new GrowingWorld(home, size).Write();
            await NightAsync(engine, counted, First);
            foreach (var drop in Directory.GetDirectories(Path.Combine(home.Outbox, "card-orders")))
            {
                Assert.Equal(size, CardFactory.Simulate(drop, home.Inbox, First.AddDays(1)));
            }

            var answered = Directory.GetDirectories(Path.Combine(home.Outbox, "print"));
            Assert.True(answered.Length >= 2, "Validity notices and Individual Number Notices are printed.");
            foreach (var drop in answered)
            {
                PrintVendor.Simulate(drop, Path.Combine(home.Inbox, "vendor"), First.AddDays(1), VendorProfile.Sloppy, 7);
            }

            await NightAsync(engine, counted, First.AddDays(1));
            return counted;
        }
        finally
        {
            await database.DisposeAsync();
            Directory.Delete(home.Root, recursive: true);
        }
    }

    private static async Task NightAsync(RunEngine engine, StatementRows counted, DateOnly date)
    {
        foreach (var step in engine.Steps("night"))
        {
            counted.Begin("opening");
            var opened = await engine.Opener.OpenNightAsync(date, step.Name, CancellationToken.None);
            counted.Begin($"{date:MM-dd} {step.Name}");
            await engine.WorkUntilIdleAsync(CancellationToken.None);
            Assert.Empty(await new OperatorActs(engine).FailedAsync(opened.RunId, CancellationToken.None));
        }
    }
}
