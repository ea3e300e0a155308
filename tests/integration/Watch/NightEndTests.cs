using System.Text.Json;
using MyNumber.Tests.Integration.Nights;

namespace MyNumber.Tests.Integration.Watch;

/// <summary>Whoever starts a night by hand or by cron hears at its end what waits for a person.</summary>
public sealed class NightEndTests
{
    [Fact]
    public void The_end_of_a_night_names_the_open_alerts_and_the_log_has_them_too()
    {
        using var product = new Product("night-end");
        var events = Directory.CreateDirectory(Path.Combine(product.Inbox, "events")).FullName;
        File.WriteAllText(Path.Combine(events, "monday.csv"), "event_id,occurred_at,kind,municipality_code,subject,value,note\n");
        File.WriteAllText(Path.Combine(events, "monday.done"), $"{new string('0', 64)}  monday.csv\n");

        var night = product.Run("night", "--date", "2026-11-24");
        Assert.Equal(1, night.ExitCode);
        // Played long after its date, the night also hears that later ones have not begun.
        Assert.Matches("One alert is open:|[0-9]+ alerts are open:", night.Error);
        Assert.Contains("feed-refused, events/monday", night.Error, StringComparison.Ordinal);
        Assert.Contains("Alert raised: feed-refused",
            string.Concat(Directory.GetFiles(Path.Combine(product.Home, "logs")).Select(File.ReadAllText)), StringComparison.Ordinal);

        // What waits for longer than it may is one line, there and in the report.
        Assert.Contains("Nothing waits for longer than it may.", night.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing waits for longer than it may.", product.RunOk("report", "--date", "2026-11-24").Output,
            StringComparison.Ordinal);

        // A complete night has no open step, and so no pace.
        using var shown = JsonDocument.Parse(product.RunOk("show", "2026-11-24", "--json").Output);
        Assert.All(shown.RootElement.GetProperty("steps").EnumerateArray(), step =>
            Assert.Equal(JsonValueKind.Null, step.GetProperty("pace").ValueKind));
    }
}
