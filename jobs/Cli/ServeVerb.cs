using System.CommandLine;
using MyNumber.Batch.Database;
using MyNumber.Jobs.Hosting;
using MyNumber.Jobs.People;
using MyNumber.Jobs.Web;

namespace MyNumber.Jobs.Cli;

/// <summary>`serve`: schedule, operator pages, worker processes as children.</summary>
public static class ServeVerb
{
    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Addresses to listen on, joined by semicolons. Unless told otherwise, this machine only.",
            HelpName = "URLS",
            DefaultValueFactory = _ => WebHost.UrlsDefault,
        };
        return new Command("serve", "Serves the operator pages and the inquiry, and runs the nights in time.") { urls }
            .Runs(async context =>
            {
                var services = await context.ServicesAsync();
                var engine = await context.EngineAsync();
                await HangfireStorage.PrepareAsync(
                    HomeDatabase.ConnectionString(context.Home, context.Settings.Connection), context.Cancellation);
                await using var app = WebHost.Build(context.Settings, engine, services, context.Get(urls)!);
                await using var monitor = new MonitorLoop(engine, context.Settings.Alerts.Channels(context.Home.Id));
                await using var workers = await WorkerPool.StartAsync(
                    engine, () => WorkCommand.Of(context.Home.Root), WorkCommand.Workers, context.Cancellation);
                using var schedule = new NightSchedule(engine, services);
                await schedule.StartAsync(context.Cancellation);
                await app.StartAsync(context.Cancellation);
                context.Error.WriteLine($"Serving at {string.Join(", ", app.Urls)}");
                await ShowFirstPasswordAsync(context, app.Services.GetRequiredService<Accounts>());
                await app.WaitForShutdownAsync(context.Cancellation);
                await schedule.StopAsync(CancellationToken.None);
                return ExitStatus.Done;
            });
    }

    // Once, on the terminal, and nowhere else: no log file holds it.
    private static async Task ShowFirstPasswordAsync(CliContext context, Accounts accounts)
    {
        if (context.Settings.Configuration.GetSection("web:oidc").Exists())
        {
            return;
        }

        if (await accounts.FirstStartAsync(context.Cancellation) is { } password)
        {
            context.Error.WriteLine($"First start. Sign in as {Accounts.FirstPerson} with this one-time password: {password}");
        }
    }
}
