using System.Globalization;
using MyNumber.Batch.Keying;
using OpenCvSharp;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>R24 over whole nights: one photograph in applications of several residents.</summary>
public sealed class SamePhotographTests
{
    private static readonly DateOnly Tuesday = new(2026, 11, 24);

    [Fact]
    public async Task R24_one_photograph_for_four_people_is_ordered_for_none_before_a_person_has_looked()
    {
        await using var world = await OnlineWorld.MakeAsync();
        var photo = OnlineWorld.Portrait(1);
        var on = world.Send(
            Tuesday, new Sent(1, photo), new Sent(2, photo), new Sent(3, photo), new Sent(4, photo),
            new Sent(5, OnlineWorld.Portrait(2)),          // His own.
            new Sent(105, OnlineWorld.Portrait(2)));       // And again: an applicant's own repeats are no finding.
        await world.NightAsync(Tuesday);
        Assert.Equal("review review review review ordered superseded", await StatesAsync(world, on, 6));
        Assert.Equal(
            "R24 same-photograph photo_person",
            await world.Home.ScalarAsync<string>(
                """
                SELECT DISTINCT finding.rule || ' ' || detail || ' ' || field FROM finding
                JOIN review_item USING (application_key) WHERE finding.severity = 'review'
                """));

        await DecideAsync(world, $"{on}-1", "ok");
        await DecideAsync(world, $"{on}-2", "other-person");
        Assert.Equal(ReviewOutcome.ValueRefused, await TryDecideAsync(world, $"{on}-3", "photo-too-dark"));
        await world.NightAsync(Tuesday.AddDays(1));
        Assert.Equal("ordered incomplete review review ordered superseded", await StatesAsync(world, on, 6));
        Assert.Contains("申請者本人", world.Body($"{on}-2-2"), StringComparison.Ordinal);
        Assert.Equal(0, await AlertsAsync(world)); // The card was ordered with open eyes.

        // Made again with its own photograph; the other two as well: nothing is asked twice.
        var again = world.Send(Tuesday.AddDays(2), new Sent(2, OnlineWorld.Portrait(3)));
        await DecideAsync(world, $"{on}-3", "ok");
        await DecideAsync(world, $"{on}-4", "other-person");
        await world.NightAsync(Tuesday.AddDays(2));
        Assert.Equal("ordered incomplete ordered incomplete ordered superseded", await StatesAsync(world, on, 6));
        Assert.Equal("ordered", await world.StateAsync($"{again}-1"));
        Assert.Equal(0, await world.Home.ScalarAsync<long>("SELECT count(*) FROM review_item WHERE state = 'open'"));
    }

    [Fact]
    public async Task R24_where_the_first_is_ordered_already_an_alert_names_it_and_the_other_is_reviewed()
    {
        await using var world = await OnlineWorld.MakeAsync();
        var photo = OnlineWorld.Portrait(1);
        var first = world.Send(Tuesday, new Sent(1, photo));
        await world.NightAsync(Tuesday);
        Assert.Equal("ordered", await world.StateAsync($"{first}-1"));

        // The first applicant's own repeat is no finding.
        var repeat = world.Send(Tuesday.AddDays(1), new Sent(101, photo));
        await world.NightAsync(Tuesday.AddDays(1));
        Assert.Equal("superseded", await world.StateAsync($"{repeat}-1"));
        Assert.Equal(0, await AlertsAsync(world));

        var second = world.Send(Tuesday.AddDays(2), new Sent(2, photo));
        await world.NightAsync(Tuesday.AddDays(2));
        Assert.Equal("review", await world.StateAsync($"{second}-1"));
        Assert.Contains($"{second}-1", await world.Home.ScalarAsync<string>(
            $"SELECT what_to_do FROM alert WHERE code = 'photograph-shared' AND subject = '{first}-1'"), StringComparison.Ordinal);

        // Looked at it, and nothing changes: neither is told again.
        await world.Home.ExecuteAsync("UPDATE alert SET acknowledged_by = 'tester', acknowledged_at = now()");
        await world.Home.ExecuteAsync("UPDATE application SET to_validate = true WHERE state = 'review'");
        await world.NightAsync(Tuesday.AddDays(3));
        Assert.Equal(0, await AlertsAsync(world));
        await DecideAsync(world, $"{second}-1", "ok");
        await world.NightAsync(Tuesday.AddDays(4));
        Assert.Equal("ordered", await world.StateAsync($"{second}-1"));
        Assert.Equal(0, await AlertsAsync(world));
    }

    [Fact]
    public async Task R24_the_question_stands_until_it_is_answered_whatever_becomes_of_the_other()
    {
        await using var world = await OnlineWorld.MakeAsync();
        var photo = OnlineWorld.Portrait(1);
        var on = world.Send(Tuesday, new Sent(1, photo), new Sent(2, photo));
        await world.NightAsync(Tuesday);
        world.Event(Tuesday.AddDays(1), "application-cancelled", OnlineWorld.Id(1));
        await world.Home.ExecuteAsync("UPDATE application SET to_validate = true WHERE state = 'review'");
        await world.NightAsync(Tuesday.AddDays(1));
        Assert.Equal("cancelled review", await StatesAsync(world, on, 2));

        // A third one comes while the second waits; then the second turns out to be the one.
        var third = world.Send(Tuesday.AddDays(2), new Sent(3, photo));
        await DecideAsync(world, $"{on}-2", "ok");
        await world.NightAsync(Tuesday.AddDays(2));
        Assert.Equal("cancelled ordered", await StatesAsync(world, on, 2));
        Assert.Equal("review", await world.StateAsync($"{third}-1"));
    }

    [Fact]
    public async Task R24_the_same_image_of_a_loose_photograph_is_found_in_another_file_too_and_goes_with_its_key()
    {
        await using var world = await OnlineWorld.MakeAsync();
        using var picture = Cv2.ImDecode(OnlineWorld.Portrait(1), ImreadModes.Color);
        using var other = Cv2.ImDecode(OnlineWorld.Portrait(2), ImreadModes.Color);
        world.Home.Scans(
            "drop", [("a.png", picture.ImEncode(".png")), ("b.tif", picture.ImEncode(".tif")), ("c.png", other.ImEncode(".png"))],
            "E1,001,front,a.png,1,2026-11-24,photo", "E1,002,front,b.tif,1,2026-11-24,photo", "E1,003,front,c.png,1,2026-11-24,photo");
        await world.NightAsync(Tuesday);
        Assert.Equal(2, await world.Home.ScalarAsync<long>("SELECT count(DISTINCT photo_hash) FROM scan"));
        Assert.True(await world.Home.ScalarAsync<bool>(
            "SELECT bool_and(photo_hash = (SELECT photo_hash FROM scan WHERE file = 'a.png')) FROM scan WHERE file <> 'c.png'"));
        Assert.False(await world.Home.ScalarAsync<bool>("SELECT bool_or(photo_hash = sha256) FROM scan")); // It is keyed.

        // Dead for six months and a day: the hash goes with the photograph (R48).
        await world.Home.ExecuteAsync("UPDATE application SET state = 'cancelled' WHERE key = 'E1-001'");
        await world.NightAsync(Tuesday.AddMonths(6).AddDays(1));
        Assert.Equal(
            "a.png:-:- b.tif:x:x c.png:x:x",
            await world.Home.ScalarAsync<string>(
                """
                SELECT string_agg(file || ':' || CASE WHEN photo_hash IS NULL THEN '-' ELSE 'x' END || ':'
                  || CASE WHEN sha256 = '' THEN '-' ELSE 'x' END, ' ' ORDER BY file) FROM scan
                """));
    }

    private static async Task<string> StatesAsync(OnlineWorld world, string feed, int rows)
    {
        var states = new List<string>();
        for (var row = 1; row <= rows; row++)
        {
            states.Add(await world.StateAsync(string.Create(CultureInfo.InvariantCulture, $"{feed}-{row}")));
        }

        return string.Join(' ', states);
    }

    private static Task<long> AlertsAsync(OnlineWorld world) => world.Home.ScalarAsync<long>(
        "SELECT count(*) FROM alert WHERE code = 'photograph-shared' AND acknowledged_at IS NULL");

    private static async Task DecideAsync(OnlineWorld world, string key, string value) =>
        Assert.Equal(ReviewOutcome.Decided, await TryDecideAsync(world, key, value));

    private static async Task<ReviewOutcome> TryDecideAsync(OnlineWorld world, string key, string value)
    {
        var item = (await Reviews.ListAsync(world.Home.Services.Database, CancellationToken.None))
            .Single(item => item.Key == key && item.Rule == "R24");
        return await Reviews.DecideAsync(
            world.Home.Services.Database, world.Home.Services.Keys, item.Item, value, "tester", "looked at both",
            TimeProvider.System.GetUtcNow(), CancellationToken.None);
    }
}
