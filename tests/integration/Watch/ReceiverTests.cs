using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Operators;
using MyNumber.Jobs.Alerting;
using MyNumber.Jobs.Cli;
using MyNumber.Tests.Integration.Runs;

namespace MyNumber.Tests.Integration.Watch;

/// <summary>Alerts as receivers get them: a mail server (Debian's aiosmtpd) and a web server, both real.</summary>
public sealed class ReceiverTests
{
    private const string Home = "1a2b3c4d";

    [Fact]
    public async Task An_e_mail_says_what_happened_since_when_and_what_to_do()
    {
        await using var toy = await BrokenNightAsync();
        using var server = await MailServer.StartAsync();
        var outbox = await OpenAsync(toy, Mail(server.Port, "None", ("alerts:pages", "https://pages.example.test/")));
        await toy.WorkAsync();
        Assert.Equal(2, await outbox.DeliverAsync(default)); // The log takes it too.

        var letter = Assert.Single(server.Letters());
        Assert.Contains($"Subject: [mynumber {Home}] alert: part-failed, run 1 2026-11-24 first part", letter.Unfolded,
            StringComparison.Ordinal);
        Assert.Contains("From: night@agency.example.test", letter.Text, StringComparison.Ordinal);
        Assert.Contains("To: duty@agency.example.test, second@agency.example.test", letter.Unfolded, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", letter.Text, StringComparison.Ordinal);
        Assert.Contains("What to do: InvalidOperationException. `rerun ", letter.Text, StringComparison.Ordinal);
        Assert.Contains("Pages: https://pages.example.test/alerts", letter.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("toy bug", letter.Text, StringComparison.Ordinal);
        Assert.Matches($"(?i)Message-ID: <[0-9a-f]{{64}}\\.{Home}@mynumber\\.invalid>", letter.Unfolded);

        await toy.ExecuteAsync("DELETE FROM toy_trouble");
        await new OperatorActs(toy.Engine).RerunAsync(1, null, new Because("operator-1", "mended"), default);
        await outbox.DeliverAsync(default);
        Assert.Contains(server.Letters(), one => one.Unfolded.Contains($"[mynumber {Home}] over: part-failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_server_without_encryption_gets_nothing_unless_told_so()
    {
        await using var toy = await BrokenNightAsync();
        using var server = await MailServer.StartAsync();
        var outbox = await OpenAsync(toy, Mail(server.Port, "StartTls"));
        await toy.WorkAsync();
        Assert.Equal(1, await outbox.DeliverAsync(default));
        Assert.Empty(server.Letters());
        var channel = Assert.Single(await AlertOutbox.ChannelsAsync(toy.Engine.Database, default), view => view.Failures > 0);
        Assert.Equal(("email", 1L, "NotSupportedException"), (channel.Name, channel.Waiting, channel.ErrorClass));
    }

    [Fact]
    public async Task A_webhook_is_sent_json_with_its_token_and_told_again_until_it_takes_it()
    {
        await using var toy = await BrokenNightAsync();
        using var listener = new HttpListener();
        var port = Ports.Free();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var outbox = await OpenAsync(toy, [("alerts:webhook:url", $"http://127.0.0.1:{port}/hook"), ("alerts:webhook:token", "secret")]);
        await toy.WorkAsync();

        var first = await RunAsync(listener, outbox, HttpStatusCode.InternalServerError);
        Assert.Equal("http-500", await toy.ScalarAsync<string>("SELECT error_class FROM alert_channel WHERE name = 'webhook'"));
        await toy.ExecuteAsync("UPDATE alert_channel SET not_before = NULL; UPDATE alert_delivery SET not_before = NULL");
        // A redirect is not followed: the message and the token are for the address that was set.
        var second = await RunAsync(listener, outbox, HttpStatusCode.Redirect);
        Assert.Equal("http-302", await toy.ScalarAsync<string>("SELECT error_class FROM alert_channel WHERE name = 'webhook'"));
        await toy.ExecuteAsync("UPDATE alert_channel SET not_before = NULL; UPDATE alert_delivery SET not_before = NULL");
        var third = await RunAsync(listener, outbox, HttpStatusCode.NoContent);

        Assert.Equal(["Bearer secret", "POST", "application/json"], [third.Token, third.Method, third.Type]);
        using var body = JsonDocument.Parse(third.Body);
        var root = body.RootElement;
        Assert.Equal(["raised", "part-failed", Home], [Text("kind"), Text("code"), Text("home")]);
        Assert.StartsWith("run 1 2026-11-24 first part ", Text("subject"), StringComparison.Ordinal);
        Assert.Contains("`rerun ", Text("what_to_do"), StringComparison.Ordinal);
        Assert.Equal(third.Key, Text("id"));
        Assert.Equal([third.Key, third.Key], [first.Key, second.Key]);
        Assert.Equal(0, await outbox.DeliverAsync(default));

        string Text(string name) => root.GetProperty(name).GetString()!;
    }

    [Theory]
    [InlineData("alerts:webhook:url", "ftp://somewhere.test")]
    [InlineData("alerts:email:host", "mail.test")]            // Without sender and receivers.
    [InlineData("alerts:remindAfter", "-01:00:00")]
    [InlineData("alerts:stragglerFactor", "many")]
    public void A_setting_that_cannot_be_used_is_refused_by_name(string name, string value) =>
        Assert.Contains("alerts", Assert.Throws<UsageException>(
            () => AlertSettings.Read(Settings((name, value)))).Message, StringComparison.Ordinal);

    private static async Task<ToyRun> BrokenNightAsync()
    {
        var toy = await ToyRun.CreateAsync(items: 10);
        await toy.ExecuteAsync("INSERT INTO toy_trouble SELECT to_char(n, 'FM00000'), 'bug' FROM generate_series(1, 1) AS n");
        await toy.OpenAsync();
        return toy;
    }

    private static async Task<AlertOutbox> OpenAsync(ToyRun toy, (string Name, string Value)[] settings)
    {
        var channels = AlertSettings.Read(Settings(settings)).Channels(Home);
        var outbox = new AlertOutbox(toy.Engine.Database, channels, toy.Engine.Clock);
        await outbox.OpenAsync(default);
        return outbox;
    }

    private static (string Name, string Value)[] Mail(int port, string security, params (string, string)[] more) =>
    [
        ("alerts:email:host", "127.0.0.1"), ("alerts:email:port", $"{port}"), ("alerts:email:security", security),
        ("alerts:email:from", "night@agency.example.test"),
        ("alerts:email:to", "duty@agency.example.test, second@agency.example.test"), .. more,
    ];

    private static IConfiguration Settings(params (string Name, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.ToDictionary(value => value.Name, value => (string?)value.Value)).Build();

    private static async Task<Request> RunAsync(HttpListener listener, AlertOutbox outbox, HttpStatusCode status)
    {
        var delivering = outbox.DeliverAsync(default);
        var context = await listener.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60));
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        var request = new Request(
            context.Request.HttpMethod, context.Request.ContentType!, context.Request.Headers["Authorization"]!,
            context.Request.Headers["Idempotency-Key"]!, await reader.ReadToEndAsync());
        context.Response.StatusCode = (int)status;
        context.Response.RedirectLocation = status == HttpStatusCode.Redirect ? "http://127.0.0.1:1/elsewhere" : null;
        context.Response.Close();
        await delivering;
        return request;
    }

    private sealed record Request(string Method, string Type, string Token, string Key, string Body);

    private sealed record Letter(string Text)
    {
        /// <summary>Headers on one line each.</summary>
        public string Unfolded => Text.Replace("\r", "", StringComparison.Ordinal).Replace("\n ", " ", StringComparison.Ordinal)
            .Replace("\n\t", " ", StringComparison.Ordinal);
    }

    /// <summary>A mail server on this machine that keeps what it gets in a Maildir.</summary>
    private sealed class MailServer(Process process, int port, string folder) : IDisposable
    {
        public int Port => port;

        public static async Task<MailServer> StartAsync()
        {
            var (port, folder) = (Ports.Free(), Directory.CreateTempSubdirectory("mynumber-mail-").FullName);
            var process = Process.Start("/usr/bin/aiosmtpd",
                ["-n", "-l", $"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Mailbox", Path.Combine(folder, "box")]);
            await Ports.UntilAsync(async () =>
            {
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            });
            return new MailServer(process, port, folder);
        }

        public IReadOnlyList<Letter> Letters() => Directory.Exists(Path.Combine(folder, "box", "new"))
            ? [.. Directory.GetFiles(Path.Combine(folder, "box", "new")).Select(file => new Letter(File.ReadAllText(file)))]
            : [];

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
