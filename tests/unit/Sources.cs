namespace MyNumber.Tests.Unit;

/// <summary>The repository that these tests were built from, for tests that hold its texts to its code.</summary>
internal static class Sources
{
    /// <summary>The folder of the solution.</summary>
    public static string Top { get; } = Find();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Top, path));

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MyNumber.Batch.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("These tests run in a checkout of the repository.");
    }
}
