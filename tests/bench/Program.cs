using MyNumber.Tests.Bench;
using MyNumber.Tests.Bench.Printing;

// bench NAME: one class a bench; each prints what it measured as lines of a Markdown table. A bench may start itself
// again with arguments, to measure in a process of its own.
var benches = new Dictionary<string, (string Does, Func<string[], CancellationToken, Task> Run)>
{
    ["cells"] = ("labelled pictures of digit cells, to train with: --writers W --hand H --sheets N --out FILE", CellsBench.RunAsync),
    ["engine"] = ("the run engine: time a part, its share of a night, fairness, queue, takeover", (_, cancellation) =>
        EngineBench.RunAsync(cancellation)),
    ["floors"] = ("the least confidence of digits that are taken, chosen for wanted rates of wrong ones: --sheets N --out FILE --pictures FILE", FloorsBench.RunAsync),
    ["hostile"] = ("reading of hostile files, in processes of their own: deaths, bounds, outcomes; --count N, --seed S",
        HostileBench.RunAsync),
    ["large"] = ("two nights of a large day, step by step: --online N, --residents N, --answers N", LargeBench.RunAsync),
    ["memory"] = ("memory of one reader over many pages; --pages N", MemoryBench.RunAsync),
    ["odd"] = ("nights over feeds of odd but acceptable values; --values N, --nights N, --seed S, --residents N", OddBench.RunAsync),
    ["print"] = ("print files against ReportLab, SkiaSharp and WeasyPrint; RIPs; a million forms", PrintBench.RunAsync),
    ["read"] = ("reading: right, wrong and doubtful by damage level, and speed; --sheets N, --seed S, --hand H", ReadBench.RunAsync),
    ["shapes"] = ("digits of Japanese shapes, drawn here, on whole pages: --sheets N", ShapesBench.RunAsync),
    ["select"] = ("selection: a million applications of 900,000 residents, against one plain query and update",
        (_, cancellation) => SelectBench.RunAsync(cancellation)),
};

// What a bench starts itself as: one worker process over the empty steps; one that reads hostile files.
if (args is [EngineWorker.Verb, ..])
{
    await EngineWorker.RunAsync(args);
    return 0;
}

if (args is [HostileReader.Verb, ..])
{
    HostileReader.Run(args);
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
