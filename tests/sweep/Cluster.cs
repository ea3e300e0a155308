using System.Diagnostics;
using System.Globalization;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Sweep;

/// <summary>A PostgreSQL cluster of the sweep's own, which it may kill. Nothing but its socket leads to it.</summary>
internal sealed class Cluster(string root)
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";
    private const int ConnectionsMax = 100;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly string _data = Path.Combine(root, "postgres");
    private readonly string _socket = Path.Combine(root, "socket");

    /// <summary>How the product reaches it.</summary>
    public string Server => Own("postgres");

    /// <summary>How the sweep reaches a database of it: never pooled, as it may die under us at any moment.</summary>
    public string Own(string database) =>
        $"Host={_socket};Username={(Environment.IsPrivilegedProcess ? "postgres" : Environment.UserName)};Database={database};"
        + "Pooling=false;Include Error Detail=false;Application Name=sweep";

    public async Task CreateAsync()
    {
        foreach (var folder in new[] { _data, _socket })
        {
            Directory.CreateDirectory(folder);
            await Processes.RunOkAsync("chmod", "700", folder);
            if (Environment.IsPrivilegedProcess)
            {
                await Processes.RunOkAsync("chown", "postgres:", folder);
            }
        }

        // Only this user enters the socket's folder, so the server need not ask who comes.
        await AsOwnerAsync("initdb", "-D", _data, "--locale=C.UTF-8", "--encoding=UTF8", "--auth-local=trust", "--auth-host=reject");
        await StartAsync();
    }

    public Task StartAsync() => AsOwnerAsync(
        "pg_ctl", "-D", _data, "-w", "-l", Path.Combine(_data, "server.log"), "-o",
        $"-c listen_addresses='' -c unix_socket_directories='{_socket}' -c max_connections={ConnectionsMax}", "start");

    /// <summary>A fast restart, as an administrator does it: sessions are cut, nothing is waited for.</summary>
    public Task RestartAsync() =>
        AsOwnerAsync("pg_ctl", "-D", _data, "-w", "-m", "fast", "-l", Path.Combine(_data, "server.log"), "restart");

    public Task StopAsync() => AsOwnerAsync("pg_ctl", "-D", _data, "-w", "-m", "immediate", "stop");

    /// <summary>kill -9 of the server and all its processes.</summary>
    public async Task KillAsync()
    {
        var postmaster = int.Parse(File.ReadLines(Path.Combine(_data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        // Stopped, it bears no child that would outlive it.
        Processes.Stop(postmaster);
        var all = Processes.ChildrenOf(postmaster).Prepend(postmaster).ToList();
        all.ForEach(Processes.Kill);
        while (all.Any(pid => Directory.Exists($"/proc/{pid}")))
        {
            await Task.Delay(20);
        }
    }

    /// <summary>One statement on a database, again where the server was killed meanwhile.</summary>
    public async Task<T?> ScalarAsync<T>(string database, string sql, params object[] parameters)
    {
        while (true)
        {
            try
            {
                await using var connection = await OpenAsync(database);
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var parameter in parameters)
                {
                    command.Parameters.Add(new() { Value = parameter });
                }

                return await command.ExecuteScalarAsync() is T value ? value : default;
            }
            catch (NpgsqlException killed) when (Failures.Kind(killed) == FailureKind.Transient)
            {
                await Task.Delay(BetweenTries);
            }
        }
    }

    /// <summary>A connection; waits for a server that is just starting again.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var connection = new NpgsqlConnection(Own(database));
            try
            {
                await connection.OpenAsync();
                return connection;
            }
            catch (NpgsqlException) when (patience.Elapsed < StartMax)
            {
                await connection.DisposeAsync();
                await Task.Delay(BetweenTries);
            }
        }
    }

    private static Task AsOwnerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(Binaries, program);
        return Environment.IsPrivilegedProcess
            ? Processes.RunOkAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", path, .. arguments])
            : Processes.RunOkAsync(path, arguments);
    }
}
