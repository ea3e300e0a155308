using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// Logs: warnings to standard error, everything to `logs/` in the home. An exception is written as its type and its
/// stack, never with its message: a message may quote what somebody wrote on a form.
/// </summary>
public static class Logging
{
    /// <summary>Days for which log files are kept.</summary>
    public const int DaysKept = 30;

    private const string Line = "{Timestamp:yyyy-MM-ddTHH:mm:ss.fffzzz} {Level:u3} {SourceContext} {Message:lj}{Where}{NewLine}";

    /// <summary>Starts logging for this process.</summary>
    /// <param name="home">The home folder; where it cannot be written, standard error alone is used.</param>
    public static void Start(string home)
    {
        var logs = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            // It warns that its own key lies unencrypted in the home, as all local keys do.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("Hangfire", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .Enrich.With<WithoutMessage>()
            .WriteTo.Console(
                outputTemplate: "{Level:u3} {Message:lj}{Where}{NewLine}",
                standardErrorFromLevel: LogEventLevel.Verbose,
                restrictedToMinimumLevel: LogEventLevel.Warning,
                formatProvider: CultureInfo.InvariantCulture);
        if (Directory.Exists(home))
        {
            logs.WriteTo.File(
                Path.Combine(home, "logs", "mynumber-.log"),
                outputTemplate: Line,
                rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: DaysKept,
                shared: true,
                formatProvider: CultureInfo.InvariantCulture);
        }

        Log.Logger = logs.CreateLogger();
    }

    /// <summary>Adds an exception's types and stack as `Where`.</summary>
    private sealed class WithoutMessage : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            if (logEvent.Exception is { } exception)
            {
                var types = exception.InnerException is { } inner
                    ? $"{exception.GetType().Name} from {inner.GetType().Name}"
                    : exception.GetType().Name;
                logEvent.AddPropertyIfAbsent(
                    propertyFactory.CreateProperty("Where", $" [{types}]{Environment.NewLine}{exception.StackTrace}"));
            }
        }
    }
}
