using System.Diagnostics;
using MyNumber.Batch.Files;

namespace MyNumber.Batch.Reading;

/// <summary>`mynumber read FILE… [--form KIND] [--debug DIR] --json`: scans without a database, a line per page.</summary>
public static class ReadCommand
{
    /// <summary>Reads every page of every file.</summary>
    /// <param name="files">As named on the command line.</param>
    /// <param name="form">The kind that is expected; null: any.</param>
    /// <param name="debugFolder">Where pictures go, a folder a page; null: none.</param>
    /// <param name="output">Gets a JSON line a page.</param>
    /// <param name="error">Gets a sentence for a file that is not there.</param>
    /// <param name="cancellation">Ends between two pages.</param>
    /// <returns>0; 2 where a file is missing or is none that is taken (nothing is read then).</returns>
    public static int Run(
        IReadOnlyList<string> files, string? form, string? debugFolder, TextWriter output, TextWriter error,
        CancellationToken cancellation)
    {
        foreach (var file in files)
        {
            if (Refusal(file) is { } sentence)
            {
                error.WriteLine(sentence);
                return 2;
            }
        }

        using var reader = new PageReader(new ReadOptions(PrintedText.All, form));
        for (var f = 0; f < files.Count; f++)
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = GivenFile.ReadAllBytes(files[f], GivenFile.ImageBytesMax);
            var pages = reader.PageCount(bytes);
            for (var page = 1; page <= pages; page++)
            {
                cancellation.ThrowIfCancellationRequested();
                var folder = debugFolder is null ? null : Path.Combine(debugFolder, $"{f + 1}-{page}");
                var clock = Stopwatch.StartNew();
                var outcome = reader.Read(bytes, page, folder, cancellation);
                if (outcome.Unreadable == "too-small" && LoosePhoto.Read(bytes, page) is { Reading.Photo.Present: true } photo)
                {
                    outcome = photo;
                }

                output.WriteLine(PageReadingJson.Line(files[f], page, outcome, clock.ElapsedMilliseconds));
            }
        }

        return 0;
    }

    private static string? Refusal(string file)
    {
        try
        {
            GivenFile.Open(file, GivenFile.ImageBytesMax).Dispose();
            return null;
        }
        catch (FileNotFoundException)
        {
            return $"There is no file {file}.";
        }
        catch (NotAGivenFileException refused)
        {
            return refused.Message;
        }
        catch (IOException)
        {
            return $"The file {file} cannot be opened.";
        }
    }
}
