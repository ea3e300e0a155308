using System.Globalization;
using System.Text;
using CsvHelper;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Feeds;

/// <summary>One checked row: every value is of its column's class, so its readers need not ask again.</summary>
/// <param name="Number">Data row, from 1.</param>
/// <param name="Values">In the order of the columns.</param>
public sealed record FeedRow(int Number, IReadOnlyList<string> Values);

/// <summary>One CSV file of a feed, read strictly: header, every row, every column, every value.</summary>
/// <param name="Columns">The columns, in order.</param>
/// <param name="Rows">Rows without a fault.</param>
/// <param name="Faults">Why the feed is refused; empty where it is not. The first thousand.</param>
public sealed record FeedTable(
    string File,
    IReadOnlyList<FeedColumn> Columns,
    IReadOnlyList<FeedRow> Rows,
    IReadOnlyList<FeedFault> Faults)
{
    /// <summary>More are counted by nobody: whoever writes such a feed has one reason for all of them.</summary>
    public const int FaultsMax = 1000;

    /// <summary>Reads one file. UTF-8 with or without BOM, comma, RFC 4180, header row; columns after ours are left alone.</summary>
    /// <param name="on">The business date, which says how far ahead a day may lie.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static FeedTable Read(Feed feed, string file, IReadOnlyList<FeedColumn> columns, DateOnly on)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentNullException.ThrowIfNull(columns);
        var reading = new Reading(file, columns, on.AddDays(ValueClass.DaysAheadMax));
        try
        {
            using var stream = GivenFile.OpenBelow(feed.Root, feed.FullPath(file), GivenFile.TableBytesMax);
            if (Utf8Table.Begin(stream) is { } otherwise)
            {
                reading.Faults.Add(new(file, 0, "", "utf-8", otherwise));
            }
            else
            {
                using var text = new StreamReader(stream, Utf8Table.Strict, detectEncodingFromByteOrderMarks: false);
                reading.All(text);
            }
        }
        catch (DecoderFallbackException)
        {
            reading.Faults.Add(new(file, 0, "", "utf-8", Utf8Table.NotUtf8));
        }
        catch (NotAGivenFileException refused)
        {
            reading.Faults.Add(new(file, 0, "", "regular-file", refused.Reason));
        }

        return new(file, columns, reading.Rows, reading.Faults);
    }

    /// <summary>A value by its column's name.</summary>
    public string Text(FeedRow row, string column) => row.Values[IndexOf(column)];

    /// <summary>A day that is there.</summary>
    public DateOnly Date(FeedRow row, string column) =>
        ValueClass.TryDate(Text(row, column), out var date) ? date : throw Unchecked(column);

    /// <summary>An instant that is there.</summary>
    public DateTimeOffset Instant(FeedRow row, string column) =>
        ValueClass.TryInstant(Text(row, column), out var instant) ? instant : throw Unchecked(column);

    /// <summary>A boolean.</summary>
    public bool Flag(FeedRow row, string column) => Text(row, column) == "1";

    /// <summary>A whole number.</summary>
    public int Whole(FeedRow row, string column) => int.Parse(Text(row, column), CultureInfo.InvariantCulture);

    private int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Name == column)
            {
                return i;
            }
        }

        throw new ArgumentException($"{File} has no column {column}.", nameof(column));
    }

    private InvalidOperationException Unchecked(string column) => new($"{File}: {column} was read without its check.");

    private sealed class Reading(string file, IReadOnlyList<FeedColumn> columns, DateOnly latest)
    {
        public List<FeedRow> Rows { get; } = [];

        public List<FeedFault> Faults { get; } = [];

        public void All(StreamReader text)
        {
            var malformed = new HashSet<long>();
            using var csv = CsvReader.Create(text, Strict(malformed), leaveOpen: true);
            if (!csv.Read() || !Header(CsvText.Values(csv)))
            {
                Fault(0, "", "header", "header-differs");
                return;
            }

            var width = csv.FieldCount;
            for (var number = 1; Faults.Count < FaultsMax && csv.Read(); number++)
            {
                if (malformed.Remove(csv.RowNumber))
                {
                    Fault(number, "", "rfc-4180", "bad-quoting");
                }
                else if (csv.FieldCount != width)
                {
                    Fault(number, "", $"{width}-columns", "wrong-number-of-columns");
                }
                else
                {
                    Row(number, CsvText.Values(csv));
                }
            }

            // What was malformed to the very end of the file has no row of its own.
            if (malformed.Count > 0)
            {
                Fault(0, "", "rfc-4180", "bad-quoting");
            }
        }

        private static CsvReaderOptions Strict(HashSet<long> malformed) => new()
        {
            HasHeader = false,
            Separator = ',',
            DetectSeparatorHint = false,
            TrimWhitespace = false,
            SkipEmptyLines = true,
            AllowLineBreaksInQuotes = true,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            MalformedData = CsvMalformedDataHandling.Recover,
            OnMalformedRecord = record => malformed.Add(record.RecordNumber),
            PoolStrings = false,
        };

        private bool Header(string[] header)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                if (i < header.Length ? header[i] != columns[i].Name : !columns[i].MayLack)
                {
                    return false;
                }
            }

            return true;
        }

        private void Row(int number, string[] record)
        {
            var values = new string[columns.Count];
            var good = true;
            for (var i = 0; i < columns.Count; i++)
            {
                var column = columns[i];
                values[i] = column.Class.Normal(i < record.Length ? record[i] : "");
                var reason = column.Class.Fault(values[i]) ?? (column.Happens && DayOf(values[i]) > latest ? "too-far-ahead" : null);
                if (reason is not null)
                {
                    Fault(number, column.Name, column.Class.Name, reason);
                    good = false;
                }
            }

            if (good)
            {
                Rows.Add(new(number, values));
            }
        }

        private static DateOnly? DayOf(string value) =>
            ValueClass.TryDate(value, out var date) ? date
            : ValueClass.TryInstant(value, out var instant) ? RunDates.Today(instant)
            : null;

        private void Fault(int row, string column, string valueClass, string reason) =>
            Faults.Add(new(file, row, column, valueClass, reason));
    }
}
