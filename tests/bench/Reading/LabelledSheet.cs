using MyNumber.Batch.Calendar;
using MyNumber.Fixtures;
using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Scanning;
using MyNumber.Fixtures.Scenarios;
using MyNumber.Fixtures.World;

namespace MyNumber.Tests.Bench;

/// <summary>How a sheet was stored.</summary>
internal enum Storing
{
    /// <summary>One bit a pixel, Group 4 in TIFF.</summary>
    Bitonal,

    /// <summary>Gray JPEG.</summary>
    Gray,
}

/// <summary>The front of a sheet with what was printed and written on it: the truth that a reading is compared with.</summary>
internal sealed record LabelledSheet(FilledSheet Truth, byte[] File, Storing Storing)
{
    /// <summary>What was written into each row of cells; a row that is not named is empty.</summary>
    public Dictionary<string, string> Cells { get; } = CellsOf(Truth);

    /// <summary>Draws sheet <paramref name="number"/>: half one bit a pixel, two of five by hand with the 12-digit number.</summary>
    public static LabelledSheet Draw(SheetArtist artist, BlankForms forms, DamageLevel level, int seed, int number)
    {
        var dice = new Dice(seed, "bench-read-" + level.Name, number);
        var truth = Fill(dice);
        using var paper = artist.Front(truth, dice);
        using var scan = DamagedScan.Take(paper, forms.Page(truth.Definition, 2), level, dice);
        return dice.Chance(50)
            ? new LabelledSheet(truth, scan.G4(), Storing.Bitonal)
            : new LabelledSheet(truth, scan.Jpeg(level.JpegQuality), Storing.Gray);
    }

    private static FilledSheet Fill(Dice dice)
    {
        var person = new Population(dice.Below(1 << 30), new DateOnly(2026, 11, 24)).Adult();
        var applied = new DateOnly(2026, 11, 24).AddDays(-dice.Below(400));
        var sheet = new FilledSheet
        {
            Signature = person.Name,
            Date = dice.Chance(50) ? WrittenDate.Reiwa(applied) : WrittenDate.Gregorian(applied),
            Phone = (dice.Chance(70) ? "0" + dice.Of(["90", "80", "70"]) + dice.Digits(8) : "0" + dice.Digits(9)),
            NoSignatureCertificate = Fill(dice, 30),
            NoUserCertificate = Fill(dice, 30),
            Braille = Fill(dice, 30),
            Photo = PhotoPrint.Good,
        };
        return dice.Chance(40)
            ? sheet with { FormKind = "handwritten-application-form", Written = person, WrittenNumber = Number(dice) }
            : sheet with
            {
                Printed = person,
                CorrectedAddress = dice.Chance(20) ? new Population(dice.Below(1 << 30), new DateOnly(2026, 11, 24)).Adult().Address : null,
                Form = new PaperForm(dice.Digits(23), person.Id, "qr", applied.AddDays(-20), person.Name, person.Address, false),
            };
    }

    private static BoxFill Fill(Dice dice, int percent) => dice.Chance(percent) ? BoxFill.Filled : BoxFill.Empty;

    private static string Number(Dice dice)
    {
        var eleven = dice.Digits(11);
        return eleven + (char)('0' + IndividualNumber.CheckDigit(eleven));
    }

    private static Dictionary<string, string> CellsOf(FilledSheet sheet)
    {
        var cells = new Dictionary<string, string>(StringComparer.Ordinal) { ["phone"] = sheet.Phone! };
        Date("application_date", sheet.Date!);
        if (sheet.WrittenNumber is { } number)
        {
            cells["individual_number"] = number;
            Date("birth_date", WrittenDate.Gregorian(sheet.Written!.BirthDate));
        }

        return cells;

        void Date(string name, WrittenDate date)
        {
            cells[name + "_era"] = date.Era;
            cells[name + "_year"] = date.Year;
            cells[name + "_month"] = date.Month;
            cells[name + "_day"] = date.Day;
        }
    }
}
