using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MyNumber.Tests.Integration;
using MyNumber.Tests.Integration.Nights;

namespace MyNumber.Tests.Browser;

/// <summary>
/// A home of its own with three sample nights, served by the real program, and Debian's chromium. The last, after the
/// storage period, is blocked at its last step on purpose: a file of the same name with other content lies in the outbox,
/// so that a person must act; and cards that were not picked up wait for two people.
/// </summary>
public sealed partial class ServedNight : IAsyncLifetime
{
    public const string Date = "2027-04-01";
    private const string FirstNight = "2026-11-24";
    private const string SecondNight = "2026-11-25";
    /// <summary>An operator who has not changed the one-time password yet.</summary>
    public const string Newcomer = "newcomer";

    private const int Applications = 24;
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(1);

    private readonly string _home = Directory.CreateTempSubdirectory("mynumber browser ").FullName;
    private Process? _serve;
    private IPlaywright? _playwright;

    public IBrowser Browser { get; private set; } = null!;

    public string Url { get; private set; } = "";

    public string OneTimePassword { get; private set; } = "";

    /// <summary>The file that blocks the night.</summary>
    public string Blocking => Path.Combine(_home, "outbox", "status", $"{Date.Replace("-", "", StringComparison.Ordinal)}.csv");

    /// <summary>Lists of cards to dispose of that left the house.</summary>
    public IReadOnlyList<string> Disposals => Directory.Exists(Path.Combine(_home, "outbox", "disposals"))
        ? Directory.GetFiles(Path.Combine(_home, "outbox", "disposals"), "*.csv", SearchOption.AllDirectories)
        : [];

    /// <summary>The applications of the first night with what must come of each: key, Application ID, state, rules.</summary>
    public string Expected => Path.Combine(_home, "inbox", "expected.csv");

    public async Task InitializeAsync()
    {
        var added = await RunAsync(0, "account", "add", Newcomer, "--role", "operator", "--json");
        OneTimePassword = PasswordLine().Match(added).Groups[1].Value;
        await Staff.AppointAsync(_home, "admin", "operator");
        await Staff.AppointAsync(_home, "operator-2", "operator");
        await Staff.AppointAsync(_home, "approver-1", "approver");
        await Staff.AppointAsync(_home, "approver-2", "approver");
        await RunAsync(0, "fixtures", "night", "--applications", $"{Applications}", "--seed", "7", "--date", FirstNight,
            "--out", Path.Combine(_home, "inbox"));
        await RunAsync(0, "night", "--date", FirstNight);
        await EachDropAsync("card-orders", "factory", SecondNight);
        await RunAsync(0, "night", "--date", SecondNight);
        await EachDropAsync("print", "vendor", SecondNight);
        Directory.CreateDirectory(Path.GetDirectoryName(Blocking)!);
        await File.WriteAllTextAsync(Blocking, "somebody else's file\n");
        await RunAsync(
            1, "night", "--date", Date, "--unusual-date", "--with-disposals", "--by", "admin", "--reason", "storage has ended");
        await ServeAsync();
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check"],
        });
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_serve is not null)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_serve.Id}"]);
            await _serve.WaitForExitAsync();
            _serve.Dispose();
        }

        Directory.Delete(_home, recursive: true);
    }

    /// <summary>Runs the program against this home and gives what it printed.</summary>
    public async Task<string> RunAsync(int status, params string[] arguments)
    {
        using var process = Program(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == status, $"{arguments[0]} ended with {process.ExitCode}: {await error}");
        return await output;
    }

    private async Task EachDropAsync(string area, string partner, string date)
    {
        foreach (var drop in Directory.GetDirectories(Path.Combine(_home, "outbox", area)))
        {
            await RunAsync(0, partner, "simulate", drop, "--date", date);
        }
    }

    private async Task ServeAsync()
    {
        Url = $"http://127.0.0.1:{FreePort()}";
        _serve = Program("serve", "--urls", Url);
        var serving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _serve.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("Serving at", StringComparison.Ordinal) is true)
            {
                serving.TrySetResult();
            }
        };
        _serve.BeginErrorReadLine();
        _serve.BeginOutputReadLine();
        await serving.Task.WaitAsync(Start);
    }

    private Process Program(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(typeof(Jobs.Cli.CommandLine).Assembly.Location);
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["MYNUMBER_HOME"] = _home;
        start.Environment["MYNUMBER_CONNECTION"] = TestDatabase.Server;
        // The last night's day stands for today from the beginning: each night lies on or before it.
        start.Environment["MYNUMBER_NIGHT__TODAY"] = Date;
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("\"one_time_password\":\"([^\"]+)\"")]
    private static partial Regex PasswordLine();
}
