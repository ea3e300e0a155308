using System.Globalization;
using MyNumber.Batch;
using MyNumber.Jobs.Alerting;
using Npgsql;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// Settings as .NET reads them: `appsettings.json` beside the program, `settings.json` in the home, then environment
/// variables that begin with `MYNUMBER_` (`MYNUMBER_HOME`, `MYNUMBER_CONNECTION`, `MYNUMBER_POLICY__INQUIRYMONTHS` …).
/// </summary>
public sealed class Settings
{
    /// <summary>Where the home lies unless somebody says otherwise, below the current folder.</summary>
    public const string HomeDefault = ".local/home";

    private Settings(string home, IConfiguration configuration) => (HomePath, Configuration) = (home, configuration);

    /// <summary>Full path of the home folder; it may not exist yet.</summary>
    public string HomePath { get; }

    /// <summary>Everything that was set.</summary>
    public IConfiguration Configuration { get; }

    /// <summary>The server that holds the databases of all homes.</summary>
    /// <exception cref="UnusableException">No server is named.</exception>
    public string Connection => Configuration["connection"] is { Length: > 0 } connection
        ? WithStatementMax(connection)
        : throw new UnusableException(
            "No database server is named: set MYNUMBER_CONNECTION, or run this by ./run-local.sh cli.");

    // `night:statementMax`: how long one statement of a part may take; half an hour unless it is set (HomeDatabase).
    private string WithStatementMax(string connection) => Configuration["night:statementMax"] switch
    {
        null or "" => connection,
        var set when TimeSpan.TryParse(set, CultureInfo.InvariantCulture, out var max) && max >= TimeSpan.FromSeconds(1)
            && max.TotalSeconds < int.MaxValue =>
            new NpgsqlConnectionStringBuilder(connection) { CommandTimeout = (int)max.TotalSeconds }.ConnectionString,
        _ => throw new UsageException("Setting night:statementMax cannot be read: a time as hh:mm:ss, at least one second."),
    };

    /// <summary>RULES.md's policies, with what was set under `policy`.</summary>
    /// <exception cref="UsageException">A setting contradicts a rule.</exception>
    public Policy Policy
    {
        get
        {
            var section = Configuration.GetSection("policy");
            // A misspelt name would leave the default in force, and nobody would know.
            if (section.GetChildren().FirstOrDefault(setting => !Policy.Names.Contains(setting.Key)) is { } unknown)
            {
                throw new UsageException($"Setting {unknown.Path} is refused: there is no policy of that name. batch/Policy.cs lists them.");
            }

            try
            {
                var policy = (section.Get<Policy>() ?? new Policy()).Validate();
                RequireAllDays(section.GetSection(nameof(Policy.VendorClosedOn)), policy.VendorClosedOn);
                return policy;
            }
            catch (Exception refused) when (refused is ArgumentException or InvalidOperationException)
            {
                throw new UsageException(refused.Message);
            }
        }
    }

    /// <summary>`MYNUMBER_NIGHT__TODAY`: the day that stands for today in the sample story and in tests; null: the machine's.</summary>
    /// <exception cref="UsageException">It is no day, or it is set in production.</exception>
    public DateOnly? Today
    {
        get
        {
            if (Configuration["night:today"] is not { Length: > 0 } text)
            {
                return null;
            }

            if (Policy.Production)
            {
                throw new UsageException("MYNUMBER_NIGHT__TODAY stands for today in tests and in the sample story alone: unset it in production.");
            }

            return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day
                : throw new UsageException("MYNUMBER_NIGHT__TODAY takes a day as YYYY-MM-DD.");
        }
    }

    // Configuration leaves out of a list what it cannot read, and nobody would know.
    private static void RequireAllDays(IConfigurationSection list, IReadOnlyList<DateOnly> read)
    {
        if (list.Value is { Length: > 0 } || list.GetChildren().Count() != read.Count)
        {
            throw new ArgumentException($"Setting {list.Path} is refused: it must be a list of days, each as YYYY-MM-DD.");
        }
    }

    /// <summary>What is an alert, and where it is told: section `alerts`.</summary>
    /// <exception cref="UsageException">A setting cannot be used.</exception>
    public AlertSettings Alerts => AlertSettings.Read(Configuration);

    /// <summary>Reads all sources.</summary>
    /// <param name="home">What `--home` says; null where it is not given.</param>
    public static Settings Load(string? home)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables("MYNUMBER_").Build();
        var path = Path.GetFullPath(home ?? environment["home"] ?? HomeDefault);
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(path, "settings.json"), optional: true)
            .AddEnvironmentVariables("MYNUMBER_")
            .Build();
        return new Settings(path, configuration);
    }
}
