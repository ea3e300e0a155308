using System.Diagnostics;
using System.Text.Json;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// The product as its users meet it: the command line, in a process of its own, with a home and so a database of its
/// own. Disposing drops both.
/// </summary>
public sealed class Product : IDisposable
{
    /// <summary>A night far after the one before it, with all that it would do on a usual date.</summary>
    public static readonly IReadOnlyList<string> Unusual =
        ["--unusual-date", "--with-disposals", "--by", "operator-1", "--reason", "the story goes on months later"];

    private static readonly TimeSpan CallMax = TimeSpan.FromMinutes(10);

    public Product(string name) => Home = Directory.CreateTempSubdirectory($"mynumber-{name}-").FullName;

    public string Home { get; }

    /// <summary>What stands for today (`MYNUMBER_NIGHT__TODAY`): the day of the newest night that was asked for.</summary>
    public string Today { get; set; } = "2026-11-24";

    /// <summary>Whether it goes on with the nights that are asked for; a test of dates sets it by hand.</summary>
    public bool TodayFollows { get; set; } = true;

    /// <summary>Settings by environment, beside home, server and today.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    public string Inbox => Path.Combine(Home, "inbox");

    public string Outbox => Path.Combine(Home, "outbox");

    /// <summary>Runs one command to its end.</summary>
    public CommandResult Run(params string[] arguments)
    {
        // Whoever acts by an account gives its password where an act asks for it; a line that is not asked for is not read.
        return RunWith(arguments.Contains("--by") ? $"{Staff.Password}\n" : null, arguments);
    }

    /// <summary>Runs one command to its end with something on its standard input.</summary>
    public CommandResult RunWith(string? input, params string[] arguments)
    {
        using var process = Start(new Dictionary<string, string>(), arguments, input is not null);
        if (input is not null)
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }

        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(CallMax))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"mynumber {string.Join(' ', arguments)} did not end within {CallMax}.");
        }

        return new(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Runs one command that must end with status 0.</summary>
    public CommandResult RunOk(params string[] arguments)
    {
        var result = Run(arguments);
        Assert.True(result.ExitCode == 0, $"mynumber {string.Join(' ', arguments)}: {result.ExitCode}\n{result.Error}\n{result.Output}");
        return result;
    }

    public Process Start(params string[] arguments) => Start(new Dictionary<string, string>(), arguments);

    /// <summary>Starts one command with more in its environment.</summary>
    public Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(environment, arguments, withInput: false);

    /// <summary>Makes an account with these roles and <see cref="Staff.Password"/>: before the home's first night.</summary>
    public void Appoint(string person, params string[] roles) => Staff.Appoint(Home, person, roles);

    private Process Start(IReadOnlyDictionary<string, string> environment, string[] arguments, bool withInput)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (TodayFollows && arguments is ["night" or "run", ..] && Array.IndexOf(arguments, "--date") is >= 0 and var at
            && string.CompareOrdinal(arguments[at + 1], Today) > 0)
        {
            Today = arguments[at + 1];
        }

        var program = Path.Combine(AppContext.BaseDirectory, "mynumber.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = withInput,
            StandardInputEncoding = withInput ? new System.Text.UTF8Encoding(false) : null,
            Environment =
            {
                ["MYNUMBER_HOME"] = Home, ["MYNUMBER_CONNECTION"] = TestDatabase.Server, ["MYNUMBER_NIGHT__TODAY"] = Today,
            },
        };
        foreach (var (name, value) in Settings.Concat(environment))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
    }

    /// <summary>
    /// Everything that left the house, by path and content; the night's report and the instants of approvals, which
    /// alone may differ from run to run, left out.
    /// </summary>
    public IReadOnlyDictionary<string, string> OutboxDigest() =>
        Directory.EnumerateFiles(Outbox, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Outbox, path))
            .Where(path => !path.StartsWith("report", StringComparison.Ordinal))
            .Where(path => !path.StartsWith("disposals", StringComparison.Ordinal))
            .Where(path => !path.StartsWith(".staging", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToDictionary(path => path, path => Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(Outbox, path)))));

    /// <summary>The first column of a statement over this home's database, as text.</summary>
    public IReadOnlyList<string> Query(string sql)
    {
        var server = new Npgsql.NpgsqlConnectionStringBuilder(TestDatabase.Server)
        {
            Pooling = false,
            Database = $"mynumber_{File.ReadAllText(Path.Combine(Home, "home.id")).Trim()}",
        };
        using var connection = new Npgsql.NpgsqlConnection(server.ConnectionString);
        connection.Open();
        using var command = new Npgsql.NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    /// <summary>The folders of one kind of drop, in order.</summary>
    public IReadOnlyList<string> Drops(string kind) =>
        Directory.Exists(Path.Combine(Outbox, kind))
            ? [.. Directory.EnumerateDirectories(Path.Combine(Outbox, kind)).Order(StringComparer.Ordinal)]
            : [];

    public void Dispose()
    {
        var id = Path.Combine(Home, "home.id");
        if (File.Exists(id))
        {
            var server = new Npgsql.NpgsqlConnectionStringBuilder(TestDatabase.Server) { Pooling = false };
            using var connection = new Npgsql.NpgsqlConnection(server.ConnectionString);
            connection.Open();
            using var command = new Npgsql.NpgsqlCommand(
                $"DROP DATABASE IF EXISTS mynumber_{File.ReadAllText(id).Trim()} WITH (FORCE)", connection);
            command.ExecuteNonQuery();
        }

        Directory.Delete(Home, recursive: true);
    }
}

public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The JSON objects on standard output, one a line.</summary>
    public IReadOnlyList<JsonElement> Lines =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
