using System.Diagnostics.Metrics;
using System.Text.Json;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Monitoring;

/// <summary>
/// The state of all runs as gauges, read from the rows whenever somebody asks: what every worker process of every host has
/// done stands there, whatever was restarted meanwhile. Steps are those of the newest night. No label is an item's key.
/// </summary>
public sealed class RunGauges : IDisposable
{
    // One look serves all gauges of one scrape.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly RunEngine _engine;
    private readonly RunMonitor _monitor;
    private readonly Meter _meter = new(Name);
    private readonly Lock _one = new();
    private IReadOnlyList<Row> _rows = [];
    private long _looked;
    private IReadOnlyList<StepView> _steps = [];
    private long _newest;

    /// <summary>Name of this meter.</summary>
    public const string Name = "MyNumber.Batch.State";

    /// <summary>Offers the gauges from now on, until disposed.</summary>
    public RunGauges(RunEngine engine)
    {
        (_engine, _monitor) = (engine, new RunMonitor(engine));
        Gauge("mynumber.database.reachable", "1", "1 where the database answered.");
        Gauge("mynumber.night.since_complete", "s", "Seconds since the last night was complete: the dead man's switch.");
        Gauge("mynumber.night.overdue", "{night}", "Nights that did not begin or end by their hour.");
        Gauge("mynumber.runs.open", "{run}", "Runs that are not at their end, by kind and state.");
        Gauge("mynumber.workers.alive", "{worker}", "Worker processes that beat, by host.");
        Gauge("mynumber.alerts.open", "{alert}", "Alerts that nobody has seen, by code.");
        Gauge("mynumber.alerts.undelivered", "{message}", "Messages that a channel has not taken yet.");
        Gauge("mynumber.step.parts", "{part}", "Parts of the newest night, by step, act and state.");
        Gauge("mynumber.step.claims", "{claim}", "Claims of its parts, by step; more than parts: tries again.");
        Gauge("mynumber.step.takeovers", "{claim}", "Claims from workers that were evicted, by step.");
        Gauge("mynumber.step.fenced", "{part}", "Results of such workers that were refused, by step.");
        Gauge("mynumber.step.duration", "s", "How long each of its steps took, or has taken.");
        Gauge("mynumber.step.part.duration", "s", "How long its done parts took, from claim to commit, by step and quantile.");
        Gauge("mynumber.step.items", "{item}", "Its item ledger, by step and outcome.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string description) =>
        _meter.CreateObservableGauge(
            name,
            () => Rows().Where(row => row.Name == name)
                .Select(row => new Measurement<double>(
                    row.Value, row.Labels.Select(label => KeyValuePair.Create(label.Key, (object?)label.Value)))),
            unit, description);

    private IReadOnlyList<Row> Rows()
    {
        lock (_one)
        {
            if (_looked == 0 || _engine.Clock.GetElapsedTime(_looked) > Fresh)
            {
                // An instrument's callback cannot wait asynchronously; a scrape has a thread of its own.
                _rows = LoadAsync().GetAwaiter().GetResult();
                _looked = _engine.Clock.GetTimestamp();
            }

            return _rows;
        }
    }

    private async Task<IReadOnlyList<Row>> LoadAsync()
    {
        try
        {
            await using var connection = await _engine.Database.OpenConnectionAsync();
            var now = _engine.Clock.GetUtcNow();
            var rows = await Sql.QueryAsync(
                connection, null, StateSql,
                Read,
                CancellationToken.None, now);
            var overdue = await _monitor.OverdueAsync(CancellationToken.None);
            return [.. rows, .. await ItemsAsync(connection), new("mynumber.database.reachable", 1, []), new("mynumber.night.overdue", overdue.Count, [])];
        }
        catch (Exception away) when (Failures.IsOfDatabase(away))
        {
            return [new("mynumber.database.reachable", 0, [])];
        }
    }

    private async Task<IEnumerable<Row>> ItemsAsync(NpgsqlConnection connection)
    {
        var newest = await Sql.ScalarAsync<long>(
            connection, null, "SELECT id FROM run WHERE kind = 'night' ORDER BY id DESC LIMIT 1",
            CancellationToken.None);
        _steps = await RunView.LiveAsync(_engine, newest, newest == _newest ? _steps : [], CancellationToken.None);
        _newest = newest;
        return _steps.SelectMany(step => step.Outcomes.Select(items => new Row(
            "mynumber.step.items", items.Value, new() { ["step"] = step.Name, ["outcome"] = items.Key })));
    }

    // $1: now.
    private const string StateSql = """
        WITH newest AS (SELECT id FROM run WHERE kind = 'night' ORDER BY id DESC LIMIT 1),
        parts AS (
          SELECT step.name AS step, part.act, part.state, count(*) AS parts, sum(part.epoch) AS claims,
            sum(part.takeovers) AS takeovers, sum(part.fenced) AS fenced
          FROM newest JOIN step ON step.run_id = newest.id JOIN part ON part.step_id = step.id
          GROUP BY step.name, part.act, part.state)
        SELECT 'mynumber.night.since_complete' AS name, extract(epoch FROM $1 - max(completed_at))::float8 AS value,
            '{}'::jsonb AS labels
          FROM run WHERE kind = 'night' HAVING max(completed_at) IS NOT NULL
        UNION ALL SELECT 'mynumber.runs.open', count(*), jsonb_build_object('kind', kind, 'state', state)
          FROM run WHERE state IN ('running', 'stopped') GROUP BY kind, state
        UNION ALL SELECT 'mynumber.workers.alive', count(*), jsonb_build_object('host', host)
          FROM worker WHERE state = 'alive' GROUP BY host
        UNION ALL SELECT 'mynumber.alerts.open', count(*), jsonb_build_object('code', code)
          FROM alert WHERE acknowledged_at IS NULL GROUP BY code
        UNION ALL SELECT 'mynumber.alerts.undelivered', count(message.id), jsonb_build_object('channel', channel.name)
          FROM alert_channel channel LEFT JOIN alert_message message ON message.at >= channel.since AND NOT EXISTS (
            SELECT FROM alert_delivery WHERE message_id = message.id AND channel = channel.name AND delivered_at IS NOT NULL)
          GROUP BY channel.name
        UNION ALL SELECT 'mynumber.step.parts', parts, jsonb_build_object('step', step, 'act', act, 'state', state) FROM parts
        UNION ALL SELECT 'mynumber.step.claims', sum(claims), jsonb_build_object('step', step) FROM parts GROUP BY step
        UNION ALL SELECT 'mynumber.step.takeovers', sum(takeovers), jsonb_build_object('step', step) FROM parts GROUP BY step
        UNION ALL SELECT 'mynumber.step.fenced', sum(fenced), jsonb_build_object('step', step) FROM parts GROUP BY step
        UNION ALL SELECT 'mynumber.step.part.duration', unnest(seconds),
            jsonb_build_object('step', name, 'quantile', unnest(ARRAY['0.5', '0.9', '1']))
          FROM (
            SELECT step.name, percentile_cont(ARRAY[0.5, 0.9, 1]) WITHIN GROUP (
              ORDER BY extract(epoch FROM part.done_at - part.started_at)::float8) AS seconds
            FROM newest JOIN step ON step.run_id = newest.id JOIN part ON part.step_id = step.id
            WHERE part.act = 'work' AND part.state = 'done' GROUP BY step.name) AS took
        UNION ALL SELECT 'mynumber.step.duration', extract(epoch FROM coalesce(closed_at, $1) - started_at),
            jsonb_build_object('step', name)
          FROM newest JOIN step ON step.run_id = newest.id WHERE started_at IS NOT NULL
        """;

    private static Row Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetDouble(1), JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(2)) ?? []);

    private sealed record Row(string Name, double Value, Dictionary<string, string> Labels);
}
