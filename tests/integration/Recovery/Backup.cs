using System.Diagnostics;
using MyNumber.Tests.Integration.Nights;
using Npgsql;

namespace MyNumber.Tests.Integration.Recovery;

/// <summary>What the runbook backs up and restores, with its own commands: pg_dump, pg_restore, a copy of the home.</summary>
internal static class Backup
{
    public static void Dump(Product product, string file) =>
        Tool("pg_dump", "--format=custom", "--no-owner", "--file", file, "--dbname", DatabaseOf(product.Home));

    /// <summary>Loads a dump as the database of a home, in place of the one that it has.</summary>
    public static void Load(Product product, string file)
    {
        var name = DatabaseOf(product.Home);
        Tool("dropdb", "--if-exists", "--force", name);
        Tool("createdb", "--template", "template0", "--encoding", "UTF8", name);
        Tool("pg_restore", "--no-owner", "--exit-on-error", "--dbname", name, file);
    }

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        Tool("cp", "-a", $"{from}/.", to);
    }

    public static string DatabaseOf(string home) => $"mynumber_{File.ReadAllText(Path.Combine(home, "home.id")).Trim()}";

    private static void Tool(string name, params string[] arguments)
    {
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.Server);
        var start = new ProcessStartInfo(name, arguments)
        {
            RedirectStandardError = true,
            Environment = { ["PGHOST"] = server.Host, ["PGUSER"] = server.Username, ["PGPORT"] = $"{server.Port}" },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {error}");
    }
}
