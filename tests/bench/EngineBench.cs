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
    }
}
