using MyNumber.Tests.Integration.Intake;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>R51: what online applicants and municipalities are told, over whole nights.</summary>
public sealed class MessageTests
{
    private static readonly DateOnly Tuesday = new(2026, 11, 24);

    [Fact]
    public async Task R51_every_end_has_its_message_once_and_who_died_gets_none()
    {
        await using var world = await OnlineWorld.MakeAsync();
        world.Home.Register("20261123-changes",
            IntakeHome.Resident("R7", OnlineWorld.Eleven(7), left: "2026-11-20,died"), municipalities: null);
        var on = world.Send(
            Tuesday,
            new Sent(1, OnlineWorld.Portrait(1)),                                      // 1: ordered
            new Sent(101, OnlineWorld.Portrait(1)),                                    // 2: superseded by it
            new Sent(1, OnlineWorld.Portrait(1)),                                      // 3: rejected, the form was used
            new Sent(2, null),                                                         // 4: incomplete
            new Sent(3, OnlineWorld.Portrait(3)) { BirthDate = "1990-04-02" },         // 5: rejected, not his birth date
            new Sent(999, OnlineWorld.Portrait(4)),                                    // 6: rejected, no such ID
            new Sent(7, OnlineWorld.Portrait(7)),                                      // 7: died
            new Sent(4, OnlineWorld.Portrait(5)) { Email = "nobody" },                 // 8: no usable address
            new Sent(5, OnlineWorld.Portrait(6)));                                     // 9: ordered
        await world.NightAsync(Tuesday);
        Assert.Equal(
            [
                $"{on}-1-1", $"{on}-2-1", $"{on}-2-2", $"{on}-3-1", $"{on}-4-1", $"{on}-4-2", $"{on}-5-1", $"{on}-6-1", $"{on}-9-1",
            ],
            world.Messages());

        Assert.Contains("交付申請を受け付けました。", world.Body($"{on}-1-1"), StringComparison.Ordinal);
        Assert.Contains($"申請書ID：{OnlineWorld.Id(1)}", world.Body($"{on}-1-1"), StringComparison.Ordinal);
        Assert.Contains("先に受け付けた申請により交付します", world.Body($"{on}-2-2"), StringComparison.Ordinal);
        Assert.Contains("すでに申請に使用されています", world.Body($"{on}-3-1"), StringComparison.Ordinal);
        Assert.Contains("顔写真がありません", world.Body($"{on}-4-2"), StringComparison.Ordinal);
        Assert.Contains($"?id={OnlineWorld.Id(2)}", world.Body($"{on}-4-2"), StringComparison.Ordinal);
        Assert.Equal(
            "on1-7-1 died, on1-8-1 no-address",
            await world.Home.ScalarAsync<string>(
                """
                SELECT string_agg(subject || ' ' || outcome, ', ' ORDER BY subject) FROM item
                WHERE outcome IN ('died', 'no-address', 'overtaken')
                """));
        // By the register the one, by the form's the other; where neither is known nobody has to do with it.
        Assert.Equal(
            "key,municipality_code,rule,channel\non1-3,13101,R03,online\non1-5,13101,R02,online\non1-6,,R02,online\non1-7,13101,R09,online\n",
            await File.ReadAllTextAsync(Path.Combine(world.Home.Home.Outbox, "rejections", "20261124.csv")));

        // The next day: the municipality cancels one; the incomplete one's applicant moves away.
        world.Event(Tuesday.AddDays(1), "application-cancelled", OnlineWorld.Id(5));
        world.Home.Register(
            "20261125-changes",
            IntakeHome.Resident("R2", OnlineWorld.Eleven(2), "27100").Replace("2020-01-01", "2026-11-25", StringComparison.Ordinal),
            municipalities: null);
        await world.NightAsync(Tuesday.AddDays(1));
        Assert.Equal(11, world.Messages().Count);
        Assert.Contains("取り消されました", world.Body($"{on}-9-2"), StringComparison.Ordinal);
        Assert.Contains("転入先の市区町村で新しい申請書", world.Body($"{on}-4-3"), StringComparison.Ordinal);

        await world.NightAsync(Tuesday.AddDays(2));
        Assert.Equal(11, world.Messages().Count);
        Assert.False(File.Exists(Path.Combine(world.Home.Home.Outbox, "rejections", "20261126.csv")));
    }

    [Fact]
    public async Task R51_a_guess_is_told_nothing_about_anybodys_form()
    {
        await using var world = await OnlineWorld.MakeAsync();
        // Form 3 is masked (R08), form 4 was used (R03): a stranger who guesses its ID must not hear of it.
        await world.NightAsync(Tuesday.AddDays(-1));
        await world.Home.ExecuteAsync($"UPDATE form SET masked = true WHERE application_id = '{OnlineWorld.Id(3)}'");
        var own = world.Send(Tuesday, new Sent(4, OnlineWorld.Portrait(4)));
        await world.NightAsync(Tuesday);
        Assert.Equal("ordered", await world.StateAsync($"{own}-1"));

        var guess = new Sent(3, OnlineWorld.Portrait(8)) { BirthDate = "1990-04-02", Email = "stranger@example.jp" };
        var on = world.Send(Tuesday.AddDays(1), guess, guess with { Form = 4 }, guess with { Form = 5 }, guess with { Form = 777 });
        await world.NightAsync(Tuesday.AddDays(1));
        var bodies = new[] { (1, 3), (2, 4), (3, 5), (4, 777) }
            .Select(one => world.Body($"{on}-{one.Item1}-1").Replace(OnlineWorld.Id(one.Item2), "ID", StringComparison.Ordinal)).ToList();
        Assert.Single(bodies.Distinct());
        Assert.Contains("申請書IDまたは生年月日を確認できませんでした。", bodies[0], StringComparison.Ordinal);
        // The municipalities of the forms hear of it, with every rule.
        Assert.Equal(
            [$"{on}-1,13101,R02,online", $"{on}-1,13101,R08,online", $"{on}-2,13101,R02,online",
                $"{on}-3,13101,R02,online", $"{on}-4,,R02,online"],
            File.ReadAllLines(Path.Combine(world.Home.Home.Outbox, "rejections", "20261125.csv")).Skip(1));
    }

    [Fact]
    public async Task R33_R51_a_message_that_was_held_and_is_not_true_any_more_never_goes_out_and_comes_when_it_is_true_again()
    {
        await using var world = await OnlineWorld.MakeAsync();
        var on = world.Send(Tuesday, new Sent(1, OnlineWorld.Portrait(1)), new Sent(101, OnlineWorld.Portrait(1)));
        await world.NightAsync(Tuesday);
        Assert.Equal([$"{on}-1-1", $"{on}-2-1", $"{on}-2-2"], world.Messages());

        // As if the part that writes them had been skipped last night.
        await world.Home.ExecuteAsync(
            "UPDATE message SET state = 'wanted', drop_id = NULL WHERE kind = 'superseded'");
        world.Event(Tuesday.AddDays(1), "application-cancelled", OnlineWorld.Id(1));
        await world.NightAsync(Tuesday.AddDays(1));
        Assert.Equal("ordered", await world.StateAsync($"{on}-2"));
        Assert.Equal("overtaken", await world.Home.ScalarAsync<string>("SELECT state FROM message WHERE kind = 'superseded'"));
        Assert.Equal([$"{on}-1-1", $"{on}-1-2", $"{on}-2-1", $"{on}-2-2"], world.Messages());
        Assert.Equal("taken-in", await world.Home.ScalarAsync<string>($"SELECT told FROM application WHERE key = '{on}-2'"));
    }

    [Fact]
    public async Task R48_R51_an_address_that_was_destroyed_with_its_key_is_none()
    {
        await using var world = await OnlineWorld.MakeAsync();
        var on = world.Send(Tuesday, new Sent(1, OnlineWorld.Portrait(1)));
        await world.NightAsync(Tuesday);
        await world.Home.ExecuteAsync("UPDATE key_slot SET state = 'destroyed'; UPDATE application SET online_cipher = NULL");
        world.Event(Tuesday.AddDays(1), "application-cancelled", OnlineWorld.Id(1));
        await world.NightAsync(Tuesday.AddDays(1));
        Assert.Equal([$"{on}-1-1"], world.Messages());
        Assert.Equal("no-address", await world.Home.ScalarAsync<string>("SELECT state FROM message WHERE kind = 'cancelled'"));
    }
}
