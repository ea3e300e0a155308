using MyNumber.Batch.Feeds;
using MyNumber.Batch.Files;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Tests.Integration.Intake;

/// <summary>The move out of the inbox, which a worker that was given up may wake in the middle of.</summary>
public sealed class ArchiveTests
{
    private const int Feeds = 60;

    [Fact]
    public async Task Several_that_move_the_same_feeds_at_once_do_no_harm_and_lose_nothing()
    {
        await using var home = await IntakeHome.CreateAsync();
        for (var i = 0; i < Feeds; i++)
        {
            home.OneFile("events", $"E{i:000}", IntakeHome.EventHeader + $"e{i},2026-11-20T10:00:00+09:00,card-delivered,13101,C{i},,\n");
            home.OneFile("events", $"X{i:000}", "no,header\n");
            home.Register($"R{i:000}", residents: i == 0 ? IntakeHome.Resident("P1", "12345678901") : null);
        }

        Assert.Equal("complete", await home.NightAsync());
        // As if the night had been killed after its decisions and before their moves.
        Back(home.Home.Archive, home.Home.Inbox);
        Back(FeedArchive.RefusedFolder(home.Home), home.Home.Inbox);
        var publish = new IntakeStep(home.Services).Definition.Publish!;
        var part = new PartContext(
            new RunInfo(1, "night", IntakeHome.Date, ""), 1, new PartInfo(0, PartAct.Publish, "", "", 1),
            home.Services.Database, home.Engine.Staging);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => publish.ComputeAsync(part, CancellationToken.None))));
        Assert.Equal(Feeds * 2, Directory.GetFiles(Path.Combine(home.Home.Archive, "events")).Length);
        Assert.Equal((Feeds * 2) + 1,
            Directory.GetFiles(Path.Combine(home.Home.Archive, "register"), "*", SearchOption.AllDirectories).Length);
        Assert.Equal(Feeds * 3, Directory.GetFiles(Path.Combine(home.Home.Inbox, "rejected", "events")).Length);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(home.Home.Inbox, "events")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(home.Home.Inbox, "register")));
    }

    private static void Back(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(
            path => !path.EndsWith(".rejected.csv", StringComparison.Ordinal)))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(path, target);
        }
    }
}
