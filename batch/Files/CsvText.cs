using System.Text;
using CsvHelper;

namespace MyNumber.Batch.Files;

/// <summary>
/// CSV as FORMATS.md has it: UTF-8 without a byte order mark, comma, header row, quoted as RFC 4180 says, lines that end with a
/// line feed. What we write is written here; what is ours, or has proved itself by its hash, is read here. What others send is
/// read by <c>FeedTable</c>, which has a reason for each row that it refuses.
/// </summary>
public static class CsvText
{
    private static readonly CsvWriterOptions Written = new() { NewLine = "\n" };

    private static readonly CsvReaderOptions Plain = new() { HasHeader = false, Separator = ',', DetectSeparatorHint = false };

    /// <summary>
    /// As <see cref="Plain"/>, but for files none of whose values has a line break: a stray quote spoils its own row
    /// only.
    /// </summary>
    private static readonly CsvReaderOptions LineByLine = Plain with { AllowLineBreaksInQuotes = false };

    /// <summary>Writes the header and gives the writer of the rows; the stream stays open.</summary>
    /// <param name="header">The columns' names, joined by commas: ours, so that none needs quotes.</param>
    public static CsvWriter Begin(Stream stream, string header)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(Encoding.UTF8.GetBytes($"{header}\n"));
        return CsvWriter.Create(stream, Written, leaveOpen: true);
    }

    /// <summary>A whole file.</summary>
    /// <param name="header">The columns' names, joined by commas: ours, so that none needs quotes.</param>
    public static byte[] Bytes(string header, IEnumerable<IReadOnlyList<string>> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var stream = new MemoryStream();
        using (var csv = Begin(stream, header))
        {
            foreach (var row in rows)
            {
                foreach (var value in row)
                {
                    csv.WriteField(value);
                }

                csv.EndRecord();
            }
        }

        return stream.ToArray();
    }

    /// <summary>All rows, the header among them. Empty lines are none.</summary>
    public static IEnumerable<string[]> Rows(TextReader text) => Rows(text, Plain);

    /// <summary>The same of a file in which every line break ends a row, whatever its quotes say.</summary>
    public static IEnumerable<string[]> Lines(TextReader text) => Rows(text, LineByLine);

    /// <summary>The values of the row that a reader stands at.</summary>
    internal static string[] Values(CsvReader csv)
    {
        var values = new string[csv.FieldCount];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = csv.GetString(i);
        }

        return values;
    }

    private static IEnumerable<string[]> Rows(TextReader text, CsvReaderOptions options)
    {
        using var csv = CsvReader.Create(text, options, leaveOpen: true);
        while (csv.Read())
        {
            yield return Values(csv);
        }
    }
}
