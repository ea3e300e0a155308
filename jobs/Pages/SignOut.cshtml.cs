using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyNumber.Jobs.Pages;

/// <summary>Signs out; by POST only, so that no link of somebody else's can do it.</summary>
public sealed class SignOutModel : PageModel
{
    /// <summary>Nothing to see here.</summary>
    public IActionResult OnGet() => Redirect("/");

    /// <summary>Ends the session.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        await HttpContext.SignOutAsync();
        return Redirect("/signin");
    }
}
