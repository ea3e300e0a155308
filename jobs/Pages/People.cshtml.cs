using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Jobs.People;

namespace MyNumber.Jobs.Pages;

/// <summary>
/// Local accounts: an operator gives, changes and takes access, with a reason, audited. What counts as one of two people is
/// done by two operators, each of whom is shown one half of the one-time password.
/// </summary>
public sealed class PeopleModel(Accounts accounts) : PageModel
{
    /// <summary>By name.</summary>
    public IReadOnlyList<Account> Accounts { get; private set; } = [];

    /// <summary>What waits for a second operator.</summary>
    public IReadOnlyList<Proposal> Proposals { get; private set; } = [];

    /// <summary>The home is being set up: one operator suffices.</summary>
    public bool SettingUp { get; private set; }

    private string Me => User.Identity!.Name!;

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Accounts = await accounts.ListAsync(cancellation);
        Proposals = await accounts.ProposalsAsync(cancellation);
        SettingUp = await accounts.IsSettingUpAsync(cancellation);
    }

    /// <summary>Makes an account.</summary>
    public Task<IActionResult> OnPostAddAsync(string? person, string[] role, string? reason, CancellationToken cancellation) =>
        ChangeAsync(new(AccountAct.Add, person ?? "", role), reason, cancellation);

    /// <summary>Gives an account other roles.</summary>
    public Task<IActionResult> OnPostRoleAsync(string? person, string[] role, string? reason, CancellationToken cancellation) =>
        ChangeAsync(new(AccountAct.Role, person ?? "", role), reason, cancellation);

    /// <summary>Gives an account a new one-time password, and access again.</summary>
    public Task<IActionResult> OnPostResetAsync(string? person, string? reason, CancellationToken cancellation) =>
        ChangeAsync(new(AccountAct.Reset, person ?? "", []), reason, cancellation);

    /// <summary>Takes access away, not from oneself.</summary>
    public async Task<IActionResult> OnPostDisableAsync(string? person, string? reason, CancellationToken cancellation)
    {
        var name = await accounts.DisableAsync(person ?? "", Me, Required(reason), cancellation);
        TempData["Done"] = $"{name} has no access any more.";
        return Redirect("/people");
    }

    private async Task<IActionResult> ChangeAsync(AccountChange change, string? reason, CancellationToken cancellation)
    {
        var outcome = await accounts.ChangeAsync(change, Me, Required(reason), Proof.Password, cancellation);
        TempData["Done"] = outcome.Sentence;
        if (outcome.SecretSentence is { } sentence)
        {
            TempData["SecretSentence"] = sentence;
            TempData["Secret"] = outcome.Secret;
        }

        return Redirect("/people");
    }

    private static string Required(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? throw new OperatorRefusedException("A reason is needed.") : reason.Trim();
}
