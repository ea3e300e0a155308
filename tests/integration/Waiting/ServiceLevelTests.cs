namespace MyNumber.Tests.Integration.Waiting;

/// <summary>R41: an Issuance Notice within 30 days of receipt, else it is listed by municipality and cause.</summary>
public sealed class ServiceLevelTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateOnly LastDay = new(2026, 7, 1); // 30 days after 1 June.

    [Fact]
    public async Task R41_an_application_is_late_on_the_31st_day_after_its_receipt()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.ApplicationAsync("A", "review", "2026-06-20", received: "2026-06-01");
        Assert.Equal(0, (await rows.LevelAsync(LastDay)).Number);
        var level = await rows.LevelAsync(LastDay.AddDays(1));
        var late = Assert.Single(level.Late);
        Assert.Equal((30, 1L), (level.DaysMax, level.Number));
        Assert.Equal(
            ("131016", "in-review", 1L, new DateOnly(2026, 6, 1), 31),
            (late.MunicipalityCode, late.Cause, late.Number, late.OldestReceivedOn, late.AgeDays));
        Assert.Equal(["A"], late.OldestKeys);
    }

    [Theory]
    [InlineData("received", "not-decided")]
    [InlineData("review", "in-review")]
    [InlineData("incomplete", "incomplete")]
    [InlineData("waiting", "waiting")]
    [InlineData("selected", "not-ordered")]
    [InlineData("rejected", null)] // Ended: no notice is due.
    [InlineData("superseded", null)]
    [InlineData("issued", null)]
    [InlineData("cancelled", null)]
    [InlineData("void", null)]
    public async Task R41_an_application_without_a_card_waits_for_what_its_state_says(string state, string? cause)
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.ApplicationAsync("A", state, "2026-06-01");
        Assert.Equal(cause, (await rows.LevelAsync(LastDay.AddDays(1))).Late.SingleOrDefault()?.Cause);
    }

    [Theory]
    [InlineData("ordered", "R1", null, "not-arrived")]
    [InlineData("arrived", "R1", null, "no-notice")]
    [InlineData("arrived", "R2", null, "no-pickup-details")]
    [InlineData("arrived", "R1", "withheld", "notice-withheld")]
    [InlineData("arrived", "R1", "wanted", "notice-wanted")]
    [InlineData("arrived", "R1", "sealed", "in-print")]
    [InlineData("arrived", "R1", "sent", "in-print")]
    [InlineData("arrived", "R1", "acknowledged", "in-print")]
    [InlineData("arrived", "R1", "spoiled", "notice-again")]
    [InlineData("arrived", "R1", "refused", "notice-again")]
    [InlineData("arrived", "R1", "suppressed", "no-notice")]
    [InlineData("notified", "R1", "posted", null)] // On its way.
    [InlineData("void", "R1", null, null)]
    public async Task R41_an_ordered_card_waits_for_what_it_or_its_notice_waits_for(
        string card, string resident, string? piece, string? cause)
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.CardAsync(
            "A", card, "2026-06-20", card == "ordered" ? "arrived_on = NULL" : "state = state", received: "2026-06-01", resident: resident);
        if (piece is not null)
        {
            await rows.PiecesAsync(piece, "2026-06-25", 1, set: "subject = 'A'");
        }

        Assert.Equal(cause, (await rows.LevelAsync(LastDay.AddDays(1))).Late.SingleOrDefault()?.Cause);
    }

    [Fact]
    public async Task R41_an_application_that_is_ordered_again_waits_for_its_second_card()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.CardAsync("A", "arrived", "2026-06-10", "state = 'void'", received: "2026-06-01");
        await rows.RunAsync("""
            INSERT INTO card (ref, order_id, application_key, resident_id, municipality_code, state, state_on, ordered_on)
            VALUES ('A-2', 'A-2', 'A', 'R1', '131016', 'ordered', '2026-06-20', '2026-06-20')
            """);
        var late = Assert.Single((await rows.LevelAsync(LastDay.AddDays(1))).Late);
        Assert.Equal(("not-arrived", 1L), (late.Cause, late.Number));
    }

    [Fact]
    public async Task R41_late_ones_are_counted_by_municipality_and_cause_the_oldest_named_first()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.ApplicationAsync("B", "review", "2026-06-20", received: "2026-05-02");
        await rows.ApplicationAsync("A", "review", "2026-06-20", received: "2026-06-01");
        await rows.ApplicationAsync("C", "waiting", "2026-06-20", received: "2026-06-01");
        await rows.ApplicationAsync("D", "review", "2026-06-20", received: "2026-06-01", resident: "R2");
        await rows.ApplicationAsync("E", "review", "2026-06-20", received: "2026-06-15");
        var level = await rows.LevelAsync(LastDay.AddDays(1));
        Assert.Equal(4, level.Number);
        Assert.Equal(
            [("131016", "in-review", 2L, 61), ("131016", "waiting", 1L, 31), ("271004", "in-review", 1L, 31)],
            level.Late.Select(late => (late.MunicipalityCode, late.Cause, late.Number, late.AgeDays)));
        Assert.Equal(["B", "A"], level.Late[0].OldestKeys);
    }
}
