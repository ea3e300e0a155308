using System.Text;
using MyNumber.Batch.Reading;
using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>Print → fill in → degrade → read gives back what was printed and written (DESIGN.md: the round trip).</summary>
public sealed class PageReaderTests : IDisposable
{
    private readonly PageReader _reader = new();

    public void Dispose() => _reader.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4.5, 1)]    // The largest turn that a feeder makes.
    [InlineData(-4.5, 0.97)]
    [InlineData(180, 1)]    // Upside down.
    [InlineData(178, 1.03)]
    public void A_filled_form_is_read_back_however_it_lay(double degrees, double scale)
    {
        using var scan = FilledForm.Fill();
        using var turned = FilledForm.Turn(scan, degrees, scale);
        AssertFilled(Read(FilledForm.Png(turned)));
    }

    [Theory]
    [InlineData(RotateFlags.Rotate90Clockwise)]
    [InlineData(RotateFlags.Rotate90Counterclockwise)]
    public void A_form_on_its_side_is_read(RotateFlags turn)
    {
        using var scan = FilledForm.Fill();
        using var turned = new Mat();
        Cv2.Rotate(scan, turned, turn);
        var reading = Read(FilledForm.Png(turned));
        AssertFilled(reading);
        Assert.Contains("turned", reading.Findings);
    }

    [Fact]
    public void A_bitonal_group_4_scan_is_read_and_its_photograph_shows_no_face()
    {
        using var scan = FilledForm.Fill();
        var reading = Read(FilledForm.TiffG4(scan));
        AssertFilled(reading);
        Assert.True(reading.Bitonal);
        Assert.Null(reading.Photo!.Face);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(600)]
    public void Any_usual_resolution_is_read(int dpi)
    {
        using var scan = FilledForm.Fill();
        using var other = new Mat();
        Cv2.Resize(scan, other, new Size(), dpi / 300.0, dpi / 300.0, dpi < 300 ? InterpolationFlags.Area : InterpolationFlags.Cubic);
        var reading = Read(FilledForm.Png(other));
        AssertFilled(reading);
        Assert.InRange(reading.Registration.Scale, 0.99, 1.01);
    }

    [Fact]
    public void Noise_and_jpeg_blocks_do_no_harm()
    {
        using var scan = FilledForm.Fill();
        FilledForm.Noise(scan, 7);
        AssertFilled(Read(scan.ImEncode(".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 60))));
    }

    [Theory]
    [InlineData("registration_1")]
    [InlineData("registration_4")]
    public void One_registration_mark_may_be_missing(string mark)
    {
        using var scan = FilledForm.Fill();
        var box = FilledForm.Px(FormDefinitions.ApplicationForm.Pages[0].Find(mark)!.Box);
        Cv2.Rectangle(scan, new Rect(box.X - 20, box.Y - 20, box.Width + 40, box.Height + 40), new Scalar(255), -1);
        var reading = Read(FilledForm.Png(scan));
        AssertFilled(reading);
        Assert.Contains("mark-missing", reading.Findings);
    }

    [Theory]
    [InlineData("8 2 30")]  // No such day.
    [InlineData("8 13 1")]  // No such month.
    public void An_impossible_date_is_doubtful_with_its_digits(string date)
    {
        using var scan = FilledForm.Fill(date);
        var field = Read(FilledForm.Png(scan)).Fields["application_date"];
        Assert.Equal(FieldState.Doubtful, field.State);
        Assert.Equal("5" + date.Replace(" ", "", StringComparison.Ordinal), field.Value);
    }

    [Fact]
    public void A_struck_out_address_is_corrected_and_its_neighbours_are_not()
    {
        using var scan = FilledForm.Fill();
        FilledForm.Strike(scan, "address");
        var fields = Read(FilledForm.Png(scan)).Fields;
        Assert.Equal(FieldState.Corrected, fields["address"].State);
        Assert.Equal(FieldState.Read, fields["name"].State);
        Assert.Equal(FieldState.Blank, fields["stay_until"].State);
    }

    [Fact]
    public void Printed_digits_stand_in_for_a_spoiled_code()
    {
        using var scan = FilledForm.Fill();
        Cv2.Rectangle(scan, FilledForm.Px(FormDefinitions.ApplicationForm.Pages[0].Find("qr")!.Box), new Scalar(90), -1);
        var reading = Read(FilledForm.Png(scan));
        Assert.Equal(FilledForm.ApplicationId, reading.ApplicationId.Value);
        Assert.Equal(ApplicationIdSource.Digits, reading.ApplicationId.From);
        // R02 needs the printed date of birth then, so it is read.
        Assert.Equal("1985-01-23", reading.Fields["birth_date"].Value);
    }

    [Fact]
    public void An_untouched_form_of_each_kind_is_known_and_blank()
    {
        foreach (var form in FormDefinitions.All)
        {
            foreach (var page in form.Pages)
            {
                using var scan = FilledForm.Print(form.Kind, page.Number);
                var reading = Read(FilledForm.Png(scan));
                Assert.Equal((form.Kind, form.Version, page.Number), (reading.Form, reading.FormVersion, reading.FormPage));
                Assert.All(page.Items.Where(item => item.Type is FormItemType.Cells or FormItemType.Line or FormItemType.Signature),
                    item => Assert.Equal(FieldState.Blank, reading.Fields[item.Name].State));
                Assert.All(reading.Marks.Values, mark => Assert.False(mark.Filled));
                Assert.NotEqual(true, reading.Photo?.Present);
            }
        }
    }

    [Fact]
    public void A_written_number_of_twelve_digits_is_read_on_the_handwritten_form()
    {
        using var scan = FilledForm.Print("handwritten-application-form");
        FilledForm.Write(scan, FormDefinitions.HandwrittenApplicationForm.Pages[0].Find("individual_number")!, "123456789018", writer: 5);
        var field = Read(FilledForm.Png(scan)).Fields["individual_number"];
        Assert.Equal("123456789018", field.Value);
    }

    [Theory]
    [InlineData("application_date_era", true)]      // An empty cell, in which a streak would be a 1.
    [InlineData("application_date_era", false)]
    [InlineData("application_date_month", true)]    // Through a digit.
    [InlineData("application_date_month", false)]
    public void A_streak_of_the_scanner_is_no_digit_and_spoils_none(string item, bool bitonal)
    {
        using var scan = FilledForm.Print("application-form");
        var form = FormDefinitions.ApplicationForm.Pages[0];
        FilledForm.Write(scan, form.Find("application_date_year")!, "2026");
        FilledForm.Write(scan, form.Find("application_date_month")!, "11");
        FilledForm.Write(scan, form.Find("application_date_day")!, "20");
        var cell = FilledForm.Px(form.Find(item)!.Box);
        Cv2.Rectangle(scan, new Rect(cell.X + 20, 0, 3, scan.Height), new Scalar(60), -1);
        var reading = Read(bitonal ? FilledForm.TiffG4(scan) : FilledForm.Png(scan));
        Assert.Equal(("2026-11-20", FieldState.Read), (reading.Fields["application_date"].Value, reading.Fields["application_date"].State));
        Assert.Contains("streaks", reading.Findings);
    }

    [Fact]
    public void Blank_and_unknown_paper_are_readable_and_told_apart()
    {
        using var blank = new Mat(3508, 2480, MatType.CV_8UC1, new Scalar(245));
        Assert.Contains("blank", Read(FilledForm.Png(blank)).Findings);
        for (var i = 0; i < 40; i++)
        {
            Cv2.PutText(blank, "A letter about something else.", new Point(200, 300 + (i * 70)),
                HersheyFonts.HersheySimplex, 2, new Scalar(20), 3);
        }

        var letter = Read(FilledForm.Png(blank));
        Assert.Null(letter.Form);
        Assert.Contains("unknown-paper", letter.Findings);
    }

    [Fact]
    public void What_cannot_be_decoded_has_a_reason()
    {
        using var scan = FilledForm.Print("application-form");
        var (png, tiff) = (FilledForm.Png(scan), FilledForm.TiffG4(scan));
        var jpeg = scan.ImEncode(".jpg");
        Assert.Equal("truncated", Unreadable(png[..(png.Length / 2)]));
        Assert.Equal("truncated", Unreadable(jpeg[..(jpeg.Length / 2)]));
        Assert.NotNull(Unreadable(tiff[..(tiff.Length / 2)]));
        Assert.Equal("not-an-image", Unreadable(Encoding.ASCII.GetBytes("This is no scan.")));
        Assert.Equal("empty", Unreadable([]));
        Assert.Equal("damaged", Unreadable(Encoding.ASCII.GetBytes("%PDF-1.7 and nothing behind it")));
        Assert.Equal("no-such-page", _reader.Read(png, 2, default).Unreadable);
        // A bomb: 50,000 pixels each way, told by 40 bytes.
        var bomb = png[..100];
        (bomb[16], bomb[17], bomb[18], bomb[19]) = (0, 0, 0xC3, 0x50);
        (bomb[20], bomb[21], bomb[22], bomb[23]) = (0, 0, 0xC3, 0x50);
        Assert.Equal("too-large", Unreadable(bomb));
    }

    [Fact]
    public void The_same_bytes_give_the_same_reading_after_any_other_page()
    {
        using var scan = FilledForm.Fill();
        var file = FilledForm.Png(scan);
        var first = PageReadingJson.Store(_reader.Read(file, 1, default));
        using var other = FilledForm.Print("handwritten-application-form");
        _reader.Read(FilledForm.Png(other), 1, default);
        Assert.Equal(first, PageReadingJson.Store(_reader.Read(file, 1, default)));
        Assert.Equal(first, PageReadingJson.Store(PageReadingJson.Load(first)));
    }

    [Fact]
    public void Crops_and_the_photograph_are_pictures_of_their_zones()
    {
        using var scan = FilledForm.Fill();
        var file = FilledForm.Png(scan);
        using var date = Cv2.ImDecode(_reader.CropPng(file, 1, "application_date")!, ImreadModes.Grayscale);
        Assert.True(date.Width > 4 * date.Height);
        using var photo = Cv2.ImDecode(_reader.PhotoPng(file, 1)!, ImreadModes.Grayscale);
        Assert.InRange(photo.Height / (double)photo.Width, 1.2, 1.37);
        Assert.Null(_reader.CropPng(file, 1, "no_such_item"));
    }

    [Theory]
    [InlineData(0, 0, 190)]
    [InlineData(3, 0, 190)]
    [InlineData(-6, 0.8, 190)]
    [InlineData(9, -0.8, 190)]
    [InlineData(2, 2, 225)]     // A light background on a field whose frame shows beside it.
    [InlineData(-4, -2, 235)]
    public void A_photograph_is_measured_however_it_was_glued(double degrees, double shiftMm, int background)
    {
        using var scan = FilledForm.Print("application-form");
        FilledForm.Glue(scan, degrees, shiftMm, background);
        FilledForm.Noise(scan, 3);
        var photo = Read(FilledForm.Png(scan)).Photo!;
        Assert.InRange(photo.WidthMm!.Value, 34.5, 35.5);
        Assert.InRange(photo.HeightMm!.Value, 44.5, 45.5);
        Assert.InRange(photo.TiltDeg!.Value, -degrees - 0.5, -degrees + 0.5);
        Assert.True(photo.PlainBackground);
    }

    private static void AssertFilled(PageReading reading)
    {
        Assert.Equal("application-form", reading.Form);
        Assert.True(reading.Registration.Ok);
        Assert.Equal(FilledForm.ApplicationId, reading.ApplicationId.Value);
        Assert.Equal("2026-11-20", reading.Fields["application_date"].Value);
        Assert.Equal("09012345678", reading.Fields["phone"].Value);
        Assert.Equal(FieldState.Read, reading.Fields["applicant_name"].State);
        Assert.True(reading.Marks["braille"].Filled);
        Assert.False(reading.Marks["no_signature_certificate"].Filled);
        Assert.True(reading.Photo!.Present);
        if (!reading.Bitonal)
        {
            Assert.InRange(reading.Photo.WidthMm!.Value, 34, 36.5);
            Assert.InRange(reading.Photo.HeightMm!.Value, 44, 46.5);
        }
    }

    private PageReading Read(byte[] file) => _reader.Read(file, 1, default).Reading!;

    private string? Unreadable(byte[] file) => _reader.Read(file, 1, default).Unreadable;
}
