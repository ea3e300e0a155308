using System.Net;
using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Jobs.Hosting;

namespace MyNumber.Jobs.Web;

/// <summary>
/// `/metrics` for Prometheus: the state of all runs, read from the rows. Not open to the world: this machine alone, unless
/// `metrics:token` is set; then whoever sends it, and nobody else.
/// </summary>
public static class Metrics
{
    private const string Path = "/metrics";

    /// <summary>Offers it.</summary>
    public static void UseMetrics(this WebApplication app, RunEngine engine)
    {
        ArgumentNullException.ThrowIfNull(app);
        var token = app.Configuration["metrics:token"];
        var gauges = new RunGauges(engine);
        var meters = Telemetry.ForScraping();
        app.Lifetime.ApplicationStopped.Register(() =>
        {
            meters.Dispose();
            gauges.Dispose();
        });
        app.UseWhen(context => context.Request.Path.Equals(Path, StringComparison.Ordinal), branch =>
        {
            branch.Use((context, next) => MayScrape(context, token) ? next(context) : RefuseAsync(context));
            branch.UseOpenTelemetryPrometheusScrapingEndpoint(meters, _ => true, null, null, null);
        });
    }

    private static bool MayScrape(HttpContext context, string? token)
    {
        if (!string.IsNullOrEmpty(token))
        {
            var sent = Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString());
            return CryptographicOperations.FixedTimeEquals(sent, Encoding.UTF8.GetBytes($"Bearer {token}"));
        }

        // What a proxy on this machine hands on comes from somewhere else.
        var handedOn = context.Request.Headers.Keys.Any(name =>
            name.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase) || name.Equals("Via", StringComparison.OrdinalIgnoreCase));
        return !handedOn && context.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("Metrics are for this machine, or for whoever sends the token of metrics:token.\n");
    }
}
