using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MyNumber.Tests.Sweep;

/// <summary>
/// Where nights are played: a scratch folder with a cluster of its own and one home, which is set back to a saved world
/// before each night. For root the home is a small disk of its own, which can be filled and made read-only.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private const string DiskSize = "512m";
    private const string Password = "a password of the sweep";
    private string _database = "";

    private Stage(string root) => (Root, Cluster) = (root, new Cluster(root));

    /// <summary>The scratch folder; short, as a socket lies in it.</summary>
    public string Root { get; }

    public Cluster Cluster { get; }

    public string Home => Path.Combine(Root, "home");

    private string Temporary => Path.Combine(Root, "tmp");

    /// <summary>Where fault points are armed and leave their marks.</summary>
    public string Points => Path.Combine(Root, "points");

    /// <summary>The clock that libfaketime shows to the processes of a night whose clock jumps.</summary>
    public string ClockFile => Path.Combine(Root, "clock");

    /// <summary>Guards that are switched off: the control of the whole harness.</summary>
    public string? GuardsOff { get; init; }

    /// <summary>What stands for today: the date of the night that is played.</summary>
    public DateOnly Today { get; set; } = new(2026, 11, 24);

    /// <summary>The home's database.</summary>
    public string Database => _database.Length > 0 ? _database
        : _database = $"mynumber_{File.ReadAllText(Path.Combine(Home, "home.id")).Trim()}";

    public static async Task<Stage> CreateAsync(string? guardsOff)
    {
        var stage = new Stage(Directory.CreateTempSubdirectory("mynumber-sweep-").FullName) { GuardsOff = guardsOff };
        // PostgreSQL's user must pass through.
        await Processes.RunOkAsync("chmod", "755", stage.Root);
        Directory.CreateDirectory(stage.Points);
        Directory.CreateDirectory(stage.Home);
        Directory.CreateDirectory(stage.Temporary);
        if (Environment.IsPrivilegedProcess)
        {
            await Processes.RunOkAsync("mount", "-t", "tmpfs", "-o", $"size={DiskSize}", "mynumber-sweep", stage.Home);
        }

        await stage.Cluster.CreateAsync();
        return stage;
    }

    /// <summary>`mynumber ARGUMENTS` on the home.</summary>
    public ProcessStartInfo Command(params string[] arguments) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "mynumber.dll"), .. arguments])
        {
            Environment =
            {
                ["MYNUMBER_HOME"] = Home,
                ["MYNUMBER_CONNECTION"] = Cluster.Server,
                ["MYNUMBER_NIGHT__TODAY"] = Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                // Whatever killed processes leave lying about goes with the scratch folder.
                ["TMPDIR"] = Temporary,
            },
        };

    /// <summary>What goes to a command's standard input: whoever approves gives their password; null: nothing.</summary>
    public static string? InputOf(IEnumerable<string> arguments) => arguments.Contains("approve") ? $"{Password}\n" : null;

    public Task<string> RunOkAsync(params string[] arguments) => RunWithAsync(InputOf(arguments), arguments);

    /// <summary>Makes an account with a role and a password of its own.</summary>
    public async Task AppointAsync(string person, string role)
    {
        var said = await RunOkAsync("account", "add", person, "--role", role, "--json");
        var made = said.Split('\n').Single(line => line.StartsWith('{'));
        var oneTime = JsonDocument.Parse(made).RootElement.GetProperty("one_time_password").GetString();
        await RunWithAsync($"{oneTime}\n{Password}\n", "account", "password", person);
    }

    private async Task<string> RunWithAsync(string? input, params string[] arguments)
    {
        var (status, output) = await Processes.RunAsync(Command(arguments), input);
        return status == 0
            ? output
            : throw new InvalidOperationException($"mynumber {string.Join(' ', arguments)} ended with {status}: {output}");
    }

    /// <summary>Remembers home and database under a name.</summary>
    public async Task SaveAsync(string world)
    {
        await Processes.RunOkAsync("cp", "-a", Home, Path.Combine(Root, world));
        await ExecuteAsync($"CREATE DATABASE world_{world} TEMPLATE {Database}");
    }

    /// <summary>Sets home and database back to what was saved.</summary>
    public async Task RestoreAsync(string world)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(Home).Concat(Directory.EnumerateFiles(Points)))
        {
            await Processes.RunOkAsync("rm", "-rf", entry);
        }

        await Processes.RunOkAsync("cp", "-a", $"{Path.Combine(Root, world)}/.", Home);
        // This is no restore of a home that went on meanwhile: nothing has left the house that its database does not know.
        File.Delete(Path.Combine(Home, "database.id"));
        await ExecuteAsync($"DROP DATABASE {Database} WITH (FORCE)");
        await ExecuteAsync($"CREATE DATABASE {Database} TEMPLATE world_{world}");
        // A copied sequence holds values that it believes logged; a server that crashed would give them out again.
        await ExecuteAsync("CHECKPOINT");
        await File.WriteAllTextAsync(ClockFile, "+0");
    }

    /// <summary>Keeps what a failed night left: the home, its database as a dump, and what was said.</summary>
    /// <returns>Where it lies.</returns>
    public async Task<string> KeepAsync(string name, IEnumerable<string> said)
    {
        var kept = Path.Combine(Path.GetTempPath(),
            string.Create(CultureInfo.InvariantCulture, $"mynumber-failed-{name}-{Environment.ProcessId}"));
        await Processes.RunOkAsync("cp", "-a", Home, kept);
        await Processes.RunOkAsync(
            "sh", "-c", $"/usr/lib/postgresql/15/bin/pg_dump -h {Root}/socket -U {(Environment.IsPrivilegedProcess ? "postgres" : Environment.UserName)} {Database} > {kept}/database.sql");
        await Processes.RunOkAsync("cp", Path.Combine(Root, "postgres", "server.log"), kept);
        await File.WriteAllLinesAsync(Path.Combine(kept, "said.log"), said);
        return kept;
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.StopAsync();
        if (Environment.IsPrivilegedProcess)
        {
            await Processes.RunOkAsync("umount", "-l", Home);
        }

        Directory.Delete(Root, recursive: true);
    }

    private async Task ExecuteAsync(string sql) => await Cluster.ScalarAsync<object>("postgres", sql);
}
