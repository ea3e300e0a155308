using System.Diagnostics;
using MyNumber.Batch;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Fixtures;

namespace MyNumber.Tests.Bench;

/// <summary>
/// The engine's share of a real night of 60 applications, worked by one worker in this process. Whatever a step computes,
/// stores and seals is timed around the step's own functions; the rest of the worker's time is the engine's: claims,
/// fences, counters, balance checks, commits, sweeps. Beats are counted from the database's side of the heartbeat thread.
/// </summary>
internal static class NightShare
{
    private const int Applications = 60;

    public static async Task<string> MeasureAsync(CancellationToken cancellation)
    {
        await using var home = await BenchHome.CreateAsync(cancellation);
        NightFixture.Write(Applications, seed: 1, home.Home.Inbox, EmptyNight.Date, cancellation);
        var services = NightServices.Create(home.Home, home.Database, new Policy(), TimeProvider.System);
        var steps = new StepClock();
        var engine = new RunEngine(
            home.Database, Night.Kinds(services).ToDictionary(kind => kind.Key, kind => steps.Around(kind.Value)),
            home.Home.Outbox, TimeProvider.System, new EngineOptions());
        await engine.Opener.OpenNightAsync(EmptyNight.Date, null, EmptyNight.Meant, cancellation);
        using var statements = new StatementClock();
        var began = Stopwatch.GetTimestamp();
        var parts = await engine.WorkUntilIdleAsync(cancellation);
        var all = Stopwatch.GetElapsedTime(began);
        var done = (await home.NumbersAsync("SELECT count(*) FROM run WHERE state = 'complete'", cancellation))[0];
        if (done != 1)
        {
            throw new InvalidOperationException("The night did not complete.");
        }

        var engineTime = all - steps.Total + statements.Ledger + statements.Beats;
        return FormattableString.Invariant(
            $"| engine's share of a night of {Applications} applications, {parts} parts | {engineTime / all:0.0 %}: {engineTime.TotalMilliseconds:0} of {all.TotalMilliseconds:0} ms; of these ledger {statements.Ledger.TotalMilliseconds:0.0}, beats {statements.Beats.TotalMilliseconds:0.0} |");
    }

    /// <summary>Sums the time inside the functions of steps.</summary>
    private sealed class StepClock
    {
        private long _ticks;

        public TimeSpan Total => TimeSpan.FromTicks(_ticks);

        public IReadOnlyList<StepDefinition> Around(IReadOnlyList<StepDefinition> steps) =>
        [
            .. steps.Select(step => step with
            {
                Plan = Around(step.Plan),
                Work = Around(step.Work),
                Publish = step.Publish is { } publish ? Around(publish) : null,
                Seal = step.Seal is { } seal
                    ? (context, cancellation) => TimedAsync(async () =>
                    {
                        await seal(context, cancellation);
                        return true;
                    })
                    : null,
            }),
        ];

        private Act Around(Act act) => Act.Of(
            (part, cancellation) => TimedAsync(() => act.ComputeAsync(part, cancellation)),
            (store, context, cancellation) => TimedAsync(async () =>
            {
                await store(context, cancellation);
                return true;
            }));

        private async Task<T> TimedAsync<T>(Func<Task<T>> timed)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                return await timed();
            }
            finally
            {
                Interlocked.Add(ref _ticks, Stopwatch.GetElapsedTime(began).Ticks);
            }
        }
    }

    /// <summary>Npgsql's own tracing: what the engine does inside a step's time (ledger) and beside it (beats).</summary>
    private sealed class StatementClock : IDisposable
    {
        private readonly ActivityListener _listener;
        private long _ledger;
        private long _beats;

        public StatementClock()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = Count,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public TimeSpan Ledger => TimeSpan.FromTicks(_ledger);

        public TimeSpan Beats => TimeSpan.FromTicks(_beats);

        public void Dispose() => _listener.Dispose();

        private void Count(Activity activity)
        {
            var text = (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) as string ?? "";
            if (text.StartsWith("COPY item", StringComparison.Ordinal))
            {
                Interlocked.Add(ref _ledger, activity.Duration.Ticks);
            }
            else if (text.Contains("worker SET beat", StringComparison.Ordinal)
                || text.Contains("SELECT id, beat FROM worker", StringComparison.Ordinal))
            {
                Interlocked.Add(ref _beats, activity.Duration.Ticks);
            }
        }
    }
}
