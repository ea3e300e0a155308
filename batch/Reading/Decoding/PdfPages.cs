using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Pages of a PDF by poppler's tools, as processes of their own: whatever a hostile file does to them, it ends there,
/// inside a bound of memory and time. The bytes go in by standard input and come out by standard output, so nothing of
/// a scan ever lies in a file.
/// </summary>
internal static class PdfPages
{
    // What a page without a picture is rendered with (a form that was filled in on a screen and printed to a file).
    private const int RenderDpi = 300;

    // A file that knows no resolution tells a point a pixel (72), or nonsense: the picture's own pixels count all the same.
    private const int PpiMin = 20;
    private const int PpiMax = 5_000;

    // What is believed of it.
    private const int DpiMin = 100;
    private const int DpiMax = 700;

    // The clock's last word on a tool that waits and uses no processor: a loaded machine may take ten times as long.
    private const int WaitSecondsMax = 10 * PageLimits.SecondsMax;

    // How a shell tells that the kernel ended a process over its processor time: 128 and the signal (SIGKILL, SIGXCPU).
    private static readonly int[] EndedByLimit = [128 + 9, 128 + 24];

    /// <summary>Pages of the file; 1 where it cannot be told.</summary>
    public static int Count(byte[] file) => Run(file, "pdfinfo", "-").Output is { } output ? Count(Text(output).Split('\n')) : 1;

    /// <summary>Renders a page at the resolution of the picture in it, so that no pixel is invented or lost.</summary>
    public static Decoded Decode(byte[] file, int page, Colour colour)
    {
        var number = page.ToString(CultureInfo.InvariantCulture);
        var info = Run(file, "pdfinfo", "-f", number, "-l", number, "-");
        if (info.Output is null)
        {
            return info.Refused!;
        }

        var lines = Text(info.Output).Split('\n');
        var size = lines.FirstOrDefault(line => line.StartsWith("Page ", StringComparison.Ordinal) && line.Contains(" size:"));
        if (size is null || page > Count(lines))
        {
            return "no-such-page";
        }

        var points = size[(size.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (points.Length < 3 || !Number(points[0], out var width) || !Number(points[2], out var height))
        {
            return "damaged";
        }

        var (bits, dpi) = Picture(Text(Run(file, "pdfimages", "-list", "-f", number, "-l", number, "-").Output ?? []));
        if (PageLimits.Refuse((long)(width * dpi / 72), (long)(height * dpi / 72)) is { } refused)
        {
            return refused;
        }

        string[] mode = colour == Colour.Keep ? [] : ["-gray"];
        var rendered = Run(file, "pdftoppm",
            ["-r", dpi.ToString(CultureInfo.InvariantCulture), "-f", number, "-l", number, "-singlefile", .. mode, "-"]);
        return rendered.Output is null ? rendered.Refused! : rendered.Output.Length == 0 ? "damaged" : PageDecoder.Picture(
            rendered.Output, bits == 1, dpi is >= DpiMin and <= DpiMax ? dpi : null, colour);
    }

    private static int Count(string[] info)
    {
        var line = info.FirstOrDefault(line => line.StartsWith("Pages:", StringComparison.Ordinal));
        return line is not null && int.TryParse(line[6..].Trim(), CultureInfo.InvariantCulture, out var pages)
            ? Math.Clamp(pages, 1, PageLimits.PagesMax)
            : 1;
    }

    // The largest picture of the page, as `pdfimages -list` tells it:
    // page num type width height color comp bpc enc interp object ID x-ppi y-ppi …
    private static (int Bits, int Dpi) Picture(string list)
    {
        var best = (Pixels: 0L, Bits: 8, Dpi: RenderDpi);
        foreach (var row in list.Split('\n').Skip(2))
        {
            var columns = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length >= 14 && Number(columns[3], out var width) && Number(columns[4], out var height)
                && Number(columns[7], out var bits) && Number(columns[12], out var ppi) && width * height > best.Pixels
                && ppi is >= PpiMin and <= PpiMax)
            {
                best = ((long)(width * height), (int)bits, (int)ppi);
            }
        }

        return (best.Bits, best.Dpi);
    }

    private static bool Number(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static string Text(byte[] output) => System.Text.Encoding.UTF8.GetString(output);

    /// <summary>
    /// Runs a tool on a file, within its bounds; where they cannot be set, it does not run. Its output, or the code of why
    /// there is none: `too-slow`, `damaged`.
    /// </summary>
    internal static (byte[]? Output, string? Refused) Run(byte[] file, string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-c",
                // One limit a call: dash refuses two in one and would go on without any.
                $"ulimit -v {PageLimits.PdfMemoryKiB} && ulimit -t {PageLimits.SecondsMax} && exec \"$@\" 2>/dev/null",
                "sh",
                tool,
            },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new Win32Exception($"{tool} could not be started.");
        using var output = new MemoryStream();
        var feed = Task.Run(() => Feed(process, file));
        var copy = Task.Run(() => process.StandardOutput.BaseStream.CopyTo(output));
        if (!copy.Wait(TimeSpan.FromSeconds(WaitSecondsMax)))
        {
            process.Kill();
            copy.Wait();
        }

        process.WaitForExit();
        feed.Wait();
        return process.ExitCode == 0 ? (output.ToArray(), null)
            : (null, EndedByLimit.Contains(process.ExitCode) ? "too-slow" : "damaged");
    }

    private static void Feed(Process process, byte[] file)
    {
        try
        {
            using var input = process.StandardInput.BaseStream;
            input.Write(file);
        }
        catch (IOException)
        {
            // The tool closed its input early: it has seen enough, or it failed, which its exit status tells.
        }
    }
}
