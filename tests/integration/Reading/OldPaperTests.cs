using MyNumber.Batch.Reading;
using MyNumber.Fixtures;
using MyNumber.Fixtures.Filling;
using MyNumber.Fixtures.Scanning;
using MyNumber.Fixtures.Scenarios;
using MyNumber.Fixtures.World;
using MyNumber.Templates.Forms;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>
/// A zoo of old paper: every form in every version that there is, and in a next one that has a box more and a box elsewhere,
/// printed, filled in, damaged and read side by side. Paper that was printed years ago is read as what it was printed as.
/// </summary>
public sealed class OldPaperTests : IDisposable
{
    private const int Next = FormDefinitions.Version + 1;
    private const string NewBox = "no_paper_notice";
    private const string MovedBox = "no_user_certificate";

    private static readonly SheetArtist Artist = new(new BlankForms(), WrittenDigits.Load());
    private static readonly BlankForms Forms = new();
    private readonly PageReader _reader = new();

    static OldPaperTests()
    {
        foreach (var form in FormDefinitions.Define(Next))
        {
            FormDefinitions.AddForTests(form with { Pages = [Changed(form.Pages[0]), form.Pages[1]] });
        }
    }

    public static TheoryData<string, int> Paper
    {
        get
        {
            var paper = new TheoryData<string, int>();
            foreach (var form in FormDefinitions.Versions)
            {
                paper.Add(form.Kind, form.Version);
            }

            foreach (var form in FormDefinitions.All)
            {
                paper.Add(form.Kind, Next);
            }

            return paper;
        }
    }

    public void Dispose() => _reader.Dispose();

    [Theory]
    [MemberData(nameof(Paper))]
    public void Paper_of_every_version_is_read_as_what_it_was_printed_as(string kind, int version)
    {
        var dice = new Dice(18, $"old-paper-{kind}", version);
        var sheet = Fill(kind, version, dice);
        using var front = Artist.Front(sheet, dice);
        using var scan = DamagedScan.Take(front, Forms.Page(sheet.Definition, 2), DamageLevel.Office, dice);
        var reading = Read(scan.G4());

        Assert.Equal((kind, version, 1), (reading.Form, reading.FormVersion, reading.FormPage));
        Assert.Equal(sheet.Form?.ApplicationId, reading.ApplicationId.Value);
        // A cleanly filled box is filled and an empty one empty, wherever this version has them.
        Assert.Equal(false, reading.Marks["no_signature_certificate"].Filled);
        Assert.Equal(true, reading.Marks[MovedBox].Filled);
        Assert.Equal(true, reading.Marks["braille"].Filled);
        Assert.Equal(version == Next, reading.Marks.ContainsKey(NewBox));
        Assert.Equal(version == Next ? true : null, reading.Marks.GetValueOrDefault(NewBox)?.Filled);
        Assert.Equal(FieldState.Read, reading.Fields["applicant_name"].State);
        Assert.Equal(true, reading.Photo?.Present);
    }

    [Theory]
    [MemberData(nameof(Paper))]
    public void An_untouched_sheet_of_every_version_is_blank_on_both_sides(string kind, int version)
    {
        var dice = new Dice(19, $"old-paper-{kind}", version);
        var sheet = new FilledSheet { FormKind = kind, FormVersion = version };
        for (var page = 1; page <= 2; page++)
        {
            using var paper = page == 1 ? Artist.Front(sheet, dice) : Artist.Back(sheet, dice);
            using var scan = DamagedScan.Take(paper, Forms.Page(sheet.Definition, 3 - page), DamageLevel.Clean, dice);
            var reading = Read(scan.G4());
            Assert.Equal((kind, version, page), (reading.Form, reading.FormVersion, reading.FormPage));
            Assert.All(reading.Marks.Values, mark => Assert.Equal(false, mark.Filled));
            Assert.All(
                sheet.Definition.Pages[page - 1].Items.Where(item => item.Type is FormItemType.Line or FormItemType.Signature),
                item => Assert.Equal(FieldState.Blank, reading.Fields[item.Name].State));
        }
    }

    [Fact]
    public void A_version_that_nobody_knows_is_not_guessed()
    {
        Assert.Null(FormDefinitions.Find(new FormMark("application-form", FormMark.VersionMax, 1)));
    }

    // A box more below the others, and one 12 mm to the left of its old place, where an older version has nothing.
    private static FormPage Changed(FormPage page)
    {
        var old = page.Find(MovedBox)!;
        var moved = new Box(old.Box.XMm - 12, old.Box.YMm, old.Box.WidthMm, old.Box.HeightMm);
        var added = new Box(old.Box.XMm, 214, old.Box.WidthMm, old.Box.HeightMm);
        return page with
        {
            Items =
            [
                .. page.Items.Select(item => item == old ? item with { Box = moved } : item),
                new FormItem(new FormField(NewBox, FieldAnswer.Mark, "通知書の電子送付"), NewBox, FormItemType.Mark, added, []),
            ],
            Print =
            [
                .. page.Print.Select(print => print is PrintedFrame frame && frame.Box == old.Box ? frame with { Box = moved } : print),
                new PrintedFrame(added, 0.3),
            ],
        };
    }

    private static FilledSheet Fill(string kind, int version, Dice dice)
    {
        var person = new Population(dice.Below(1 << 30), new DateOnly(2026, 11, 24)).Adult();
        var applied = new DateOnly(2026, 11, 20);
        var sheet = new FilledSheet
        {
            FormKind = kind,
            FormVersion = version,
            Signature = person.Name,
            Date = WrittenDate.Reiwa(applied),
            Phone = "09012345678",
            NoUserCertificate = BoxFill.Filled,
            Braille = BoxFill.Filled,
            OtherBoxes = version == Next ? [NewBox] : [],
            Photo = PhotoPrint.Good,
        };
        return kind switch
        {
            "handwritten-application-form" => sheet with { Written = person, WrittenNumber = "123456789018" },
            "renewal-application-form" => sheet with { Printed = person, WrittenNumber = "123456789018" },
            _ => sheet with
            {
                Printed = person,
                Form = new PaperForm(dice.Digits(23), person.Id, "qr", applied.AddDays(-20), person.Name, person.Address, false),
            },
        };
    }

    private PageReading Read(byte[] file)
    {
        var outcome = _reader.Read(file, 1, CancellationToken.None);
        Assert.Null(outcome.Unreadable);
        return outcome.Reading!;
    }
}
