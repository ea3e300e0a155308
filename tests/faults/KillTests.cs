using System.Globalization;
using MyNumber.Batch.Runs;

namespace MyNumber.Tests.Faults;

/// <summary>
/// After any fault: the night completes, nothing is lost, nothing happens twice, and every byte is that of an undisturbed
/// night. MYNUMBER_FAULTS_SEED and MYNUMBER_FAULTS_COUNT choose the random moments; a failure names the seed.
/// </summary>
public sealed class KillTests(KillTests.Undisturbed undisturbed) : IClassFixture<KillTests.Undisturbed>
{
    public static TheoryData<string> Points => [.. FaultPoints.OfTheEngine];

    public static TheoryData<int> Seeds
    {
        get
        {
            var seed = Setting("MYNUMBER_FAULTS_SEED", 1);
            return [.. Enumerable.Range(seed, Setting("MYNUMBER_FAULTS_COUNT", 4))];
        }
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_worker_killed_at_a_fault_point_harms_nothing(string point)
    {
        await using var night = await ToyNightProcess.CreateAsync();
        night.Start(fault: $"{point}:kill:1");
        Assert.Equal(0, await night.EndAsync());
        Assert.True(File.Exists(Path.Combine(night.Marks, point)), $"Nothing passed {point}.");
        Assert.Equal(undisturbed.Digest, await night.DigestAsync());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Everything_killed_at_a_random_moment_and_started_again_completes(int seed)
    {
        var random = new Random(seed);
        await using var night = await ToyNightProcess.CreateAsync();
        for (var kills = 1 + random.Next(3); kills > 0; kills--)
        {
            night.Start();
            await Task.Delay(random.Next(200, 2200));
            await night.KillAllAsync();
        }

        night.Start();
        Assert.True(await night.EndAsync() == 0, $"Seed {seed} did not complete.");
        Assert.True(undisturbed.Digest == await night.DigestAsync(), $"Seed {seed} left another digest.");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Workers_killed_at_random_moments_are_replaced_without_a_person(int seed)
    {
        var random = new Random(seed);
        await using var night = await ToyNightProcess.CreateAsync();
        night.Start();
        for (var kills = 1 + random.Next(3); kills > 0; kills--)
        {
            await Task.Delay(random.Next(200, 1500));
            var workers = night.Workers();
            if (workers.Count > 0)
            {
                ToyNightProcess.KillNow(workers[random.Next(workers.Count)]);
            }
        }

        Assert.True(await night.EndAsync() == 0, $"Seed {seed} did not complete.");
        Assert.True(undisturbed.Digest == await night.DigestAsync(), $"Seed {seed} left another digest.");
    }

    [Theory]
    [InlineData(FaultPoints.Computed)]
    [InlineData(FaultPoints.BeforeFence)]
    public async Task A_worker_paused_past_its_lease_is_given_up_and_its_late_result_is_refused(string point)
    {
        await using var night = await ToyNightProcess.CreateAsync(leaseMs: 800);
        night.Start(fault: $"{point}:pause:2");
        await WaitAsync(async () => await night.ScalarAsync<long>("SELECT count(*) FROM worker WHERE state = 'gone'") > 0);
        // The others have taken the part over by the time the zombie wakes.
        await WaitAsync(async () => await night.ScalarAsync<long>(
            "SELECT count(*) FROM part WHERE state = 'leased' AND worker_id IN (SELECT id FROM worker WHERE state = 'gone')") == 0);
        foreach (var pid in night.Workers())
        {
            ToyNightProcess.Signal(pid, ToyNightProcess.SignalContinue);
        }

        Assert.Equal(0, await night.EndAsync());
        Assert.Equal(undisturbed.Digest, await night.DigestAsync());
    }

    private static async Task WaitAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(50, patience.Token);
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>The digest of a night that nothing happened to.</summary>
    public sealed class Undisturbed : IAsyncLifetime
    {
        public string Digest { get; private set; } = "";

        public async Task InitializeAsync()
        {
            await using var night = await ToyNightProcess.CreateAsync();
            night.Start();
            Assert.Equal(0, await night.EndAsync());
            Digest = await night.DigestAsync();
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
