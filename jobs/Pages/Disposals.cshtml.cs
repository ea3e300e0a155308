using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Storage;

namespace MyNumber.Jobs.Pages;

/// <summary>Disposal lists and their two approvals (R47).</summary>
public sealed class DisposalsModel(NightServices services) : PageModel
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<DisposalList> Lists { get; private set; } = [];

    /// <summary>What was over a night's limit.</summary>
    public IReadOnlyList<WaitingNight> Waiting { get; private set; } = [];

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Lists = await Disposals.ListAsync(services, cancellation);
        Waiting = await DestructionRelease.WaitingAsync(services.Database, cancellation);
    }

    /// <summary>The cards of one list, when somebody opens it.</summary>
    public async Task<IActionResult> OnGetCardsAsync(string list, CancellationToken cancellation) =>
        Partial("_DisposalCards", await Disposals.CardsAsync(services, list, cancellation));

    /// <summary>One person releases what was over a night's limit; the next night does it.</summary>
    public async Task<IActionResult> OnPostReleaseAsync(string? since, string? reason, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(reason)
            || !DateOnly.TryParseExact(since, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var night))
        {
            TempData["Refused"] = "A reason is needed.";
            return Redirect("/disposals");
        }

        var (done, sentence) = await DestructionRelease.ApproveAsync(
            services.Database, night, new Because(User.Identity!.Name!, reason.Trim()), services.Clock.GetUtcNow(), cancellation) switch
        {
            ReleaseOutcome.First => (true, "Noted. Another person must release it, too."),
            ReleaseOutcome.Released => (true, "Released by two people: the next night does it."),
            ReleaseOutcome.SamePerson => (false, "You released it before; another person must."),
            _ => (false, "Nothing waits since that night."),
        };
        TempData[done ? "Done" : "Refused"] = sentence;
        return Redirect("/disposals");
    }

    /// <summary>One person's approval.</summary>
    public async Task<IActionResult> OnPostAsync(string? list, string? reason, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(reason) || string.IsNullOrWhiteSpace(list))
        {
            TempData["Refused"] = "A reason is needed.";
            return Redirect("/disposals");
        }

        var (done, sentence) = await Disposals.ApproveAsync(services, list, User.Identity!.Name!, reason.Trim(), cancellation) switch
        {
            DisposalOutcome.First => (true, "Noted. Another person must approve it, too."),
            DisposalOutcome.Approved => (true, "Approved by two people: the list lies in the outbox."),
            DisposalOutcome.Withdrawn => (true, "Nothing on this list may be disposed of any more: it was withdrawn."),
            DisposalOutcome.SamePerson =>
                (false, "Another person must: you approved it before, or one of your accounts made or changed the other."),
            _ => (false, "This list is not open any more."),
        };
        TempData[done ? "Done" : "Refused"] = sentence;
        return Redirect("/disposals");
    }
}
