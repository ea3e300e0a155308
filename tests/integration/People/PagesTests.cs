using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using MyNumber.Batch.People;
using MyNumber.Tests.Integration.Nights;
using MyNumber.Tests.Integration.Watch;

namespace MyNumber.Tests.Integration.People;

/// <summary>The pages of the real `serve` follow the table of acts: a person of each role asks for everything.</summary>
public sealed partial class PagesTests : IAsyncLifetime, IDisposable
{
    private static readonly Dictionary<string, string> Paths = new()
    {
        ["Night"] = "/nights/2026-11-24", ["Part"] = "/parts/1", ["Alerts"] = "/alerts", ["ReviewItem"] = "/review/none",
        ["Disposals"] = "/disposals", ["People"] = "/people", ["Subjects"] = "/subjects", ["Password"] = "/password",
        ["Inquiry"] = "/inquiry",
    };

    private readonly Product _product = new("pages");
    private readonly TaskCompletionSource<string> _once = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process _serve = null!;
    private Uri _url = null!;

    [Fact]
    public async Task The_first_start_tells_a_password_for_admin_and_every_page_asks_the_table()
    {
        var once = await _once.Task.WaitAsync(TimeSpan.FromMinutes(1));
        using (var admin = await SignInAsync("ａｄｍｉｎ", once))
        {
            Assert.Equal("/password", (await admin.GetAsync("/people")).Headers.Location!.OriginalString);
        }

        foreach (var role in Roles.All)
        {
            _product.Appoint($"has-{role}", role);
        }

        foreach (var role in Roles.All)
        {
            using var person = await SignInAsync($"Has-{role}", Staff.Password);
            foreach (var act in Acts.Table)
            {
                foreach (var handler in act.Handlers.Where(handler => Paths.ContainsKey(handler.Split(' ')[0])))
                {
                    var words = handler.Split(' ');
                    var answer = await PostAsync(person, Paths[words[0]] + (words.Length > 1 ? $"?handler={words[1]}" : ""));
                    var refused = answer.Headers.Location?.OriginalString.Contains("/error/403", StringComparison.Ordinal) == true;
                    Assert.True(
                        refused == (act.May == May.HasRole && !act.Roles.Contains(role)),
                        $"{handler} by {role}: {answer.StatusCode} {answer.Headers.Location}");
                }
            }
        }
    }

    [Fact]
    public async Task Other_roles_another_password_and_no_access_end_a_session_at_once()
    {
        await _once.Task.WaitAsync(TimeSpan.FromMinutes(1));
        foreach (var (name, change) in new (string, string[])[]
        {
            ("was-operator", ["role", "was-operator", "--role", "keyer"]), ("was-reset", ["reset", "was-reset"]),
            ("was-there", ["disable", "was-there"]),
        })
        {
            _product.Appoint(name, Roles.Operator);
            using var person = await SignInAsync(name, Staff.Password);
            Assert.Equal(HttpStatusCode.OK, (await person.GetAsync("/people")).StatusCode);
            _product.RunOk(["account", .. change]);
            Assert.Contains("/signin", (await person.GetAsync("/people")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        }
    }

    public async Task InitializeAsync()
    {
        _url = new($"http://127.0.0.1:{Ports.Free()}");
        _serve = _product.Start("serve", "--urls", _url.OriginalString);
        _serve.ErrorDataReceived += (_, line) =>
        {
            if (OncePattern().Match(line.Data ?? "") is { Success: true } match)
            {
                _once.TrySetResult(match.Groups[1].Value);
            }
        };
        _serve.BeginErrorReadLine();
        _serve.BeginOutputReadLine();
        await _once.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    public async Task DisposeAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_serve.Id}"]);
        await _serve.WaitForExitAsync();
        _serve.Dispose();
    }

    public void Dispose() => _product.Dispose();

    private async Task<HttpClient> SignInAsync(string person, string password)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _url };
        var answer = await PostAsync(client, "/signin", ("person", person), ("password", password));
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{person} did not get in.");
        return client;
    }

    // The forms carry a token of their own page; any page with a form has one.
    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, params (string Name, string Value)[] fields)
    {
        var form = await client.GetAsync("/subjects");
        var page = form.StatusCode == HttpStatusCode.OK
            ? await form.Content.ReadAsStringAsync()
            : await client.GetStringAsync("/signin");
        var token = TokenPattern().Match(page).Groups[1].Value;
        using var content = new FormUrlEncodedContent(
            fields.Append((Name: "__RequestVerificationToken", Value: token)).Select(
                field => KeyValuePair.Create(field.Name, field.Value)));
        return await client.PostAsync(path, content);
    }

    [GeneratedRegex("one-time password: (\\S+)")]
    private static partial Regex OncePattern();

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex TokenPattern();
}
