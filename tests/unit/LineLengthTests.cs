using System.Globalization;
using System.Text.RegularExpressions;

namespace MyNumber.Tests.Unit;

/// <summary>The line length that .editorconfig names holds. Text between quotes does not count: it is read in one piece.</summary>
public sealed partial class LineLengthTests
{
    [Fact]
    public void No_line_of_code_is_longer_than_editorconfig_says()
    {
        var max = int.Parse(Named().Match(Sources.Read(".editorconfig")).Groups[1].Value, CultureInfo.InvariantCulture);
        var folders = new[] { "batch", "jobs", "fixtures", "templates", "tests" };
        var files = folders.SelectMany(folder =>
            Directory.EnumerateFiles(Path.Combine(Sources.Top, folder), "*.cs", SearchOption.AllDirectories));
        var longer = files.Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).SelectMany(file => CodeOf(file)
            .Select((line, i) => (Place: $"{Path.GetRelativePath(Sources.Top, file)}:{i + 1}", line.Length))
            .Where(line => line.Length > max)
            .Select(line => $"{line.Place} has {line.Length}"));
        Assert.Equal("", string.Join('\n', longer));
    }

    // What lies between quotes is left out, over several lines where it does.
    private static string[] CodeOf(string file) =>
        Quoted().Replace(File.ReadAllText(file), text => new string('\n', text.Value.Count(c => c == '\n'))).Split('\n');

    [GeneratedRegex(@"^max_line_length = (\d+)$", RegexOptions.Multiline)]
    private static partial Regex Named();

    [GeneratedRegex("\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"", RegexOptions.Singleline)]
    private static partial Regex Quoted();
}
