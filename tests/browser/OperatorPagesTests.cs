using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Playwright;
using MyNumber.Tests.Integration.Nights;

namespace MyNumber.Tests.Browser;

/// <summary>
/// The operators' pages over one served home. The tests share it and run in any order: what one changes (an account, a review
/// item, a disposal list, the blocked night) no other looks at.
/// </summary>
public sealed class OperatorPagesTests(ServedNight served) : IClassFixture<ServedNight>
{
    [Fact]
    public async Task Nobody_sees_a_page_without_signing_in()
    {
        await using var visit = await VisitAsync();
        foreach (var path in new[] { "/", "/review", "/audit", "/hangfire", "/people", $"/nights/{ServedNight.Date}" })
        {
            await visit.Page.GotoAsync(served.Url + path);
            Assert.Contains("/signin", visit.Page.Url, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_one_time_password_opens_only_the_page_that_changes_it()
    {
        await using var visit = await VisitAsync();
        await visit.Page.GotoAsync(served.Url);
        await SignInAsync(visit.Page, served.OneTimePassword, ServedNight.Newcomer);
        Assert.EndsWith("/password", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.GotoAsync(served.Url + "/review");
        Assert.EndsWith("/password", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.GetByLabel("New password").FillAsync(Staff.Password);
        await visit.Page.GetByLabel("Once more").FillAsync(Staff.Password);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Nights" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_wrong_password_says_no_more_than_that_it_does_not_fit()
    {
        await using var visit = await VisitAsync();
        await visit.Page.GotoAsync(served.Url);
        await SignInAsync(visit.Page, "certainly not this one");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Name and password do not fit.");
    }

    [Fact]
    public async Task A_keyer_sees_the_crop_and_stores_what_it_says()
    {
        await using var visit = await SignedInAsync();
        await visit.Page.GotoAsync(served.Url + "/review");
        await visit.PictureAsync("review-list");
        var open = await visit.Page.Locator("tbody tr").CountAsync();
        Assert.True(open > 0, "The sample night leaves nothing to review.");
        await visit.Page.Locator("tr", new() { HasTextString = "application id" }).First.GetByText("Decide").ClickAsync();
        var crop = visit.Page.GetByAltText("Crop of the field as scanned");
        await Assertions.Expect(crop).ToBeVisibleAsync();
        Assert.True(
            await crop.EvaluateAsync<bool>("image => image.decode().then(() => true, () => false)"), "The crop is no picture.");
        await visit.PictureAsync("review-item");
        await visit.Page.GetByLabel("What it says").FillAsync("01234567890123456789012");
        await visit.Page.GetByLabel("What it says").PressAsync("Enter");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Status).First).ToContainTextAsync("Stored.");
        await visit.Page.GotoAsync(served.Url + "/review");
        Assert.Equal(open - 1, await visit.Page.Locator("tbody tr").CountAsync());
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task The_inquiry_answers_unknown_ids_and_wrong_birth_dates_alike()
    {
        await using var visit = await VisitAsync();
        await visit.Page.GotoAsync(served.Url + "/inquiry");
        await visit.Page.Locator("[name=application_id]").FillAsync("01234567890123456789012");
        await visit.Page.Locator("[name=birth_date]").FillAsync("1990-04-01");
        await visit.Page.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("該当する申請が見つかりません")).ToBeVisibleAsync();
        await visit.PictureAsync("inquiry");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Who_guesses_too_often_is_told_when_to_ask_again_in_the_form_that_was_asked_in()
    {
        // From an address of its own: whoever asks from another is not held up by these guesses.
        using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = FromElsewhereAsync });
        client.BaseAddress = new Uri(served.Url);
        var asked = new { application_id = "01234567890123456789012", birth_date = "1990-04-01" };
        HttpResponseMessage answer;
        var tries = 0;
        do
        {
            answer = await client.PostAsJsonAsync("/inquiry", asked);
        }
        while (answer.StatusCode == HttpStatusCode.OK && ++tries < 100);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"{answer.Headers.RetryAfter?.Delta?.TotalSeconds} seconds",
            await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        answer = await client.PostAsJsonAsync("/inquiry", asked);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_blocked_night_shows_what_waits_and_a_re_run_with_a_reason_completes_it()
    {
        await using var visit = await SignedInAsync();
        await visit.PictureAsync("nights");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = ServedNight.Date }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Failed parts: the night waits for a person")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("Other content lies in the outbox")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator("td", new() { HasTextString = "intake" }).First).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Progress" })).ToContainTextAsync(
            "waits for a person");
        await Assertions.Expect(visit.Page.GetByText("broken", new() { Exact = true })).ToHaveCountAsync(0);
        await visit.PictureAsync("night");

        File.Delete(served.Blocking);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Re-run or skip" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("the next night hands it over first")).ToBeVisibleAsync();
        await visit.PictureAsync("part");
        await visit.Page.GetByLabel("Reason").First.FillAsync("The other file was moved away.");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Run again" }).ClickAsync();
        // The page polls by itself: no reload, no waiting by the clock.
        await Assertions.Expect(visit.Page.Locator(".sub .state")).ToHaveTextAsync("complete", new() { Timeout = 60_000 });
        await visit.PictureAsync("night-complete");
        await visit.Page.GotoAsync(served.Url + "/audit");
        await Assertions.Expect(visit.Page.GetByText("The other file was moved away.")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("is whole")).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task Cards_are_disposed_of_only_after_two_people_have_said_so()
    {
        await using var first = await SignedInAsync("approver-1");
        await using var second = await SignedInAsync("approver-2");
        await first.Page.GotoAsync(served.Url + "/disposals");
        var lists = await first.Page.Locator("form.inline").CountAsync();
        Assert.True(lists > 0, "The last night proposes nothing for disposal.");
        // Nobody approves what he cannot see.
        await first.Page.GetByText("The cards").First.ClickAsync();
        await Assertions.Expect(first.Page.Locator(".cards a").First).ToBeVisibleAsync();
        await first.PictureAsync("disposals-cards");
        await ApproveAsync(first, "Approve as the first", "Noted. Another person must approve it, too.");
        await first.PictureAsync("disposals-after-one");
        Assert.Equal(lists - 1, await first.Page.Locator("form.inline").CountAsync());
        Assert.Empty(served.Disposals);
        await second.Page.GotoAsync(served.Url + "/disposals");
        await ApproveAsync(second, "Approve as the second, and send", "Approved by two people");
        await second.PictureAsync("disposals-after-two");
        Assert.Single(served.Disposals);
        Assert.Empty(first.Complaints);
        Assert.Empty(second.Complaints);
    }

    [Fact]
    public async Task Two_operators_give_an_approver_access_and_each_sees_half_of_the_password()
    {
        await using var admin = await SignedInAsync();
        await admin.Page.GotoAsync(served.Url + "/people");
        var form = admin.Page.Locator("form.stack").Last;
        await form.GetByLabel("Name").FillAsync("Approver-3");
        await form.GetByLabel("approver", new() { Exact = true }).CheckAsync();
        await form.GetByLabel("Reason").FillAsync("Works here from today.");
        await form.GetByLabel("Reason").PressAsync("Enter");
        var half = await HalfShownAsync(admin, "first half");
        await admin.PictureAsync("people-first-operator");
        // Nobody says the same twice.
        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Say the same" })).ToHaveCountAsync(0);

        await using var other = await SignedInAsync("operator-2");
        await other.Page.GotoAsync(served.Url + "/people");
        var waiting = other.Page.Locator("form.inline");
        await waiting.GetByLabel("Reason").FillAsync("So it is.");
        await other.PictureAsync("people-second-operator");
        await waiting.GetByRole(AriaRole.Button).ClickAsync();
        var whole = half + await HalfShownAsync(other, "second half");
        await other.PictureAsync("people-made");

        await using var person = await VisitAsync();
        await person.Page.GotoAsync(served.Url);
        await SignInAsync(person.Page, whole, "approver-3");
        await person.Page.GetByLabel("New password").FillAsync(Staff.Password);
        await person.Page.GetByLabel("Once more").FillAsync(Staff.Password);
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Heading, new() { Name = "Nights" })).ToBeVisibleAsync();
        Assert.Empty(other.Complaints);
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task Every_page_opens_without_a_complaint_of_the_browser()
    {
        await using var visit = await SignedInAsync();
        foreach (var path in new[] { "/", "/review", "/subjects", "/drops", "/disposals", "/alerts", "/audit", "/people", "/hangfire" })
        {
            var answer = await visit.Page.GotoAsync(served.Url + path);
            Assert.True(answer!.Ok, $"{path} answered {answer.Status}.");
            await visit.PictureAsync(path.Trim('/') is { Length: > 0 } name ? name : "home");
        }

        Assert.Empty(visit.Complaints);
    }

    private static async ValueTask<Stream> FromElsewhereAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task ApproveAsync(Visit visit, string button, string answer)
    {
        var form = visit.Page.Locator("form.inline", new() { Has = visit.Page.GetByRole(AriaRole.Button, new() { Name = button }) }).First;
        await form.GetByLabel("Reason").FillAsync("Looked at the list and the cards.");
        await form.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Status).First).ToContainTextAsync(answer);
    }

    /// <summary>Signs in somebody who has an account and a password.</summary>
    private async Task<Visit> SignedInAsync(string person = "admin")
    {
        var visit = await VisitAsync();
        await visit.Page.GotoAsync(served.Url);
        await SignInAsync(visit.Page, Staff.Password, person);
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Nights" })).ToBeVisibleAsync();
        return visit;
    }

    private static async Task<string> HalfShownAsync(Visit visit, string which)
    {
        var shown = visit.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = which });
        return (await shown.Locator("b").TextContentAsync())!;
    }

    private static async Task SignInAsync(IPage page, string password, string person = "admin")
    {
        await page.GetByLabel("Name").FillAsync(person);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    private async Task<Visit> VisitAsync()
    {
        var context = await served.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        return new Visit(await context.NewPageAsync());
    }

    /// <summary>A tab with what the browser complained about: scripts refused, errors, pages not found.</summary>
    private sealed class Visit : IAsyncDisposable
    {
        // Pictures are for people who look at the pages: written only where somebody asks for them.
        private static readonly string? Pictures = Environment.GetEnvironmentVariable("MYNUMBER_SCREENSHOTS");

        public Visit(IPage page)
        {
            Page = page;
            page.Console += (_, message) =>
            {
                if (message.Type is "error")
                {
                    Complaints.Add(message.Text);
                }
            };
            page.PageError += (_, error) => Complaints.Add(error);
        }

        public IPage Page { get; }

        public List<string> Complaints { get; } = [];

        public async Task PictureAsync(string name)
        {
            if (Pictures is not null)
            {
                await Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, name + ".png"), FullPage = true });
            }
        }

        public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
    }
}
