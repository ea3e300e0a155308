using System.Collections.Concurrent;
using MyNumber.Batch.Calendar;
using MyNumber.Batch.Reading;
using MyNumber.Fixtures.Scenarios;
using MyNumber.Templates.Forms;

namespace MyNumber.Tests.Bench;

/// <summary>Compares readings with what was on the paper, field by field.</summary>
internal sealed class ReadTallies
{
    private static readonly string[] Fields =
        ["page found", "Application ID", "mark", "handwritten digit", "12-digit number", "date", "phone",
            "printed text struck or not", "signature"];

    private readonly ConcurrentDictionary<(string Level, string Field), Tally> _tallies = new();

    private readonly ConcurrentBag<(string Level, bool Filled, int Score)> _markScores = [];

    /// <summary>Adds a sheet; cells are given as the reader saw them, before a field decides.</summary>
    public void Add(string level, LabelledSheet sheet, PageReading? reading, IReadOnlyDictionary<string, CellsReading> cells)
    {
        var truth = sheet.Truth;
        var found = reading?.Form == truth.FormKind && reading.FormPage == 1;
        Note("page found", found ? Verdict.Read : reading?.Form is null ? Verdict.Doubtful : Verdict.Wrong);
        if (truth.Form is { } form)
        {
            Value("Application ID", reading?.ApplicationId.Value, form.ApplicationId);
        }

        Mark("no_signature_certificate", truth.NoSignatureCertificate);
        Mark("no_user_certificate", truth.NoUserCertificate);
        Mark("braille", truth.Braille);
        foreach (var (item, digits) in sheet.Cells)
        {
            Digits(item, digits);
        }

        Field("phone", "phone", truth.Phone!);
        Field("date", "application_date", Iso(truth.Date!));
        if (truth.WrittenNumber is { } number)
        {
            Number(number);
            Field("date", "birth_date", Iso(WrittenDate.Gregorian(truth.Written!.BirthDate)));
        }

        if (truth.Printed is not null)
        {
            Struck("name", false);
            Struck("name_kana", false);
            Struck("address", truth.CorrectedAddress is not null);
        }

        Note("signature", reading?.Fields.GetValueOrDefault("applicant_name")?.State switch
        {
            FieldState.Read => Verdict.Read,
            FieldState.Blank => Verdict.Wrong,
            _ => Verdict.Doubtful,
        });

        void Note(string field, Verdict verdict) => _tallies.GetOrAdd((level, field), _ => new Tally()).Add(verdict);

        void Value(string field, string? read, string written) =>
            Note(field, read is null ? Verdict.Doubtful : read == written ? Verdict.Read : Verdict.Wrong);

        void Field(string field, string item, string written) => Note(field, Of(reading?.Fields.GetValueOrDefault(item), written));

        static Verdict Of(FieldReading? read, string written) => read switch
        {
            { State: FieldState.Read } => read.Value == written ? Verdict.Read : Verdict.Wrong,
            { State: FieldState.Blank } => Verdict.Wrong,
            _ => Verdict.Doubtful,
        };

        void Struck(string item, bool struck) => Note("printed text struck or not", reading?.Fields.GetValueOrDefault(item)?.State switch
        {
            null or FieldState.Doubtful => Verdict.Doubtful,
            { } state => state == (struck ? FieldState.Corrected : FieldState.Read) ? Verdict.Read : Verdict.Wrong,
        });

        // R07 asks a person about a wrong check digit: such a number is not accepted.
        void Number(string written)
        {
            var read = reading?.Fields.GetValueOrDefault("individual_number");
            var asked = read is { State: FieldState.Read, Value: { } value } && !IndividualNumber.IsValid(value);
            Note("12-digit number", read is null || asked ? Verdict.Doubtful : Of(read, written));
        }

        void Mark(string item, BoxFill written)
        {
            if (reading?.Marks.GetValueOrDefault(item) is { } mark)
            {
                _markScores.Add((level, written == BoxFill.Filled, mark.Score));
            }

            Note("mark", reading?.Marks.GetValueOrDefault(item)?.Filled switch
        {
                null => Verdict.Doubtful,
                { } filled => filled == (written == BoxFill.Filled) ? Verdict.Read : Verdict.Wrong,
            });
        }

        // Cell by cell: an empty one that is read as empty is no digit and is not counted.
        void Digits(string item, string written)
        {
            var read = cells.GetValueOrDefault(item);
            var asked = truth.Definition.Pages[0].Find(item)!;
            for (var i = 0; i < asked.Cells.Count; i++)
            {
                var (guess, digit) = (read?.Cells[i], i < written.Length ? written[i] - '0' : (int?)null);
                if (read is null || guess is { } unsure && (unsure.Digit is null || unsure.Confidence < DigitFloors.Of(asked.Field)))
                {
                    Note("handwritten digit", Verdict.Doubtful);
                }
                else if (guess is not null || digit is not null)
                {
                    Note("handwritten digit", guess?.Digit == digit ? Verdict.Read : Verdict.Wrong);
                }
            }
        }
    }

    /// <summary>The table, in the order of the levels.</summary>
    public IEnumerable<string> Rows(IEnumerable<string> levels) =>
        from level in levels
        from field in Fields
        where _tallies.ContainsKey((level, field))
        select _tallies[(level, field)].Row(level, field);

    /// <summary>How far the scores of empty and filled boxes lie apart: what the two floors of marks are chosen from.</summary>
    public IEnumerable<string> MarkRows(IEnumerable<string> levels) =>
        from level in levels
        let empty = _markScores.Where(mark => mark.Level == level && !mark.Filled).Select(mark => mark.Score).DefaultIfEmpty().Max()
        let filled = _markScores.Where(mark => mark.Level == level && mark.Filled).Select(mark => mark.Score).DefaultIfEmpty(1000).Min()
        select $"| {level} | {empty} | {filled} |";

    // The year of an era counts from 1: 令和 began in 2019.
    private static string Iso(WrittenDate date)
    {
        var year = int.Parse(date.Year, System.Globalization.CultureInfo.InvariantCulture) + (date.Era == "5" ? 2018 : 0);
        return $"{year:D4}-{date.Month.PadLeft(2, '0')}-{date.Day.PadLeft(2, '0')}";
    }
}
