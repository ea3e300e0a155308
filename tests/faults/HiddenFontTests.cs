using System.Diagnostics;

namespace MyNumber.Tests.Faults;

/// <summary>A worker that could not load a font prints as soon as the font is there again: nothing is failed for ever.</summary>
public sealed class HiddenFontTests
{
    [Fact]
    public void A_font_that_was_away_is_loaded_by_the_same_process_when_it_is_back()
    {
        string[] apart = Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--user", "--map-root-user"];
        using var process = Process.Start(
            new ProcessStartInfo("unshare", [.. apart, Path.Combine(AppContext.BaseDirectory, "toyhost"), "fonts"])
        {
            RedirectStandardError = true,
        })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{process.ExitCode}: {said}");
    }
}
