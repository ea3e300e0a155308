using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch;
using MyNumber.Batch.Recovery;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Batch.Runs.Operators;
using MyNumber.Batch.Status;

namespace MyNumber.Jobs.Pages;

/// <summary>One step as the page shows it.</summary>
/// <param name="StartedAt">UTC.</param>
/// <param name="ClosedAt">UTC.</param>
/// <param name="Parts">Parts of all acts, split ones left out.</param>
/// <param name="Failed">Waiting for a person.</param>
public sealed record StepRow(
    int Ordinal, string Name, string State, DateTime? StartedAt, DateTime? ClosedAt, long Parts, long Done, long Failed)
{
    /// <summary>How long it took, or has taken so far.</summary>
    public string Took { get; init; } = "";
}

/// <summary>How many items of a step came to an outcome.</summary>
/// <param name="Ordinal">The step.</param>
/// <param name="Outcome">Stable code.</param>
public sealed record ItemRow(int Ordinal, string Outcome, long Count);

/// <summary>A part that failed.</summary>
/// <param name="Id">Its number.</param>
/// <param name="ErrorClass">SQLSTATE or type.</param>
/// <param name="ErrorText">Our own sentence.</param>
public sealed record FailedPartRow(long Id, string Step, string Act, string? ErrorClass, string? ErrorText);

/// <summary>What of a night changes while it runs.</summary>
/// <param name="Night">The run.</param>
/// <param name="Items">By step and outcome.</param>
public sealed record NightLive(
    NightRow Night, IReadOnlyList<StepRow> Steps, IReadOnlyList<ItemRow> Items, IReadOnlyList<FailedPartRow> Failed)
{
    /// <summary>How fast the open step goes; null where none is open.</summary>
    public StepPace? Pace { get; init; }
}

/// <summary>One night: its steps live, what failed, every law, what waits for whom, every count.</summary>
public sealed class NightModel(NightServices services, RunEngine engine) : PageModel
{
    /// <summary>Failed parts shown at most.</summary>
    public const int FailedMax = 100;

    /// <summary>The run.</summary>
    public NightRow Night => Live.Night;

    /// <summary>What changes while it runs.</summary>
    public NightLive Live { get; private set; } = null!;

    /// <summary>It is complete and holds up every night until its date.</summary>
    public bool LiesAfterToday => Night.State == "complete"
        && Night.BusinessDate > DateOnly.FromDateTime(services.Clock.GetUtcNow().ToOffset(NightHours.Japan).DateTime);

    /// <summary>What running all failed parts again would do.</summary>
    public RerunPlan Plan { get; private set; } = null!;

    /// <summary>The same as a sentence.</summary>
    public string WhatRerunDoes
    {
        get
        {
            var parts = Plan.Parts.Count == 0
                ? "The night takes up where it was stopped."
                : string.Join(" ", Plan.Parts.Take(3).Select(
                    planned => $"Part {planned.Part.Id} of {planned.Part.Step}: {planned.Effect}"));
            var more = Plan.Parts.Count > 3 ? $" So for {Plan.Parts.Count - 3} more parts." : "";
            var untried = Plan.NotTried > 0 ? $" {Plan.NotTried} parts that were not tried yet go on too." : "";
            return $"{parts}{more}{untried} Parts that are done stay as they are.";
        }
    }

    /// <summary>Laws, waits and counts, as of now.</summary>
    public NightSummary Summary { get; private set; } = null!;

    /// <summary>The page.</summary>
    public async Task<IActionResult> OnGetAsync(string date, CancellationToken cancellation)
    {
        if (await LoadAsync(date, cancellation) is not { } live)
        {
            return NotFound();
        }

        Live = live;
        Plan = await new OperatorActs(engine).PlanRerunAsync(live.Night.Id, null, cancellation);
        Summary = await Batch.Night.ReportOf(services).LoadAsync(
            new RunInfo(live.Night.Id, "night", live.Night.BusinessDate, ""), cancellation);
        return Page();
    }

    /// <summary>The steps alone, for htmx.</summary>
    public async Task<IActionResult> OnGetLiveAsync(string date, CancellationToken cancellation) =>
        await LoadAsync(date, cancellation) is { } live ? Partial("_Steps", live) : NotFound();

    /// <summary>All failed parts again; a stopped night goes on.</summary>
    public Task<IActionResult> OnPostRerunAsync(string date, string? reason, CancellationToken cancellation) =>
        ActAsync(date, reason, async (run, because) =>
        {
            var parts = await new OperatorActs(engine).RerunAsync(run, null, because, cancellation);
            return $"The night goes on; {parts} failed parts are ready again.";
        }, cancellation);

    /// <summary>No part is taken up from now on.</summary>
    public Task<IActionResult> OnPostStopAsync(string date, string? reason, CancellationToken cancellation) =>
        ActAsync(date, reason, async (run, because) =>
        {
            await new OperatorActs(engine).StopAsync(run, because, cancellation);
            return "The night is stopped; parts in hand are finished.";
        }, cancellation);

    /// <summary>Gives the night up; the date is typed again, so that nobody does it by one click.</summary>
    public Task<IActionResult> OnPostAbandonAsync(string date, string? sure, string? reason, CancellationToken cancellation) =>
        ActAsync(date, reason, async (run, because) =>
        {
            if (sure?.Trim() != date)
            {
                throw new OperatorRefusedException($"Nothing was abandoned: the date to type is {date}.");
            }

            await new OperatorActs(engine).AbandonAsync(run, because, cancellation);
            return "The night is abandoned; the next night finds what it has not done.";
        }, cancellation);

    /// <summary>One of two people says that a complete night after today was a mistake.</summary>
    public Task<IActionResult> OnPostSetAsideAsync(string date, string? sure, string? reason, CancellationToken cancellation) =>
        ActAsync(date, reason, async (run, because) => sure?.Trim() != date
            ? throw new OperatorRefusedException($"Nothing was set aside: the date to type is {date}.")
            : await NightsSetAside.DeclareAsync(services, run, because, cancellation) switch
            {
                SetAsideOutcome.First => "Noted. Another person must set it aside, too.",
                SetAsideOutcome.SetAside => "The night is set aside: its date no longer counts.",
                SetAsideOutcome.SamePerson => throw new OperatorRefusedException("You said so before; another person must."),
                _ => throw new OperatorRefusedException("Only a complete night that lies after today can be set aside."),
            }, cancellation);

    private async Task<IActionResult> ActAsync(
        string date, string? reason, Func<long, Because, Task<string>> act, CancellationToken cancellation)
    {
        if (await LoadAsync(date, cancellation) is not { } live)
        {
            return NotFound();
        }

        try
        {
            TempData["Done"] = string.IsNullOrWhiteSpace(reason)
                ? throw new OperatorRefusedException("A reason is needed.")
                : await act(live.Night.Id, new Because(User.Identity!.Name!, reason.Trim()));
        }
        catch (OperatorRefusedException refused)
        {
            TempData["Refused"] = refused.Message;
        }

        return Redirect($"/nights/{date}");
    }

    private async Task<NightLive?> LoadAsync(string date, CancellationToken cancellation)
    {
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return null;
        }

        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        var night = await connection.QueryFirstOrDefaultAsync<NightRow>(Of(NightSql, new { day }, cancellation));
        if (night is null)
        {
            return null;
        }

        var run = new { run = night.Id, max = FailedMax };
        var now = services.Clock.GetUtcNow();
        return new NightLive(
            night with { Took = Show.Duration(night.OpenedAt, night.CompletedAt, now) },
            [.. (await connection.QueryAsync<StepRow>(Of(StepsSql, run, cancellation))).Select(step =>
                step with { Took = Show.Duration(step.StartedAt, step.ClosedAt ?? night.CompletedAt, now) })],
            [.. await connection.QueryAsync<ItemRow>(Of(ItemsSql, run, cancellation))],
            [.. await connection.QueryAsync<FailedPartRow>(Of(FailedSql, run, cancellation))])
        {
            Pace = night.State is "running" or "stopped" ? await StepPace.LoadAsync(engine, night.Id, cancellation) : null,
        };
    }

    private static CommandDefinition Of(string sql, object parameters, CancellationToken cancellation) =>
        new(sql, parameters, cancellationToken: cancellation);

    private const string NightSql = """
        SELECT run.id, run.kind, run.business_date AS businessdate, run.state, run.opened_at AS openedat,
          run.completed_at AS completedat,
          (SELECT count(*) FROM step WHERE run_id = run.id) AS steps,
          (SELECT count(*) FROM step WHERE run_id = run.id AND state = 'closed') AS closed,
          (SELECT count(*) FROM part JOIN step ON step.id = part.step_id WHERE run_id = run.id AND part.state = 'failed') AS failed
        FROM run WHERE kind = 'night' AND business_date = @day ORDER BY state = 'set-aside', id DESC
        """;

    private const string StepsSql = """
        SELECT step.ordinal, step.name, step.state, step.started_at AS startedat, step.closed_at AS closedat,
          count(part.id) FILTER (WHERE part.state <> 'split') AS parts,
          count(part.id) FILTER (WHERE part.state IN ('done', 'skipped')) AS done,
          count(part.id) FILTER (WHERE part.state = 'failed') AS failed
        FROM step LEFT JOIN part ON part.step_id = step.id
        WHERE step.run_id = @run GROUP BY step.id ORDER BY step.ordinal
        """;

    private const string ItemsSql = """
        SELECT step_ordinal AS ordinal, outcome, count(*) AS count FROM item WHERE run_id = @run
        GROUP BY step_ordinal, outcome ORDER BY step_ordinal, outcome COLLATE "C"
        """;

    private const string FailedSql = """
        SELECT part.id, step.name AS step, part.act, part.error_class AS errorclass, part.error_text AS errortext
        FROM part JOIN step ON step.id = part.step_id
        WHERE step.run_id = @run AND part.state = 'failed' ORDER BY part.id LIMIT @max
        """;
}
