using System.Diagnostics;
using System.Globalization;
using MyNumber.Jobs.Hosting;
using Npgsql;

namespace MyNumber.Tests.Bench;

/// <summary>One worker process over the empty steps, as the product runs it: Hangfire server, dispatcher, heartbeat.</summary>
internal static class EngineWorker
{
    public const string Verb = "engine-worker";

    public static async Task RunAsync(string[] args)
    {
        await using var database = NpgsqlDataSource.Create(args[1]);
        var night = new EmptyNight(int.Parse(args[3], CultureInfo.InvariantCulture),
            TimeSpan.FromMilliseconds(int.Parse(args[4], CultureInfo.InvariantCulture)))
        {
            HoldsFirst = bool.Parse(args[5]),
        };
        await new WorkerProcess(night.Engine(database, args[2]), args[1])
            .RunAsync(Console.OpenStandardInput(), CancellationToken.None);
    }

    /// <summary>How a worker process is started; it drains when its standard input ends.</summary>
    public static ProcessStartInfo Start(BenchHome home, int parts, int workMs, bool holdsFirst)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            Environment = { ["DOTNET_TieredPGO"] = "0" },
        };
        foreach (var argument in new[]
        {
            Verb, home.ConnectionString, home.Home.Outbox, parts.ToString(CultureInfo.InvariantCulture),
            workMs.ToString(CultureInfo.InvariantCulture), holdsFirst.ToString(),
        })
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
