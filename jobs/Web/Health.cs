using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Jobs.Cli;

namespace MyNumber.Jobs.Web;

/// <summary>
/// `/health/live`: the process answers. `/health/ready`: it can do its work, and the nights keep their hours; JSON with a
/// reason for each check, 503 where one fails. Anybody may ask, so nothing here names a person or a place.
/// </summary>
public static class Health
{
    private const long FreeBytesMin = 100_000_000;
    private static readonly TimeSpan CheckMax = TimeSpan.FromSeconds(5);

    /// <summary>Registers the checks.</summary>
    public static void AddHealth(this IServiceCollection collection, RunEngine engine, Home home, string connectionString)
    {
        var checks = collection.AddHealthChecks();
        Add("database", async cancellation =>
        {
            await using var command = engine.Database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellation);
            return null;
        });
        Add("schema", async cancellation => await Migrator.IsDueAsync(connectionString, cancellation)
            ? "The schema is not the newest: run `mynumber migrate`."
            : null);
        Add("workers", async cancellation =>
        {
            await using var command = engine.Database.CreateCommand("SELECT EXISTS (SELECT FROM worker WHERE state = 'alive')");
            return await command.ExecuteScalarAsync(cancellation) is true ? null : "No worker process is alive.";
        });
        Add("home", _ => Task.FromResult(Unwritable(home)));
        Add("nights", async cancellation =>
            await new RunMonitor(engine).OverdueAsync(cancellation) is { Count: > 0 } overdue ? string.Join(' ', overdue) : null);

        void Add(string name, Func<CancellationToken, Task<string?>> reason) => checks.Add(new HealthCheckRegistration(
            name, _ => new Check(reason), HealthStatus.Unhealthy, tags: null, CheckMax));
    }

    /// <summary>Maps both.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new() { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static string? Unwritable(Home home)
    {
        foreach (var (name, folder) in new[]
        {
            ("home", home.Root), ("inbox", home.Inbox), ("outbox", home.Outbox), ("archive", home.Archive), ("store", home.Store),
            ("keys", home.Keys),
        })
        {
            if (!Durable.IsWritable(folder))
            {
                return $"The folder {name} is not there or cannot be written: check its rights and its disk.";
            }
        }

        var free = new DriveInfo(home.Root).AvailableFreeSpace;
        return free < FreeBytesMin ? $"Only {free / 1_000_000} MB are left on the home's disk: make room." : null;
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(
            new
            {
                Status = report.Status == HealthStatus.Healthy ? "ready" : "not-ready",
                Checks = report.Entries.Select(entry => new
                {
                    Name = entry.Key,
                    Ok = entry.Value.Status == HealthStatus.Healthy,
                    Reason = entry.Value.Description,
                }),
            },
            JsonLines.Options));
    }

    private sealed class Check(Func<CancellationToken, Task<string?>> reason) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                return await reason(cancellationToken) is { } bad ? HealthCheckResult.Unhealthy(bad) : HealthCheckResult.Healthy();
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy(Failures.IsOfDatabase(failed)
                    ? "The database does not answer."
                    : $"The check failed ({failed.GetType().Name}).");
            }
        }
    }
}
