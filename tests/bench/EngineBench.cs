namespace MyNumber.Tests.Bench;

/// <summary>`bench engine`: what the run engine costs, and how soon it goes on.</summary>
internal static class EngineBench
{
    public static async Task RunAsync(CancellationToken cancellation)
    {
        Console.WriteLine("| what | measured |");
        Console.WriteLine("|---|---|");
        Console.WriteLine(await PartCost.MeasureAsync(2_000, cancellation));
        Console.WriteLine(await PartCost.MeasureAsync(100_000, cancellation));
        Console.WriteLine(await NightShare.MeasureAsync(cancellation));
        Console.WriteLine(await SharedNight.MeasureAsync(parts: 900, workMs: 20, until: 900, cancellation));
        Console.WriteLine(await SharedNight.MeasureAsync(parts: 100_000, workMs: 0, until: 6_000, cancellation));
        Console.WriteLine(await Takeover.MeasureAsync(times: 3, cancellation));
    }
}
