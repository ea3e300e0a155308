using System.Globalization;
using MyNumber.Batch;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Fixtures.Odd;

namespace MyNumber.Tests.Bench;

/// <summary>
/// The long run of the property that no value stops a night: worlds of odd feeds, three nights each, until so many values
/// were taken. Ends with an exception at the first world in which something went wrong; its seed plays it again.
/// </summary>
public static class OddBench
{
    public static async Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var (values, nights, seed, residents) =
            (Number("--values", 10_000), Number("--nights", 0), (int)Number("--seed", 1), (int)Number("--residents", 60));
        var pictures = OddNights.Pictures();
        var (taken, played, feeds, refused, worlds) = (0L, 0L, 0L, 0L, 0);
        while (taken < values || played < nights)
        {
            await using var home = await BenchHome.CreateAsync(cancellation);
            var services = NightServices.Create(home.Home, home.Database, new Policy(), TimeProvider.System);
            var result = await new OddNights(services, new EngineOptions(), seed + worlds, residents).PlayAsync(pictures, cancellation);
            if (result.Wrong.Count > 0)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"--seed {seed + worlds} --residents {residents}:\n{string.Join('\n', result.Wrong)}"));
            }

            (taken, played, feeds, refused, worlds) =
                (taken + result.Values, played + 3, feeds + result.Feeds, refused + result.Refused, worlds + 1);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"seed {seed + worlds - 1}: {result.Values} values; {result.Reached}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| seeds {seed} to {seed + worlds - 1}, {residents} residents a night | {played} nights | {taken} values | {feeds} feeds, {refused} refused | 0 stopped |"));

        long Number(string name, long otherwise) =>
            Array.IndexOf(arguments, name) is >= 0 and var at ? long.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
