using System.Globalization;
using MyNumber.Batch;
using MyNumber.Batch.Runs;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// The engine's options. Only tests set any: `MYNUMBER_FAULT` names the folder in which fault points are armed,
/// `MYNUMBER_GUARDS_OFF` switches guards off (`fence`, `counter`, `stagedName`), `MYNUMBER_LEASE_MS` shortens the lease.
/// All of them are refused in production.
/// </summary>
public static class EngineSettings
{
    /// <summary>Reads them.</summary>
    /// <exception cref="UsageException">One is set in production, or cannot be read.</exception>
    public static EngineOptions Read(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var off = Environment.GetEnvironmentVariable("MYNUMBER_GUARDS_OFF");
        var lease = Environment.GetEnvironmentVariable("MYNUMBER_LEASE_MS");
        if (policy.Production && (FaultPoints.AnyArmed || off is not null || lease is not null))
        {
            throw new UsageException("Fault points, switched-off guards and short leases are for tests: unset them in production.");
        }

        var options = new EngineOptions();
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

    private static EngineOptions WithLease(EngineOptions options, int leaseMs) => options with
    {
        Lease = TimeSpan.FromMilliseconds(leaseMs),
        Beat = TimeSpan.FromMilliseconds(leaseMs / 4.0),
    };
}
