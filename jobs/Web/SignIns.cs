using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using MyNumber.Batch.People;
using MyNumber.Jobs.People;
using Npgsql;

namespace MyNumber.Jobs.Web;

/// <summary>What a signed-in person's cookie says, and when it stops to count.</summary>
public static class SignIns
{
    /// <summary>Present while a one-time password was not changed yet.</summary>
    public const string OneTimeClaim = "one-time";

    /// <summary>The policy of pages for everybody who is signed in, even with a one-time password.</summary>
    public const string SignedInPolicy = "signed-in";

    // People of an OpenID Connect provider have no local account to look at.
    private const string LocalClaim = "local";
    private const string VersionClaim = "version";

    /// <summary>The cookie's content for a local account.</summary>
    public static ClaimsPrincipal Principal(Account account)
    {
        var claims = new List<Claim>
        {
            new(ClaimTypes.Name, account.Person), new(LocalClaim, "1"), new(VersionClaim, $"{account.Version}"),
        };
        claims.AddRange(account.Roles.Select(role => new Claim(ClaimTypes.Role, role)));
        if (account.OneTime)
        {
            claims.Add(new Claim(OneTimeClaim, "1"));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    /// <summary>
    /// Looks at the account at every request: access taken away, other roles and another password end a session at once.
    /// </summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is not { Identity.Name: { } person } principal || !principal.HasClaim(LocalClaim, "1"))
        {
            return;
        }

        var accounts = context.HttpContext.RequestServices.GetRequiredService<Accounts>();
        var account = await accounts.FindAsync(person, context.HttpContext.RequestAborted);
        if (account is null || account.Disabled || !principal.HasClaim(VersionClaim, $"{account.Version}"))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync();
        }
    }

    /// <summary>
    /// A provider's person gets the name in its normal form, as accounts have it: one person is one name everywhere. Where this
    /// home's account of that name is disabled, so is this.
    /// </summary>
    public static async Task NormaliseAsync(TokenValidatedContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var services = context.HttpContext.RequestServices;
        var cancellation = context.HttpContext.RequestAborted;
        var identity = (ClaimsIdentity)context.Principal!.Identity!;
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellation);
        var name = await PersonName.ReadAsync(connection, null, identity.Name, cancellation);
        var account = await services.GetRequiredService<Accounts>().FindAsync(name.Plain.Split('@')[0], cancellation);
        if (name.Plain.Length == 0 || account?.Disabled == true)
        {
            context.Fail(name.Plain.Length == 0 ? "The provider gives no name." : "The account of this name is disabled.");
            return;
        }

        foreach (var claim in identity.FindAll(identity.NameClaimType).ToList())
        {
            identity.RemoveClaim(claim);
        }

        identity.AddClaim(new Claim(identity.NameClaimType, name.Plain));
    }

    /// <summary>True where this person may do an act of the table.</summary>
    public static bool May(this ClaimsPrincipal person, Act act)
    {
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(act);
        return act.May switch
        {
            Batch.People.May.Anybody => true,
            Batch.People.May.SignedIn => person.Identity?.IsAuthenticated == true,
            Batch.People.May.HasRole => act.Roles.Any(person.IsInRole) && !person.HasClaim(OneTimeClaim, "1"),
            _ => false,
        };
    }

    /// <summary>True where this person may do the act of this code.</summary>
    public static bool May(this ClaimsPrincipal person, string act) => person.May(Acts.Of(act));

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
