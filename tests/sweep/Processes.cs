using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MyNumber.Tests.Sweep;

/// <summary>Signals, commands, and the processes of this machine by their command line.</summary>
internal static partial class Processes
{
    private const int SignalInterrupt = 2;
    private const int SignalKill = 9;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;

    public static void Kill(int pid) => _ = Send(pid, SignalKill);

    /// <summary>The process group that a process leads.</summary>
    public static void KillGroup(int leader) => _ = Send(-leader, SignalKill);

    public static void Stop(int pid) => _ = Send(pid, SignalStop);

    public static void Continue(int pid) => _ = Send(pid, SignalContinue);

    public static void Interrupt(int pid) => _ = Send(pid, SignalInterrupt);

    /// <summary>Living processes (zombies are not) whose command line holds all of these arguments.</summary>
    public static IReadOnlyList<int> With(params string[] arguments) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Has(pid, arguments)).Order()];

    /// <summary>The children of a process.</summary>
    public static IReadOnlyList<int> ChildrenOf(int parent) => [.. With().Where(pid => ParentOf(pid) == parent)];

    /// <summary>Runs a command to its end.</summary>
    /// <returns>Its exit status, and what it wrote to both outputs.</returns>
    public static async Task<(int Status, string Output)> RunAsync(
        ProcessStartInfo start, string? input = null, CancellationToken cancellation = default)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = StartWith(start, input);
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Starts a command with something on its standard input; null: it has ours.</summary>
    public static Process StartWith(ProcessStartInfo start, string? input)
    {
        start.RedirectStandardInput = input is not null;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        return process;
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static async Task RunOkAsync(string program, params string[] arguments)
    {
        var (status, output) = await RunAsync(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" });
        if (status != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {status}: {output}");
        }
    }

    private static bool Has(int pid, string[] arguments)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            return arguments.All(line.Contains);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int pid, int signal);
}
