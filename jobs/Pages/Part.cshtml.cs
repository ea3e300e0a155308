using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Batch.Runs.Operators;

namespace MyNumber.Jobs.Pages;

/// <summary>One failed part: says what a re-run or a skip would do, asks for a reason, does it; audited.</summary>
public sealed class PartModel(RunEngine engine) : PageModel
{
    /// <summary>The part.</summary>
    public PartView Part { get; private set; } = null!;

    /// <summary>What a re-run would do; null where there is nothing to run again.</summary>
    public RerunPlan? Plan { get; private set; }

    /// <summary>The page: what would happen.</summary>
    public async Task<IActionResult> OnGetAsync(long id, CancellationToken cancellation)
    {
        if (await new OperatorActs(engine).PartAsync(id, cancellation) is not { } part)
        {
            return NotFound();
        }

        Part = part;
        if (part.State == "failed")
        {
            var plan = await new OperatorActs(engine).PlanRerunAsync(part.RunId, id, cancellation);
            // None where its run was abandoned meanwhile.
            Plan = plan.Parts.Count > 0 ? plan : null;
        }

        return Page();
    }

    /// <summary>Runs it again, whole or only some of its items.</summary>
    public Task<IActionResult> OnPostRerunAsync(long id, string? reason, string? items, CancellationToken cancellation) =>
        ActAsync(id, reason, async because =>
        {
            var keys = (items ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            await new OperatorActs(engine).RerunPartAsync(id, keys.Length > 0 ? keys : null, because, cancellation);
            return $"Part {id} is ready again; a worker takes it within seconds.";
        }, cancellation);

    /// <summary>Skips it: its items are held.</summary>
    public Task<IActionResult> OnPostSkipAsync(long id, string? reason, CancellationToken cancellation) =>
        ActAsync(id, reason, async because =>
            $"Part {id} is skipped. {await new OperatorActs(engine).SkipAsync(id, because, cancellation)}",
            cancellation);

    private async Task<IActionResult> ActAsync(
        long id, string? reason, Func<Because, Task<string>> act, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            TempData["Refused"] = "A reason is needed.";
            return Redirect($"/parts/{id}");
        }

        try
        {
            TempData["Done"] = await act(new Because(User.Identity!.Name!, reason.Trim()));
        }
        catch (OperatorRefusedException refused)
        {
            TempData["Refused"] = refused.Message;
        }

        var part = await new OperatorActs(engine).PartAsync(id, cancellation);
        var run = part is null ? null : await RunView.FindAsync(engine.Database, part.RunId, null, cancellation);
        return Redirect(run is { Kind: "night" } ? $"/nights/{Show.Date(run.BusinessDate)}" : "/");
    }
}
