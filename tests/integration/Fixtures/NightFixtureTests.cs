using System.Security.Cryptography;
using MyNumber.Batch.Calendar;
using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Reading;
using MyNumber.Fixtures;
using MyNumber.Fixtures.Feeds;
using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Scenarios;
using SkiaSharp;

namespace MyNumber.Tests.Integration.Fixtures;

/// <summary>A night of twelve applications, written twice.</summary>
public sealed class SmallNight : IDisposable
{
    public const int Applications = 12;
    public static readonly DateOnly Date = new(2026, 11, 24);

    public string Folder { get; } = Directory.CreateTempSubdirectory("mynumber-fixture-").FullName;

    public string First => Path.Combine(Folder, "first", "inbox");

    public string Second => Path.Combine(Folder, "second", "inbox");

    public SmallNight()
    {
        NightFixture.Write(Applications, 7, First, Date, CancellationToken.None);
        NightFixture.Write(Applications, 7, Second, Date, CancellationToken.None);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

public sealed class NightFixtureTests(SmallNight night) : IClassFixture<SmallNight>
{
    [Fact]
    public void The_same_arguments_give_the_same_bytes()
    {
        var first = Hashes(night.First);
        Assert.Equal(first, Hashes(night.Second));
        Assert.NotEmpty(first);
    }

    [Fact]
    public void Every_marker_names_every_file_with_its_hash()
    {
        foreach (var area in new[] { "register", "online", "scans" })
        {
            foreach (var drop in Directory.EnumerateDirectories(Path.Combine(night.First, area)))
            {
                var feed = Assert.Single(Marked(area), feed => feed.DataPath == drop);
                Assert.Empty(FeedMarker.Check(feed).Faults);
            }
        }

        Assert.All(Marked("events"), feed => Assert.Empty(FeedMarker.Check(feed).Faults));
    }

    [Fact]
    public void Expected_has_one_line_for_each_application()
    {
        var expected = Table.Read(Path.Combine(night.First, "expected.csv"));
        Assert.Equal(["key", "application_id", "state", "rules"], expected.Header);
        Assert.Equal(SmallNight.Applications, expected.Rows.Count);
        Assert.Equal(expected.Rows.Count, expected.Column("key").Distinct().Count());
    }

    [Fact]
    public void Manifests_name_the_hash_of_every_page()
    {
        foreach (var drop in Directory.EnumerateDirectories(Path.Combine(night.First, "scans")))
        {
            var manifest = Table.Read(Path.Combine(drop, "manifest.csv"));
            Assert.All(manifest.Column("file").Zip(manifest.Column("sha256")), page => Assert.Equal(
                Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(drop, page.First)))), page.Second));
        }
    }

    [Fact]
    public void The_reader_finds_the_form_on_every_front()
    {
        using var reader = new PageReader();
        foreach (var drop in Directory.EnumerateDirectories(Path.Combine(night.First, "scans")))
        {
            var manifest = Table.Read(Path.Combine(drop, "manifest.csv"));
            foreach (var row in manifest.Rows.Where(row => row[2] == "front" && row[8] == "form"))
            {
                var reading = reader.Read(File.ReadAllBytes(Path.Combine(drop, row[3])), int.Parse(row[4]), default).Reading;
                Assert.Equal(("application-form", 1, true), (reading?.Form, reading?.FormPage, reading?.Registration.Ok));
            }
        }
    }

    private IEnumerable<Feed> Marked(string area) =>
        Feed.Marked(new Home(Path.GetDirectoryName(night.First)!), area);

    private static SortedDictionary<string, string> Hashes(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            path => Path.GetRelativePath(folder, path),
            path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))),
        StringComparer.Ordinal);
}

public sealed class ScenarioTests
{
    private static readonly DateOnly Date = new(2026, 11, 24);

    [Fact]
    public void A_night_of_sixty_shows_every_rule_that_the_trunk_decides()
    {
        var scene = NightFixture.Play(60, 1, Date);
        var rules = Outcomes(scene).SelectMany(outcome => outcome.Rules.Split('+')).ToHashSet();
        string[] wanted =
        [
            "R02", "R03", "R04", "R05", "R06", "R07", "R08", "R09", "R10", "R11", "R13", "R14", "R15", "R20", "R21", "R22",
            "R35", "R37",
        ];
        Assert.Empty(wanted.Except(rules));
        string[] states = ["ordered", "incomplete", "rejected", "review", "waiting", "superseded", "cancelled"];
        Assert.Empty(states.Except(Outcomes(scene).Select(outcome => outcome.State)));
    }

    [Fact]
    public void A_night_of_a_hundred_plays_every_named_scenario()
    {
        var scene = NightFixture.Play(100, 1, Date);
        var played = scene.ByMail.Select(sent => sent.Scenario).Concat(scene.Online.Select(sent => sent.Scenario)).ToHashSet();
        Assert.Empty(AllScenarios.Named.Select(scenario => scenario.Name).Except(played));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)] // One too few for most scenarios that need two.
    [InlineData(61)]
    [InlineData(250)]
    public void A_night_has_as_many_applications_as_asked_for(int applications)
    {
        var scene = NightFixture.Play(applications, 3, Date);
        Assert.Equal(applications, scene.ByMail.Count + scene.Online.Count);
    }

    [Fact]
    public void Every_resident_has_a_number_with_its_check_digit_and_nobody_shares_one()
    {
        var residents = NightFixture.Play(100, 1, Date).Residents;
        Assert.All(residents, person => Assert.True(IndividualNumber.IsValid(person.Number)));
        Assert.Equal(residents.Count, residents.Select(person => person.Number).Distinct().Count());
    }

    [Fact]
    public void The_register_makes_every_other_piece_appear()
    {
        var scene = NightFixture.Play(1, 1, Date);
        Assert.Contains(scene.Events, happened => happened.Kind == "form-reissue-requested");
        Assert.Contains(scene.Cards, card => card.ValidUntil <= Date.AddDays(75));
        Assert.Contains(scene.Residents, person => person.NumberAssignedOn > Date.AddDays(-60));
    }

    private static IEnumerable<Outcome> Outcomes(Scene scene) =>
        scene.ByMail.Select(sent => sent.Outcome).Concat(scene.Online.Select(sent => sent.Outcome));
}

public sealed class FaceTests
{
    [Fact]
    public void Every_drawn_face_is_found_and_leaves_a_plain_background()
    {
        for (var i = 0; i < 40; i++)
        {
            using var face = Faces.Portrait(700, new Dice(11, "face", i));
            var photo = OnlinePhoto.Inspect(Jpeg(face)).Photo;
            Assert.Equal((true, true, true), (photo.Face, photo.HeadInside, photo.PlainBackground));
        }
    }

    [Fact]
    public void No_face_is_found_in_a_landscape()
    {
        for (var i = 0; i < 20; i++)
        {
            using var hills = Faces.Landscape(700, new Dice(11, "hills", i));
            Assert.False(OnlinePhoto.Inspect(Jpeg(hills)).Photo.Face);
        }
    }

    private static byte[] Jpeg(SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 92);
        return data.ToArray();
    }
}
