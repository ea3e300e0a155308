using System.Globalization;
using System.Text.Json;
using MyNumber.Batch;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Status;
using MyNumber.Tests.Integration.Printing;

namespace MyNumber.Tests.Integration.Waiting;

/// <summary>R96, R41: one alert a cause, told again as it grows and only then; the report lists what is late.</summary>
public sealed class WaitingAlertTests
{
    private const string Messages = "SELECT kind || ' ' || subject FROM alert_message WHERE code = 'waits-too-long' ORDER BY id";

    [Fact]
    public async Task R96_a_cause_is_one_alert_that_is_told_again_as_it_grows_and_resolved_when_it_is_gone()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await WithheldAsync(world, "P1", "2026-11-20");
        await WithheldAsync(world, "P2", "2026-11-21");
        await NightAsync(world, "2026-11-23"); // The third day of the first one: not yet.
        Assert.Empty(await world.AllAsync<string>(Messages));

        await NightAsync(world, "2026-11-24");
        Assert.Equal(["raised piece-withheld"], await world.AllAsync<string>(Messages));
        Assert.Contains("P1", await TextAsync(world), StringComparison.Ordinal);
        Assert.DoesNotContain("P2", await TextAsync(world), StringComparison.Ordinal);

        // A person has seen it; then the second one is late as well.
        await world.RunAsync("UPDATE alert SET acknowledged_by = 'somebody', acknowledged_at = now()");
        await NightAsync(world, "2026-11-25");
        Assert.Equal(2, (await world.AllAsync<string>(Messages)).Count);
        Assert.Equal(1, await world.OneAsync<long>("SELECT count(*) FROM alert WHERE acknowledged_at IS NULL"));
        Assert.Contains(": 2, the oldest since 2026-11-20 (5 days): P1; P2.", await TextAsync(world), StringComparison.Ordinal);

        // Nothing came to it: nothing is told, also where one was seen to; what it says is true all the same.
        await NightAsync(world, "2026-11-26");
        await world.RunAsync("UPDATE piece SET state = 'suppressed' WHERE piece_id = 'P1'");
        await NightAsync(world, "2026-11-27");
        Assert.Equal(2, (await world.AllAsync<string>(Messages)).Count);
        Assert.Contains(": 1, the oldest since 2026-11-21 (6 days): P2.", await TextAsync(world), StringComparison.Ordinal);

        // As many as before, but another one: somebody must hear of it.
        await WithheldAsync(world, "P3", "2026-11-24");
        await world.RunAsync("UPDATE piece SET state = 'suppressed' WHERE piece_id = 'P2'");
        await NightAsync(world, "2026-11-28");
        Assert.Equal(3, (await world.AllAsync<string>(Messages)).Count);

        await world.RunAsync("UPDATE piece SET state = 'suppressed'");
        await NightAsync(world, "2026-11-29");
        Assert.Equal(
            ["raised piece-withheld", "raised piece-withheld", "raised piece-withheld", "lowered piece-withheld"],
            await world.AllAsync<string>(Messages));
        Assert.Equal(0, await world.OneAsync<long>("SELECT count(*) FROM waiting_told"));
    }

    [Fact]
    public async Task R96_a_file_that_the_vendor_does_not_acknowledge_is_named_with_its_pieces_and_their_numbers()
    {
        await using var world = await PieceWorld.MakeAsync(new Policy { PiecesPerFileMax = 3 });
        for (var person = 1; person <= 5; person++)
        {
            await world.ResidentAsync($"R{person}", numberAssigned: new DateOnly(2026, 11, 20));
        }

        Assert.True(await world.NightAsync()); // Monday the 23rd is a holiday: the vendor's one day is the 24th.
        await NightAsync(world, "2026-11-24");
        Assert.Empty(await world.AllAsync<string>(Messages));
        await NightAsync(world, "2026-11-25");
        Assert.Equal(["raised piece-sent"], await world.AllAsync<string>(Messages));
        var text = await TextAsync(world);
        Assert.Contains(
            "TEST-20261123-individual-number-notice-001/individual-number-notice-001-001.pdf: 3 (numbers 1-3); "
            + "TEST-20261123-individual-number-notice-001/individual-number-notice-001-002.pdf: 2 (numbers 4-5).",
            text, StringComparison.Ordinal);
        Assert.StartsWith("Pieces sent and not acknowledged, for more than 1 working day of the vendor: 5, ", text,
            StringComparison.Ordinal);

        var ids = await world.AllAsync<string>("SELECT piece_id FROM piece ORDER BY sequence");
        using var report = Report(world, "20261125");
        var cause = Assert.Single(report.RootElement.GetProperty("too_late").EnumerateArray());
        Assert.Equal(("piece-sent", 5), (cause.GetProperty("cause").GetString(), cause.GetProperty("number").GetInt32()));
        Assert.Equal(
            ids, cause.GetProperty("entries").EnumerateArray().SelectMany(entry => entry.GetProperty("ids").EnumerateArray())
                .Select(id => id.GetString()!));
        var page = await File.ReadAllTextAsync(Path.Combine(world.Outbox, "report", "20261125.html"));
        Assert.Contains("individual-number-notice-001-002.pdf", page, StringComparison.Ordinal);
        Assert.Contains("Waits for longer than it may: 5 in 1 kind", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R41_the_alert_says_when_the_number_grows_and_not_when_the_same_grow_older()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.ApplicationAsync("A", "R1", "superseded"); // Received on 20 November.
        await world.ApplicationAsync("B", "R1", "superseded");
        await NightAsync(world, "2026-12-20");
        await world.RunAsync("UPDATE application SET state = 'incomplete', state_on = '2026-12-19' WHERE key = 'A'");
        await NightAsync(world, "2026-12-21");
        await NightAsync(world, "2026-12-22");
        Assert.Equal(["raised issuance-notice-late"], await world.AllAsync<string>(Messages));
        await world.RunAsync("UPDATE application SET state = 'incomplete', state_on = '2026-12-19' WHERE key = 'B'");
        await NightAsync(world, "2026-12-23");
        Assert.Equal(["raised issuance-notice-late", "raised issuance-notice-late"], await world.AllAsync<string>(Messages));
        Assert.Contains(
            "30 days after receipt: 2, the oldest received 2026-11-20: incomplete: the applicant must act 2.",
            await TextAsync(world), StringComparison.Ordinal);
        using var report = Report(world, "20261223");
        var late = Assert.Single(report.RootElement.GetProperty("service_level").GetProperty("late").EnumerateArray());
        Assert.Equal(("131016", 2, 33), (
            late.GetProperty("municipality_code").GetString(), late.GetProperty("number").GetInt32(),
            late.GetProperty("age_days").GetInt32()));
    }

    private static JsonDocument Report(PieceWorld world, string date) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(world.Outbox, "report", $"{date}.json")));

    private static Task<string> TextAsync(PieceWorld world) =>
        world.OneAsync<string>("SELECT what_to_do FROM alert WHERE code = 'waits-too-long'");

    private static Task WithheldAsync(PieceWorld world, string piece, string since) => world.RunAsync($"""
        INSERT INTO piece (piece_id, product, subject, occasion, generation, state, reason, document, resident_id,
          municipality_code, wanted_on, state_on)
        VALUES ('{piece}', 'application-form', 'R1', '{piece}', 1, 'withheld', 'missing-glyph', 'application-form', 'R1', '131016',
          '{since}', '{since}')
        """);

    private static async Task NightAsync(PieceWorld world, string date)
    {
        var day = DateOnly.Parse(date, CultureInfo.InvariantCulture);
        var engine = new RunEngine(
            world.Data,
            new Dictionary<string, IReadOnlyList<StepDefinition>>
            {
                ["night"] = [new StatusStep(world.Services, () => Night.Steps(world.Services)).Definition],
            },
            world.Outbox, TimeProvider.System, new EngineOptions());
        await engine.Opener.OpenNightAsync(day, null, AnyDate.Meant, CancellationToken.None);
        await engine.WorkUntilIdleAsync(CancellationToken.None);
        Assert.Equal("complete", await world.OneAsync<string>("SELECT state FROM run WHERE business_date = @day", new { day }));
    }
}
