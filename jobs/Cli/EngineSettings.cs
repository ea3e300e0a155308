using System.Globalization;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// The engine's options: the hours of nights (section `night`), what counts as an alert (section `alerts`), and what only
/// tests set: `MYNUMBER_FAULT` names the folder in which fault points are armed, `MYNUMBER_GUARDS_OFF` switches guards off
/// (`fence`, `counter`, `stagedName`), `MYNUMBER_LEASE_MS` shortens the lease. These are refused in production.
/// </summary>
public static class EngineSettings
{
    /// <summary>Reads them.</summary>
    /// <exception cref="UsageException">One is set in production, or cannot be read.</exception>
    public static EngineOptions Read(Settings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var off = Environment.GetEnvironmentVariable("MYNUMBER_GUARDS_OFF");
        var lease = Environment.GetEnvironmentVariable("MYNUMBER_LEASE_MS");
        if (settings.Policy.Production && (FaultPoints.AnyArmed || off is not null || lease is not null))
        {
            throw new UsageException("Fault points, switched-off guards and short leases are for tests: unset them in production.");
        }

        var alerts = settings.Alerts;
        var options = new EngineOptions
        {
            Nights = Nights(settings.Configuration),
            RemindAfter = alerts.RemindAfter,
            StragglerFactor = alerts.StragglerFactor,
            StragglerMin = alerts.StragglerMin,
            ActMax = ActMax(settings.Configuration),
        };
        if (off is not null)
        {
            options = options with
            {
                GuardsOff = Enum.TryParse<GuardsOff>(off, ignoreCase: true, out var guards)
                    ? guards
                    : throw new UsageException("MYNUMBER_GUARDS_OFF takes fence, counter, stagedName."),
            };
        }

        return lease is null ? options : WithLease(options, int.Parse(lease, CultureInfo.InvariantCulture));
    }

    private static TimeSpan ActMax(IConfiguration configuration) => configuration["night:actMax"] switch
    {
        null or "" => new EngineOptions().ActMax,
        var set when TimeSpan.TryParse(set, CultureInfo.InvariantCulture, out var max) && max > TimeSpan.Zero => max,
        _ => throw new UsageException("Setting night:actMax cannot be read: a time as hh:mm:ss."),
    };

    private static NightHours Nights(IConfiguration configuration)
    {
        try
        {
            var nights = configuration.GetSection("night").Get<NightHours>() ?? new NightHours();
            return nights.StartTolerance >= TimeSpan.Zero && nights.EndsBy != nights.Begins
                ? nights
                : throw new UsageException("Settings night:startTolerance and night:endsBy: not negative, and not the hour at which nights begin.");
        }
        catch (InvalidOperationException refused)
        {
            throw new UsageException($"A setting below night cannot be read (hours are hh:mm): {refused.Message}");
        }
    }

    private static EngineOptions WithLease(EngineOptions options, int leaseMs) => options with
    {
        Lease = TimeSpan.FromMilliseconds(leaseMs),
        HeartbeatInterval = TimeSpan.FromMilliseconds(leaseMs / 4.0),
    };
}
