using MyNumber.Tests.Bench;
using MyNumber.Tests.Bench.Printing;

// bench NAME: one class a bench; each prints what it measured as lines of a Markdown table. A bench may start itself
// again with arguments, to measure in a process of its own.
var benches = new Dictionary<string, (string Does, Func<string[], CancellationToken, Task> Run)>
{
    ["engine"] = ("the run engine: time a part, its share of a night, fairness, queue, takeover", (_, cancellation) => EngineBench.RunAsync(cancellation)),
    ["print"] = ("print files against ReportLab, SkiaSharp and WeasyPrint; RIPs; a million forms", PrintBench.RunAsync),
    ["read"] = ("reading: right, wrong and doubtful by damage level, and speed; --sheets N, --seed S", ReadBench.RunAsync),
    ["select"] = ("selection: a million applications of 900,000 residents, against one plain query and update", (_, cancellation) => SelectBench.RunAsync(cancellation)),
};

// What a bench starts itself as: one worker process over the empty steps.
if (args is [EngineWorker.Verb, ..])
{
    await EngineWorker.RunAsync(args);
    return 0;
}

if (args.Length == 0 || !benches.TryGetValue(args[0], out var bench))
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
await bench.Run(args[1..], interrupted.Token);
return 0;
