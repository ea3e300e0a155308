using MyNumber.Batch;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Batch.Status;
using MyNumber.Jobs.Web;
using MyNumber.Tests.Integration.Printing;

namespace MyNumber.Tests.Integration.Status;

/// <summary>Nights of step `status` alone: what the inquiry answers, and which of it the ledger lists.</summary>
public sealed class StatusNightTests
{
    // Received on Friday 20 November, a holiday follows on Monday: two business days later it is Wednesday.
    private static readonly DateOnly Wednesday = new(2026, 11, 25);

    [Fact]
    public async Task R95_the_file_and_the_inquiry_say_when_the_application_was_confirmed()
    {
        await using var world = await MakeAsync();
        await ApplicationAsync(world, 1, "selected", "'2026-11-24'");
        await ApplicationAsync(world, 2, "ordered", "'2026-11-23'", "ordered");
        await ApplicationAsync(world, 3, "ordered", "'2026-11-22'", "notified");
        await ApplicationAsync(world, 4, "review", "NULL");
        await NightAsync(world, Wednesday);

        var lines = await File.ReadAllLinesAsync(Path.Combine(world.Outbox, "status", "20261125.csv"));
        Assert.Equal(
            ["confirmed,2026-11-24", "in-process,2026-11-23", "received,", "sent,2026-11-22"],
            lines.Skip(1).Select(line => line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..]).Order(StringComparer.Ordinal));
        // As people type it: full-width digits, spaces, whatever hyphen.
        var inquiry = new Inquiry(world.Data, world.Services.Ids);
        Assert.Equal(
            new StatusAnswer("in-process", new DateOnly(2026, 11, 23)),
            await inquiry.AskAsync("００００ 0000-0000‐0000　0000−００２", "1980-05-01", CancellationToken.None));
        Assert.Equal(
            new StatusAnswer(Inquiry.Unknown, null),
            await inquiry.AskAsync(Id(2), "1980-05-02", CancellationToken.None));
    }

    [Fact]
    public async Task What_only_repeats_is_counted_and_what_changed_is_listed_while_every_law_holds()
    {
        await using var world = await MakeAsync();
        await ApplicationAsync(world, 1, "selected", "'2026-11-24'");
        await ApplicationAsync(world, 2, "review", "NULL");
        await ApplicationAsync(world, 3, "review", "NULL");
        await world.RunAsync("UPDATE application SET received_on = '2026-11-25' WHERE key = 'E-3'"); // Too soon to ask.

        var first = await NightAsync(world, Wednesday);
        Assert.Equal((2, "confirmed 1, received 1, unknown 1"), await LedgerAsync(world, first));

        var second = await NightAsync(world, Wednesday.AddDays(1));
        Assert.Equal((0, "confirmed 1, received 1, unknown 1"), await LedgerAsync(world, second));

        await world.RunAsync(
            """
            UPDATE application SET state = 'ordered' WHERE key = 'E-1';
            UPDATE application SET received_on = '2026-05-20' WHERE key = 'E-2' -- Too late.
            """);
        var third = await NightAsync(world, Wednesday.AddDays(2));
        Assert.Equal((3, "in-process 1, received 1, unknown 1"), await LedgerAsync(world, third));
        var fourth = await NightAsync(world, Wednesday.AddDays(3));
        Assert.Equal((0, "in-process 1, received 1, unknown 1"), await LedgerAsync(world, fourth));

        // The report of a night counts what it listed and what it did not.
        var report = await new NightReport(
            world.Services.Home, world.Data, world.Services.Policy, () => [new StatusStep(world.Services, () => []).Definition])
            .LoadAsync(new RunInfo(fourth, "night", Wednesday.AddDays(3), ""), CancellationToken.None);
        Assert.All(report.Laws, law => Assert.True(law.Holds, law.Law));
        Assert.Equal(
            [["01 status", "in-process", "1", "1"], ["01 status", "received", "1", "1"], ["01 status", "unknown", "1", "1"]],
            report.Counts.Single(table => table.Name == "Item ledger of this night").Rows.Select(row => row.ToArray()));
    }

    private static string Id(int n) => n.ToString("D23", null);

    private static async Task<PieceWorld> MakeAsync()
    {
        var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        return world;
    }

    private static async Task ApplicationAsync(PieceWorld world, int n, string state, string confirmedOn, string? card = null)
    {
        await world.ApplicationAsync($"E-{n}", "R1", "review");
        await world.RunAsync(
            $"""
            DROP INDEX IF EXISTS one_live_winner; -- One resident will do for all of them.
            UPDATE application SET state = '{state}', confirmed_on = {confirmedOn}, application_id = '{Id(n)}' WHERE key = 'E-{n}'
            """);
        if (card is not null)
        {
            await world.RunAsync(
                $"""
                INSERT INTO card (ref, order_id, card_id, resident_id, municipality_code, state, state_on)
                VALUES ('E-{n}', 'E-{n}', 'C-{n}', 'R1', '131016', '{card}', '2026-11-24')
                """);
        }
    }

    private static async Task<long> NightAsync(PieceWorld world, DateOnly date)
    {
        var engine = new RunEngine(
            world.Data,
            new Dictionary<string, IReadOnlyList<StepDefinition>>
            {
                ["night"] = [new StatusStep(world.Services, () => Night.Steps(world.Services)).Definition],
            },
            world.Outbox, TimeProvider.System, new EngineOptions());
        await engine.Opener.OpenNightAsync(date, null, AnyDate.Meant, CancellationToken.None);
        await engine.WorkUntilIdleAsync(CancellationToken.None);
        return await world.OneAsync<long>(
            "SELECT id FROM run WHERE business_date = @date AND state = 'complete'", new { date });
    }

    // How many lines it has, and what it counts in all.
    private static async Task<(long Lines, string Outcomes)> LedgerAsync(PieceWorld world, long run) => (
        await world.OneAsync<long>("SELECT count(*) FROM item WHERE run_id = @run", new { run }),
        string.Join(", ", (await RunView.StepsAsync(world.Data, run, CancellationToken.None)).Single().Outcomes
            .Select(outcome => $"{outcome.Key} {outcome.Value}")));
}
