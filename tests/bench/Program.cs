using MyNumber.Tests.Bench;

// bench NAME: one class a bench; each prints what it measured as lines of a Markdown table.
var benches = new Dictionary<string, (string Does, Func<CancellationToken, Task> Run)>
{
    ["engine"] = ("the run engine: time a part, its share of a night, fairness, queue, takeover", EngineBench.RunAsync),
    ["select"] = ("selection: a million applications of 900,000 residents, against one plain query and update", SelectBench.RunAsync),
};

// What a bench starts itself as: one worker process over the empty steps.
if (args is [EngineWorker.Verb, ..])
{
    await EngineWorker.RunAsync(args);
    return 0;
}

if (args.Length != 1 || !benches.TryGetValue(args[0], out var bench))
{
    Console.Error.WriteLine("bench NAME");
    foreach (var (name, (does, _)) in benches)
    {
        Console.Error.WriteLine($"  {name,-8} {does}");
    }

    return 2;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};
await bench.Run(interrupted.Token);
return 0;
