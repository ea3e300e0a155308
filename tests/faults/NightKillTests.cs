using System.Diagnostics;
using MyNumber.Tests.Integration.Nights;

namespace MyNumber.Tests.Faults;

/// <summary>
/// Kills a real night, the host and all its workers, with kill -9 at seeded moments, starts it again, and compares what
/// left the house with an undisturbed night.
/// </summary>
public sealed class NightKillTests
{
    private const int Seed = 20261124;
    private const int Kills = 4;
    private const string Date = "2026-11-24";

    [Fact]
    public void A_night_killed_at_any_moment_ends_with_the_same_files()
    {
        using var calm = NewNight("calm");
        var watch = Stopwatch.StartNew();
        calm.RunOk("night", "--date", Date);
        var calmMs = (int)watch.ElapsedMilliseconds;
        var expected = calm.OutboxDigest();
        var random = new Random(Seed);

        using var disturbed = NewNight("disturbed");
        for (var kill = 0; kill < Kills; kill++)
        {
            using var night = disturbed.Start("night", "--date", Date);
            _ = night.StandardError.ReadToEndAsync();
            _ = night.StandardOutput.ReadToEndAsync();
            if (!night.WaitForExit(random.Next(calmMs / 8, calmMs)))
            {
                night.Kill(entireProcessTree: true);
                night.WaitForExit();
            }
        }

        disturbed.RunOk("night", "--date", Date);
        disturbed.RunOk("verify");
        Assert.Equal(expected, disturbed.OutboxDigest());
    }

    private static Product NewNight(string name)
    {
        var product = new Product(name);
        product.RunOk("fixtures", "night", "--applications", "40", "--seed", "11", "--out", product.Inbox);
        return product;
    }
}
