using Hangfire;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Jobs.Cli;
using MyNumber.Jobs.Hosting;
using MyNumber.Jobs.People;
using Serilog;

namespace MyNumber.Jobs.Web;

/// <summary>The web host of `serve`: operator pages, inquiry, Hangfire's dashboard. It decides nothing that batch could.</summary>
public static class WebHost
{
    /// <summary>Where the pages are unless told otherwise: this machine only.</summary>
    public const string UrlsDefault = "http://127.0.0.1:5080";

    /// <summary>Builds the host; the caller starts it.</summary>
    /// <param name="settings">All settings; `web:oidc` switches OpenID Connect on.</param>
    /// <param name="services">What steps and pages need.</param>
    /// <param name="urls">Addresses to listen on.</param>
    public static WebApplication Build(Settings settings, RunEngine engine, NightServices services, string urls)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
            EnvironmentName = "Production",
        });
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 64 * 1024;
        });
        // A name that somebody else's DNS points at this machine must not open the pages.
        builder.Configuration["AllowedHosts"] = settings.Configuration["web:hosts"] ?? "localhost;127.0.0.1;[::1]";
        builder.Logging.ClearProviders();
        builder.Services.AddSerilog();
        AddOwn(builder.Services, engine, services);
        AddSignIn(builder.Services, settings);
        var connectionString = HomeDatabase.ConnectionString(services.Home, settings.Connection);
        AddHangfire(builder.Services, connectionString);
        builder.Services.AddHealth(engine, services.Home, connectionString);
        var app = builder.Build();
        Use(app, engine);
        return app;
    }

    private static void AddOwn(IServiceCollection collection, RunEngine engine, NightServices services)
    {
        collection.AddSingleton(engine);
        collection.AddSingleton(services);
        collection.AddSingleton(services.Database);
        collection.AddSingleton(services.Policy);
        collection.AddSingleton(services.Ids);
        collection.AddSingleton(services.Clock);
        collection.AddSingleton<Accounts>();
        collection.AddSingleton<GuessGuard>();
        collection.AddSingleton<Inquiry>();
        collection.AddDataProtection()
            .SetApplicationName("mynumber")
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(services.Home.Keys, "web")));
        collection.AddRazorPages(options =>
        {
            options.RootDirectory = "/Pages";
            options.Conventions.AllowAnonymousToPage("/Inquiry");
            options.Conventions.AllowAnonymousToPage("/SignIn");
            options.Conventions.AllowAnonymousToPage("/Error");
            options.Conventions.AuthorizePage("/Password", SignIns.SignedInPolicy);
            options.Conventions.AuthorizePage("/SignOut", SignIns.SignedInPolicy);
            options.Conventions.AuthorizePage("/Part", Acts.SeeParts);
            options.Conventions.AuthorizePage("/ReviewItem", Acts.SeeCrops);
            options.Conventions.AuthorizePage("/Audit", Acts.SeeAudit);
            options.Conventions.AuthorizePage("/People", Acts.SeePeople);
            options.Conventions.ConfigureFilter(new ActFilter());
        });
        collection.AddAntiforgery(options => options.Cookie.Name = "mynumber-forms");
    }

    private static void AddSignIn(IServiceCollection collection, Settings settings)
    {
        var oidc = settings.Configuration.GetSection("web:oidc");
        var authentication = collection.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options =>
            {
                options.Cookie.Name = "mynumber";
                options.Cookie.SameSite = oidc.Exists() ? SameSiteMode.Lax : SameSiteMode.Strict;
                options.Cookie.HttpOnly = true;
                options.ExpireTimeSpan = TimeSpan.FromMinutes(30);
                options.SlidingExpiration = true;
                options.LoginPath = "/signin";
                options.LogoutPath = "/signout";
                options.AccessDeniedPath = "/error/403";
                options.Events.OnValidatePrincipal = SignIns.ValidateAsync;
            });
        if (oidc.Exists())
        {
            authentication.AddOpenIdConnect(options =>
            {
                oidc.Bind(options);
                options.ResponseType = "code";
                options.UsePkce = true;
                options.TokenValidationParameters.NameClaimType = oidc["NameClaim"] ?? "preferred_username";
                options.TokenValidationParameters.RoleClaimType = oidc["RoleClaim"] ?? "roles";
                options.Events.OnTokenValidated = SignIns.NormaliseAsync;
            });
        }

        var signedIn = new AuthorizationPolicyBuilder().RequireAuthenticatedUser();
        var settled = new AuthorizationPolicyBuilder().RequireAuthenticatedUser()
            .RequireAssertion(context => !context.User.HasClaim(SignIns.OneTimeClaim, "1"));
        var authorization = collection.AddAuthorizationBuilder()
            .AddPolicy(SignIns.SignedInPolicy, signedIn.Build())
            .SetDefaultPolicy(settled.Build())
            .SetFallbackPolicy(settled.Build());
        // What is seen only with a role: a policy for each of its lines in the table, named as the act.
        foreach (var act in Acts.Table.Where(act => act.May == May.HasRole))
        {
            authorization.AddPolicy(
                act.Name, new AuthorizationPolicyBuilder(settled.Build()).RequireAssertion(context => context.User.May(act)).Build());
        }
    }

    // Only the dashboard: jobs are worked in child processes (Hosting), never in the pages' process.
    private static void AddHangfire(IServiceCollection collection, string connectionString) =>
        collection.AddHangfire(configuration => configuration.UseStorage(HangfireStorage.Open(connectionString)));

    private static void Use(WebApplication app, RunEngine engine)
    {
        app.UseSecurityHeaders();
        app.UseExceptionHandler("/error/500");
        app.UseStatusCodePagesWithReExecute("/error/{0}");
        app.UseMetrics(engine);
        app.UseStaticFiles();
        app.UseRouting();
        app.UseAuthentication();
        app.Use(SignIns.PasswordFirstAsync);
        app.UseAuthorization();
        app.MapRazorPages();
        app.MapHealth();
        app.MapHangfireDashboard("/hangfire", new DashboardOptions
        {
            // ASP.NET's own policy guards the path; Hangfire's default filter would only look for loopback.
            Authorization = [],
            IsReadOnlyFunc = context => !context.GetHttpContext().User.May("rerun"),
            DisplayStorageConnectionString = false,
            AppPath = "/",
            DashboardTitle = "Hangfire",
        }).RequireAuthorization(Acts.SeeAudit);
    }
}
