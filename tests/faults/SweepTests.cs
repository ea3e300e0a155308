using System.Diagnostics;
using Xunit.Abstractions;

namespace MyNumber.Tests.Faults;

/// <summary>
/// A short sweep of whole nights on every test run; `./run-local.sh faults` is the long one. The program is run as there,
/// in a mount namespace of its own, and fails where one night ends otherwise than the calm one.
/// </summary>
public sealed class SweepTests(ITestOutputHelper output)
{
    // All four worlds, each kind of fault about as often as the others: more than once over in all.
    [Fact]
    public void Nights_under_faults_of_all_kinds_end_as_calm_ones() => Sweep("--nights", "4", "--per-night", "16");

    private void Sweep(params string[] faults)
    {
        string[] sweep = ["dotnet", Path.Combine(AppContext.BaseDirectory, "sweep.dll"), "--applications", "8", .. faults];
        string[] apart = Environment.IsPrivilegedProcess ? ["unshare", "--mount"] : [];
        string[] line = [.. apart, .. sweep];
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var nights = process.StandardError.ReadToEndAsync();
        output.WriteLine(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        output.WriteLine(nights.GetAwaiter().GetResult());
        Assert.True(process.ExitCode == 0, nights.GetAwaiter().GetResult());
    }
}
