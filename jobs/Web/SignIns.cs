using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace MyNumber.Jobs.Web;

/// <summary>What a signed-in person's cookie says, and when it stops to count.</summary>
public static class SignIns
{
    /// <summary>Present while a one-time password was not changed yet.</summary>
    public const string OneTimeClaim = "one-time";

    // People of an OpenID Connect provider have no local account to look at.
    private const string LocalClaim = "local";

    /// <summary>The cookie's content for a local account.</summary>
    public static ClaimsPrincipal Principal(Account account)
    {
        var claims = new List<Claim>
        {
            new(ClaimTypes.Name, account.Person), new(ClaimTypes.Role, account.Role), new(LocalClaim, "1"),
        };
        if (account.OneTime)
        {
            claims.Add(new Claim(OneTimeClaim, "1"));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    /// <summary>Looks at the account at every request: access taken away ends a session at once.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is not { Identity.Name: { } person } principal || !principal.HasClaim(LocalClaim, "1"))
        {
            return;
        }

        var accounts = context.HttpContext.RequestServices.GetRequiredService<Accounts>();
        var account = await accounts.FindAsync(person, context.HttpContext.RequestAborted);
        if (account is null || account.Disabled || !principal.IsInRole(account.Role))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync();
        }
    }

    /// <summary>Sends whoever still has a one-time password to the page that changes it.</summary>
    public static Task PasswordFirstAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        var mayPass = path.StartsWithSegments("/password") || path.StartsWithSegments("/signout")
            || path.StartsWithSegments("/inquiry");
        if (context.User.HasClaim(OneTimeClaim, "1") && !mayPass)
        {
            context.Response.Redirect("/password");
            return Task.CompletedTask;
        }

        return next(context);
    }
}
