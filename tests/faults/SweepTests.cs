using System.Diagnostics;
using Xunit.Abstractions;

namespace MyNumber.Tests.Faults;

/// <summary>
/// A short sweep of whole nights on every test run; `./run-local.sh faults` is the long one. The program is run as there,
/// in a mount namespace of its own, and fails where one night ends otherwise than the calm one.
/// </summary>
public sealed class SweepTests(ITestOutputHelper output)
{
    [Fact]
    public void A_night_killed_at_every_fault_point_ends_as_a_calm_one() => Sweep("--only", ": killed", "--each", "1", "--nights", "1");

    [Fact]
    public void Nights_under_faults_of_all_kinds_end_as_calm_ones() => Sweep("--nights", "2");

    [Fact]
    public void What_two_people_approved_leaves_as_it_was_approved_whoever_is_killed_in_between() => Sweep(
        "--from", "3", "--nights", "1", "--only", "approval-committed|between-renames: killed|before-ready: killed|after-ready: killed");

    private void Sweep(params string[] faults)
    {
        string[] sweep = ["dotnet", Path.Combine(AppContext.BaseDirectory, "sweep.dll"), "--applications", "8",
            "--per-night", "12", .. faults];
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
