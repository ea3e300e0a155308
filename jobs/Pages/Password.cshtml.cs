using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Jobs.Web;

namespace MyNumber.Jobs.Pages;

/// <summary>Changes one's own password; the first thing after a one-time password.</summary>
/// <param name="accounts">Local accounts.</param>
public sealed class PasswordModel(Accounts accounts) : PageModel
{
    /// <summary>Why the last try was refused.</summary>
    public string? Refused { get; private set; }

    /// <summary>Takes the new password twice.</summary>
    public async Task<IActionResult> OnPostAsync(string? password, string? again, CancellationToken cancellation)
    {
        if (password is null || password.Length < Accounts.PasswordLengthMin || password != again)
        {
            Refused = password != again
                ? "The two do not agree."
                : $"Take {Accounts.PasswordLengthMin} characters or more.";
            return Page();
        }

        var person = User.Identity!.Name!;
        await accounts.ChangePasswordAsync(person, password, cancellation);
        if (await accounts.FindAsync(person, cancellation) is { } account)
        {
            await HttpContext.SignInAsync(SignIns.Principal(account));
        }

        TempData["Done"] = "Your password is changed.";
        return Redirect("/");
    }
}
