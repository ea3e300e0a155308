using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Jobs.Web;

namespace MyNumber.Jobs.Pages;

/// <summary>Local accounts: an operator gives and takes access, with a reason, audited.</summary>
/// <param name="accounts">Local accounts.</param>
public sealed class PeopleModel(Accounts accounts) : PageModel
{
    /// <summary>By name.</summary>
    public IReadOnlyList<Account> Accounts { get; private set; } = [];

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation) => Accounts = await accounts.ListAsync(cancellation);

    /// <summary>Gives access.</summary>
    public async Task<IActionResult> OnPostAddAsync(string? person, string? role, string? reason, CancellationToken cancellation)
    {
        var name = (person ?? "").Trim();
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            || !Roles.All.Contains(role) || string.IsNullOrWhiteSpace(reason))
        {
            TempData["Refused"] = "A name of letters and digits, a role and a reason are needed.";
        }
        else
        {
            TempData["Password"] = await accounts.AddAsync(name, role!, User.Identity!.Name!, reason.Trim(), cancellation);
            TempData["PasswordOf"] = name;
        }

        return Redirect("/people");
    }

    /// <summary>Takes access away, not from oneself.</summary>
    public async Task<IActionResult> OnPostDisableAsync(string? person, string? reason, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(person) || string.IsNullOrWhiteSpace(reason) || person == User.Identity!.Name)
        {
            TempData["Refused"] = "Somebody else's name and a reason are needed.";
        }
        else
        {
            await accounts.DisableAsync(person, User.Identity!.Name!, reason.Trim(), cancellation);
            TempData["Done"] = $"{person} has no access any more.";
        }

        return Redirect("/people");
    }
}
