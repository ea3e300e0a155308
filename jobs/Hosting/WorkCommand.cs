using System.Diagnostics;
using System.Reflection;

namespace MyNumber.Jobs.Hosting;

/// <summary>How this program starts itself as a worker process.</summary>
public static class WorkCommand
{
    /// <summary>The hidden option that says: a parent holds my standard input open.</summary>
    public const string ChildOption = "--child";

    /// <summary>One worker process a core.</summary>
    public static int Workers => Math.Clamp(Environment.ProcessorCount, 1, WorkersMax);

    private const int WorkersMax = 32;

    /// <summary>`mynumber work` for a home.</summary>
    public static ProcessStartInfo Of(string home)
    {
        var self = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no path.");
        var start = new ProcessStartInfo(self);
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        }

        foreach (var argument in new[] { "work", ChildOption, "--home", home })
        {
            start.ArgumentList.Add(argument);
        }

        // A worker leaves half of the memory arenas and compiles in the background on the other core: starts are quick.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
