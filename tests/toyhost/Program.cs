using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;
using MyNumber.Jobs.Hosting;
using MyNumber.Tests.ToyHost;
using Npgsql;

// toyhost fonts: prints while a font's folder is hidden, and again when it is back; in a mount namespace of its own.
if (args is ["fonts"])
{
    return HiddenFont.Play();
}

// toyhost night|work CONNECTION OUTBOX ITEMS ITEMS_PER_PART WORK_MS LEASE_MS GUARDS_OFF
// `night` is a parent with two workers as its children; both are what the product runs, over the toy steps.
var connection = new NpgsqlConnectionStringBuilder(args[1])
{
    ApplicationName = string.Create(CultureInfo.InvariantCulture, $"toy {Environment.ProcessId} {RandomNumberGenerator.GetHexString(16)}"),
}.ConnectionString;
var numbers = args[3..7].Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
var options = new EngineOptions
{
    Lease = TimeSpan.FromMilliseconds(numbers[3]),
    HeartbeatInterval = TimeSpan.FromMilliseconds(numbers[3] / 4.0),
    // The plan of a hundred thousand parts takes its time; nothing else here does.
    ActMax = TimeSpan.FromSeconds(numbers[0] > 1_000 ? 60 : 15),
    TransientDelay = TimeSpan.FromMilliseconds(50),
    TransientDelayMax = TimeSpan.FromMilliseconds(200),
    GuardsOff = Enum.Parse<GuardsOff>(args[7]),
    AfterPublish = Drops.SweepAfterPublishAsync,
};
await using var database = NpgsqlDataSource.Create(connection);
var night = new ToyNight(args[2], numbers[0], numbers[1], TimeSpan.FromMilliseconds(numbers[2]));
var engine = new RunEngine(database, night.Kinds, args[2], TimeProvider.System, options);
if (args[0] == "work")
{
    await new WorkerProcess(engine, connection).RunAsync(Console.OpenStandardInput(), CancellationToken.None);
    return 0;
}

using var watch = Heartbeat.Start(database, options, null, TimeProvider.System, Heartbeat.OnEvicted.Ignore);
var opened = await engine.Opener.OpenNightAsync(
    new DateOnly(2026, 11, 24), null, new UnusualDate(new Because("toy", "a toy night"), Destruction.Allowed), CancellationToken.None);
var runner = new NightRunner(engine, connection, Child, 2, new Progress<IReadOnlyList<StepView>>());
return await runner.RunAsync(opened.RunId, CancellationToken.None) switch
{
    RunEnd.Done => 0,
    RunEnd.DiskFull => 3,
    _ => 1,
};

ProcessStartInfo Child()
{
    var start = new ProcessStartInfo(Environment.ProcessPath!);
    foreach (var argument in args.Skip(1).Prepend("work"))
    {
        start.ArgumentList.Add(argument);
    }

    return start;
}
