using System.Globalization;
using System.Text;
using MyNumber.Batch;
using MyNumber.Fixtures;
using MyNumber.Fixtures.Filling;
using MyNumber.Tests.Integration.Intake;
using OpenCvSharp;
using SkiaSharp;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>One online application as it is sent.</summary>
/// <param name="Form">Number of the form: its Application ID, padded.</param>
/// <param name="Photo">The photograph's bytes; null: none was sent.</param>
public sealed record Sent(int Form, byte[]? Photo)
{
    public string Email { get; init; } = "family@example.jp";

    public string BirthDate { get; init; } = "1990-04-01";
}

/// <summary>
/// A home with residents R1, R2 … in two towns, whose whole nights run in process. Resident n has the forms n and n + 100.
/// </summary>
public sealed class OnlineWorld : IAsyncDisposable
{
    public const string OtherTown = "27100,港市,大阪県,港市役所,港市本町1-1,06-0000-0000,7,3,0,\n";
    private const int Residents = 9;
    private int _feeds;

    private OnlineWorld(IntakeHome home) => Home = home;

    public IntakeHome Home { get; }

    public static async Task<OnlineWorld> MakeAsync()
    {
        var home = await IntakeHome.CreateAsync(Night.Steps);
        var numbers = Enumerable.Range(1, Residents).ToList();
        home.Register(
            "20261120-full",
            string.Concat(numbers.Select(n => IntakeHome.Resident($"R{n}", Eleven(n)))),
            string.Concat(numbers.SelectMany(n => new[] { n, n + 100 }.Select(form => Form(form, n)))),
            municipalities: IntakeHome.Municipality + OtherTown);
        return new OnlineWorld(home);
    }

    public static string Id(int form) => form.ToString("D23", CultureInfo.InvariantCulture);

    public static string Eleven(int n) => (12345678900 + n).ToString(CultureInfo.InvariantCulture);

    /// <summary>A portrait that keeps every rule; each number is another face.</summary>
    public static byte[] Portrait(int face)
    {
        using var drawn = Faces.Portrait(700, new Dice(11, "face", face));
        using var png = drawn.Encode(SKEncodedImageFormat.Png, 100);
        using var picture = Cv2.ImDecode(png.ToArray(), ImreadModes.Color);
        return picture.ImEncode(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 98));
    }

    /// <summary>An online feed that was submitted in the morning of a day; its keys are FEED-1, FEED-2 …</summary>
    public string Send(DateOnly day, params Sent[] sent)
    {
        var feed = $"on{++_feeds}";
        var rows = sent.Select((one, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{Id(one.Form)},{day:yyyy-MM-dd}T08:{i:D2}:00+09:00,{one.Email},{one.BirthDate},0,0,0,{(one.Photo is null ? "" : $"p{i}.jpg")},,,\n"));
        Home.Folder("online", feed, [
            ("applications.csv", IntakeHome.Utf8(IntakeHome.OnlineHeader + string.Concat(rows))),
            .. sent.Select((one, i) => ($"p{i}.jpg", one.Photo)).Where(file => file.Photo is not null)
                .Select(file => (file.Item1, file.Photo!))]);
        return feed;
    }

    /// <summary>An event of the residents' town.</summary>
    public void Event(DateOnly day, string kind, string subject) => Home.OneFile(
        "events", $"ev{++_feeds}", IntakeHome.EventHeader + string.Create(
            CultureInfo.InvariantCulture, $"E{_feeds},{day:yyyy-MM-dd}T09:00:00+09:00,{kind},13101,{subject},,\n"));

    /// <summary>A whole night, which must come to its end with every law true.</summary>
    public async Task NightAsync(DateOnly day)
    {
        Assert.Equal("complete", await Home.NightAsync(day));
        var report = JsonDocumentOf(Path.Combine(Home.Home.Outbox, "report", $"{day:yyyyMMdd}.json"));
        Assert.All(
            report.RootElement.GetProperty("laws").EnumerateArray(),
            law => Assert.True(law.GetProperty("holds").GetBoolean(), law.ToString()));
    }

    public async Task<string> StateAsync(string key) =>
        await Home.ScalarAsync<string>("SELECT state FROM application WHERE key = @key", new { key });

    /// <summary>Names of the messages in the outbox, without the `.done` beside each.</summary>
    public IReadOnlyList<string> Messages() =>
        Directory.Exists(Path.Combine(Home.Home.Outbox, "email"))
            ? [.. Directory.EnumerateFiles(Path.Combine(Home.Home.Outbox, "email"), "*.eml").Select(Path.GetFileNameWithoutExtension)
                .Select(name => name!).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>A message as its receiver reads it.</summary>
    public string Body(string name)
    {
        var message = File.ReadAllText(Path.Combine(Home.Home.Outbox, "email", $"{name}.eml"));
        return Encoding.UTF8.GetString(
            Convert.FromBase64String(message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]));
    }

    public ValueTask DisposeAsync() => Home.DisposeAsync();

    private static string Form(int form, int resident) => $"{Id(form)},R{resident},qr,2026-01-01,見本　花子,緑川市本町　2-3,0\n";

    private static System.Text.Json.JsonDocument JsonDocumentOf(string path) =>
        System.Text.Json.JsonDocument.Parse(File.ReadAllText(path));
}
