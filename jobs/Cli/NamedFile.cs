using MyNumber.Batch.Files;

namespace MyNumber.Jobs.Cli;

/// <summary>Reads files that a person names on the command line: regular files only, so that no verb waits for ever.</summary>
internal static class NamedFile
{
    /// <summary>The whole text.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    /// <exception cref="NotAGivenFileException">It is no regular file.</exception>
    public static string ReadAllText(FileInfo file)
    {
        try
        {
            return GivenFile.ReadAllText(file.FullName, GivenFile.SmallBytesMax);
        }
        catch (FileNotFoundException)
        {
            throw new UsageException($"There is no file {file.FullName}.");
        }
    }
}
