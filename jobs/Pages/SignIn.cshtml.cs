using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Jobs.People;
using MyNumber.Jobs.Web;

namespace MyNumber.Jobs.Pages;

/// <summary>Signs a person in: by local account, or by OpenID Connect where a provider is configured.</summary>
/// <param name="guard">Slows guessing down.</param>
public sealed class SignInModel(Accounts accounts, GuessGuard guard, IConfiguration configuration) : PageModel
{
    /// <summary>Why the last try was refused; null at first.</summary>
    public string? Refused { get; private set; }

    /// <summary>A provider is configured: there are no local accounts.</summary>
    public bool OpenIdConnect => configuration.GetSection("web:oidc").Exists();

    /// <summary>Name and password.</summary>
    public async Task<IActionResult> OnPostAsync(string? person, string? password, string? returnUrl, CancellationToken cancellation)
    {
        // By name, so that one name cannot be guessed from many places; by place, so that one cannot try many names.
        string[] callers = [$"name|{person}", $"from|{HttpContext.Connection.RemoteIpAddress}"];
        if (OpenIdConnect || !callers.All(guard.Allows))
        {
            Refused = "Too many tries. Wait a minute, then try again.";
            return Page();
        }

        var (outcome, account) = await accounts.CheckAsync(person, password, cancellation);
        if (account is null)
        {
            Array.ForEach(callers, guard.Wrong);
            Refused = outcome == PasswordOutcome.TooMany
                ? "Too many tries. Wait a minute, then try again."
                : "Name and password do not fit.";
            return Page();
        }

        await HttpContext.SignInAsync(SignIns.Principal(account));
        return LocalRedirect(account.OneTime ? "/password" : Url.IsLocalUrl(returnUrl) ? returnUrl : "/");
    }

    /// <summary>Off to the provider.</summary>
    public IActionResult OnPostOpenId(string? returnUrl) => OpenIdConnect
        ? Challenge(
            new AuthenticationProperties { RedirectUri = Url.IsLocalUrl(returnUrl) ? returnUrl : "/" },
            OpenIdConnectDefaults.AuthenticationScheme)
        : Page();
}
