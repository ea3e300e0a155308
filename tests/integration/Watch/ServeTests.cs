using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using MyNumber.Tests.Integration.Nights;
using Npgsql;

namespace MyNumber.Tests.Integration.Watch;

/// <summary>What an outside watcher sees of the real `serve`: health and metrics.</summary>
public sealed class ServeTests : IAsyncLifetime, IDisposable
{
    private const string Token = "a token of the tests";
    private static readonly HttpClient Client = new();

    private readonly Product _product = new("watched");
    private Process? _serve;
    private string _url = "";

    [Fact]
    public async Task Health_says_whether_it_can_work_and_why_not()
    {
        // A night of the far future is complete: none is due, at whatever hour this runs.
        // `verify` makes the home whole, keys too: one with runs and without keys is refused.
        _product.RunOk("verify");
        await ExecuteAsync(
            """
            INSERT INTO run (kind, business_date, cut_off, state, opened_at, completed_at)
            VALUES ('night', '2099-01-01', now(), 'complete', now(), now())
            """);
        await ServeAsync([]);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/health/live")).Status);
        // The worker processes are children that need a moment.
        await Ports.UntilAsync(async () => (await GetAsync("/health/ready")).Status == HttpStatusCode.OK);
        Assert.Equal(
            ["database", "schema", "workers", "home", "nights"],
            (await ReasonsAsync()).Keys);

        Directory.Move(Path.Combine(_product.Home, "archive"), Path.Combine(_product.Home, "elsewhere"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/health/ready")).Status);
        Assert.Contains("The folder archive is not there or cannot be written", (await ReasonsAsync())["home"], StringComparison.Ordinal);
        Directory.Move(Path.Combine(_product.Home, "elsewhere"), Path.Combine(_product.Home, "archive"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/health/ready")).Status);

        // A night that a person stopped and forgot.
        await ExecuteAsync(
            $"""
            UPDATE run SET business_date = date '{_product.Today}' - 3, state = 'stopped', stopped_by = 'operator-1',
              opened_at = date '{_product.Today}' - 3, completed_at = NULL
            """);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/health/ready")).Status);
        Assert.Contains("is stopped and should have ended by", (await ReasonsAsync())["nights"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/health/live")).Status);
        await Ports.UntilAsync(async () => Regex.IsMatch(
            (await GetAsync("/metrics")).Body, "mynumber_alerts_open\\{[^}]*code=\"night-not-ended\"[^}]*\\} 1\n"));
        var metrics = (await GetAsync("/metrics")).Body;
        Assert.Matches("mynumber_night_overdue[^\\n]* [12]\n", metrics);
        Assert.Matches("mynumber_database_reachable[^\\n]* 1\n", metrics);
        Assert.Matches($"mynumber_workers_alive\\{{[^}}]*host=\"{Environment.MachineName}\"[^}}]*\\}} [1-9]", metrics);
        await Ports.UntilAsync(() => Task.FromResult(
            Directory.GetFiles(Path.Combine(_product.Home, "logs")).Any(
                log => ReadShared(log).Contains("Alert raised: night-not-ended", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Metrics_are_for_this_machine_and_behind_a_token_for_whoever_has_it()
    {
        await ServeAsync([]);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/metrics")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("/metrics", ("X-Forwarded-For", "192.0.2.7"))).Status);
        await StopAsync();

        await ServeAsync(new() { ["MYNUMBER_METRICS__TOKEN"] = Token });
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("/metrics")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync("/metrics", ("Authorization", "Bearer something"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/metrics", ("Authorization", $"Bearer {Token}"))).Status);
        Assert.Equal(HttpStatusCode.OK,
            (await GetAsync("/metrics", ("Authorization", $"Bearer {Token}"), ("X-Forwarded-For", "192.0.2.7"))).Status);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => StopAsync();

    public void Dispose() => _product.Dispose();

    private async Task ServeAsync(Dictionary<string, string> environment)
    {
        _url = $"http://127.0.0.1:{Ports.Free()}";
        _serve = _product.Start(environment, "serve", "--urls", _url);
        _serve.BeginErrorReadLine();
        _serve.BeginOutputReadLine();
        await Ports.UntilAsync(async () =>
        {
            try
            {
                return (await GetAsync("/health/live")).Status == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    private async Task StopAsync()
    {
        if (_serve is null)
        {
            return;
        }

        using var kill = Process.Start("kill", ["-TERM", $"{_serve.Id}"]);
        await _serve.WaitForExitAsync();
        _serve.Dispose();
        _serve = null;
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _url + path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
        using var answer = await Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<IReadOnlyDictionary<string, string?>> ReasonsAsync()
    {
        using var body = JsonDocument.Parse((await GetAsync("/health/ready")).Body);
        return body.RootElement.GetProperty("checks").EnumerateArray()
            .ToDictionary(check => check.GetProperty("name").GetString()!, check => check.GetProperty("reason").GetString());
    }

    private async Task ExecuteAsync(string sql)
    {
        var id = (await File.ReadAllTextAsync(Path.Combine(_product.Home, "home.id"))).Trim();
        var database = new NpgsqlConnectionStringBuilder(TestDatabase.Server) { Database = $"mynumber_{id}", Pooling = false };
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
