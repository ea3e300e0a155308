using System.Text.RegularExpressions;

namespace MyNumber.Tests.Unit.Cli;

/// <summary>Whoever gets an alert finds its code in one table, with what it means and what to do.</summary>
public sealed partial class AlertCodesTests
{
    private static readonly string Top = FindTop();

    [Fact]
    public void Every_code_that_the_product_raises_is_in_the_table_and_no_other()
    {
        var raised = Directory.EnumerateFiles(Path.Combine(Top, "batch"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Top, "batch/Database/Migrations")))
            .Concat(Directory.EnumerateFiles(Path.Combine(Top, "jobs"), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(Raised).Distinct().Order(StringComparer.Ordinal).ToList();
        var table = Row().Matches(File.ReadAllText(Path.Combine(Top, "jobs/Alerting/README.md")))
            .Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal).ToList();
        Assert.Empty(raised.Except(table)); // Raised, and not in the table.
        Assert.Empty(table.Except(raised)); // In the table, and raised nowhere.
    }

    private static IEnumerable<string> Raised(string path)
    {
        var text = File.ReadAllText(path);
        if (path.EndsWith(".sql", StringComparison.Ordinal))
        {
            // A migration that finds something wrong raises by itself; its code is a literal in a line of its own clause.
            foreach (Match raised in RaisedInSql().Matches(text))
            {
                yield return raised.Groups[1].Value;
            }

            yield break;
        }

        foreach (Match call in Call().Matches(text))
        {
            var code = call.Groups[1].Value.Trim();
            if (code.StartsWith('"'))
            {
                yield return code.Trim('"');
            }
            else if (Regex.Match(text, $"const string {Regex.Escape(code)} = \"([a-z-]+)\"") is { Success: true } constant)
            {
                yield return constant.Groups[1].Value;
            }
            else
            {
                // One of several, chosen while it runs: the file declares them.
                var declared = Regex.Matches(text, "public const string \\w+ = \"([a-z-]+)\"");
                Assert.True(declared.Count > 1, $"{path} raises an alert whose code this test cannot read: {code}");
                foreach (Match one in declared)
                {
                    yield return one.Groups[1].Value;
                }
            }
        }
    }

    // The third argument of a call; the declarations of Alerts itself have types there.
    [GeneratedRegex(@"Alerts\.Raise(?:While|Again)?Async\(\s*[\w.]+,\s*[\w.]+,\s*([\w.""-]+)")]
    private static partial Regex Call();

    [GeneratedRegex(@"INSERT INTO alert \([^)]*\)\s*SELECT now\(\), '([a-z-]+)'")]
    private static partial Regex RaisedInSql();

    [GeneratedRegex(@"^\| `([a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    private static string FindTop()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MyNumber.Batch.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
