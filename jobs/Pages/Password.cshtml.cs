using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Jobs.People;
using MyNumber.Jobs.Web;

namespace MyNumber.Jobs.Pages;

/// <summary>Changes one's own password; the first thing after a one-time password.</summary>
public sealed class PasswordModel(Accounts accounts) : PageModel
{
    /// <summary>Why the last try was refused.</summary>
    public string? Refused { get; private set; }

    /// <summary>Takes the new password twice.</summary>
    public async Task<IActionResult> OnPostAsync(string? password, string? again, CancellationToken cancellation)
    {
        var person = User.Identity!.Name!;
        try
        {
            await accounts.ChangePasswordAsync(
                person, password == again ? password ?? "" : throw new OperatorRefusedException("The two do not agree."), cancellation);
        }
        catch (OperatorRefusedException refused)
        {
            Refused = refused.Message;
            return Page();
        }

        if (await accounts.FindAsync(person, cancellation) is { } account)
        {
            await HttpContext.SignInAsync(SignIns.Principal(account));
        }

        TempData["Done"] = "Your password is changed.";
        return Redirect("/");
    }
}
