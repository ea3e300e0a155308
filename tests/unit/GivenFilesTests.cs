using System.Text.RegularExpressions;

namespace MyNumber.Tests.Unit;

/// <summary>
/// Where files come in that others gave us, nothing opens or walks them but batch/Files: a named pipe would be waited for, a link
/// followed, a file without an end read to its end.
/// </summary>
public sealed partial class GivenFilesTests
{
    // The folders and files in which such names are handled.
    private static readonly string[] Places =
    [
        "batch/Feeds", "batch/Intake", "batch/Register", "batch/Recovery/FoundDrop.cs", "batch/Recovery/FoundDrops.cs",
        "batch/Printing/DropCheck.cs", "batch/Printing/DropTables.cs", "batch/Printing/VendorFeeds.cs", "batch/Printing/VendorStep.cs", "batch/Reading/ReadCommand.cs",
        "fixtures/Feeds/Table.cs", "fixtures/Partners/PrintVendor.cs", "fixtures/Partners/CardFactory.cs", "jobs/Cli/PaperVerbs.cs", "jobs/Cli/RunActVerbs.cs", "jobs/Cli/NamedFile.cs", "jobs/Cli/RecoveryVerbs.cs",
    ];

    [Fact]
    public void Only_batch_Files_opens_and_walks_what_others_gave_us()
    {
        var top = FindTop();
        var found = Places.Select(place => Path.Combine(top, place))
            .SelectMany(place => Directory.Exists(place) ? Directory.EnumerateFiles(place, "*.cs", SearchOption.AllDirectories) : [place])
            .SelectMany(file => File.ReadLines(file).Where(line => Opens().IsMatch(line) && !Ours().IsMatch(line))
                .Select(line => $"{Path.GetRelativePath(top, file)}: {line.Trim()}"));
        Assert.Empty(found);
    }

    [Fact]
    public void This_test_sees_what_it_looks_for()
    {
        Assert.Matches(Opens(), "var bytes = File.ReadAllBytes(path);");
        Assert.Matches(Opens(), "Directory.EnumerateFiles(folder, \"*\", SearchOption.AllDirectories)");
        Assert.Matches(Opens(), "using var text = new StreamReader(Path.Combine(folder, list));");
    }

    [GeneratedRegex(@"\bFile\.(Open|OpenRead|OpenText|ReadAll\w+|ReadLines|Copy)\(|SearchOption\.AllDirectories|new StreamReader\((Path|feed|file|path)")]
    private static partial Regex Opens();

    // A file that we wrote ourselves a moment ago.
    [GeneratedRegex(@"\btemporary\b")]
    private static partial Regex Ours();

    private static string FindTop()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MyNumber.Batch.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The sources are not above this folder.");
        }

        return folder.FullName;
    }
}
