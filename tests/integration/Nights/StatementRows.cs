using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// Counts what every statement of a data source touched, as PostgreSQL's own auto_explain reports it: the rows that each node
/// of its plan gave or threw away, times its loops. A look through a list for each row of another shows in it, whatever the
/// list is: a table, a common expression, an array.
/// </summary>
public sealed class StatementRows : ILoggerFactory, ILogger
{
    private const string Options = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 "
        + "-c auto_explain.log_analyze=on -c auto_explain.log_timing=off -c auto_explain.log_format=json "
        + "-c auto_explain.log_level=notice -c auto_explain.log_nested_statements=on";

    private const string PlanBegins = "plan:";

    private readonly ConcurrentDictionary<string, double> _rows = new();
    private readonly ConcurrentDictionary<(string Step, string Statement), double> _statements = new();
    private volatile string _step = "";

    /// <summary>Rows by step.</summary>
    public IReadOnlyDictionary<string, double> Rows => _rows;

    /// <summary>What is counted from now on is of this step.</summary>
    public void Begin(string step) => _step = step;

    /// <summary>The statements of a step that touched most, for whoever has to mend them.</summary>
    public string Worst(string step) => string.Join("\n", _statements.Where(one => one.Key.Step == step)
        .OrderByDescending(one => one.Value).Take(3).Select(one => $"{one.Value:0} rows: {one.Key.Statement}"));

    /// <summary>A data source whose statements are counted.</summary>
    public NpgsqlDataSource Open(string connectionString) => new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(
            connectionString) { Options = Options, CommandTimeout = 1800, ApplicationName = "counted" }.ConnectionString)
        .UseLoggerFactory(this).Build();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // The notice as a value of its own, not as a sentence around it.
        var text = (state as IReadOnlyList<KeyValuePair<string, object?>>)?.Select(pair => pair.Value as string)
            .FirstOrDefault(value => value?.Contains(PlanBegins, StringComparison.Ordinal) is true);
        if (text is null)
        {
            return;
        }

        using var json = JsonDocument.Parse(text[(text.IndexOf(PlanBegins, StringComparison.Ordinal) + PlanBegins.Length)..]);
        var statement = json.RootElement.GetProperty("Query Text").GetString()!;
        var rows = Touched(json.RootElement.GetProperty("Plan"));
        _rows.AddOrUpdate(_step, rows, (_, before) => before + rows);
        _statements.AddOrUpdate((_step, statement), rows, (_, before) => before + rows);
    }

    public void Dispose()
    {
    }

    private static double Touched(JsonElement node)
    {
        double Number(string name) => node.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
        var each = Number("Actual Rows") + Number("Rows Removed by Filter") + Number("Rows Removed by Join Filter")
            + Number("Rows Removed by Index Recheck");
        var rows = each * Number("Actual Loops");
        return node.TryGetProperty("Plans", out var plans) ? rows + plans.EnumerateArray().Sum(Touched) : rows;
    }
}
