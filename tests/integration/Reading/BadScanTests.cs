using MyNumber.Batch.Reading;
using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>What a scanner of somebody else's was found to do, and what the reader must then not say.</summary>
public sealed class BadScanTests : IDisposable
{
    private static readonly FormPage Form = FormDefinitions.ApplicationForm.Pages[0];

    private readonly PageReader _reader = new();

    public void Dispose() => _reader.Dispose();

    [Fact]
    public void Two_sheets_fed_as_one_are_neither_of_them()
    {
        using var scan = FilledForm.Fill();
        using var other = FilledForm.Print("handwritten-application-form");
        using var beside = new Mat();
        Cv2.HConcat(scan, other, beside);
        AssertTwo(Read(beside));

        // One lies on the other: fields of both would be read as one form's.
        using var lower = new Mat(other, new Rect(0, 0, other.Width - 300, other.Height - 500));
        using var place = new Mat(scan, new Rect(300, 500, lower.Width, lower.Height));
        lower.CopyTo(place);
        AssertTwo(Read(scan));

        static void AssertTwo(PageReading reading)
        {
            Assert.Null(reading.Form);
            Assert.Contains("two-sheets", reading.Findings);
        }
    }

    [Fact]
    public void What_a_slip_of_paper_covers_is_not_empty()
    {
        using var scan = FilledForm.Fill();
        Cover(scan, Form.Find("application_date_year")!.Box, Form.Find("application_date_day")!.Box);
        Cover(scan, Form.Find("phone")!.Box, Form.Find("phone")!.Box);
        Cover(scan, Form.Find("no_signature_certificate")!.Box, Form.Find("no_user_certificate")!.Box);
        var reading = Read(scan);
        Assert.Equal(FieldState.Doubtful, reading.Fields["application_date"].State);
        Assert.Equal(FieldState.Doubtful, reading.Fields["phone"].State);
        Assert.Null(reading.Marks["no_signature_certificate"].Filled);
        Assert.True(reading.Marks["braille"].Filled);
    }

    [Fact]
    public void Light_that_falls_off_towards_the_corners_hides_no_form()
    {
        using var scan = FilledForm.Fill();
        var (width, height) = (scan.Width, scan.Height);
        var pixels = scan.AsSpan<byte>();
        for (var i = 0; i < pixels.Length; i++)
        {
            var (dx, dy) = ((2.0 * (i % width) / width) - 1, (2.0 * (i / width) / height) - 1);
            pixels[i] = (byte)(pixels[i] * (1 - (0.225 * ((dx * dx) + (dy * dy)))));
        }

        var reading = Read(scan);
        Assert.Equal(FilledForm.ApplicationId, reading.ApplicationId.Value);
        Assert.True(reading.Marks["braille"].Filled);
        Assert.False(reading.Marks["no_user_certificate"].Filled);
    }

    [Fact]
    public void A_streak_through_digits_or_boxes_is_taken_for_neither()
    {
        using var scan = FilledForm.Fill();
        foreach (var name in new[] { "application_date_year", "no_user_certificate" })
        {
            var box = FilledForm.Px(Form.Find(name)!.Box);
            Cv2.Rectangle(scan, new Rect(box.X + 16, 0, 24, scan.Height), new Scalar(60), -1);
        }

        var reading = Read(scan);
        Assert.Equal(2, reading.Registration.Streaks);
        Assert.NotEqual(FieldState.Read, reading.Fields["application_date"].State);
        Assert.NotEqual(FieldState.Read, reading.Fields["phone"].State);
        Assert.Null(reading.Marks["no_user_certificate"].Filled);
        Assert.Equal("application-form", reading.Form);
    }

    [Theory]
    [InlineData("no_user_certificate", false)]
    [InlineData("braille", true)]
    public void A_narrow_streak_through_a_box_says_nothing_of_it(string mark, bool filled)
    {
        using var scan = FilledForm.Fill();
        var box = FilledForm.Px(Form.Find(mark)!.Box);
        Streak(scan, box.X + (box.Width / 2), 0.4);
        Assert.Equal(filled, Read(scan).Marks[mark].Filled);
    }

    [Fact]
    public void A_page_on_a_dark_bed_is_found()
    {
        using var scan = FilledForm.Fill();
        using var bed = new Mat();
        Cv2.CopyMakeBorder(scan, bed, 120, 120, 120, 120, BorderTypes.Constant, new Scalar(30));
        Assert.Equal(FilledForm.ApplicationId, Read(bed).ApplicationId.Value);
    }

    // Three marks tell nothing of perspective: at the fourth corner the page would be laid 3 mm beside its place.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_page_seen_askew_is_laid_right_where_a_corner_is_torn_off(int corner)
    {
        using var scan = FilledForm.Fill();
        using var askew = Torn(scan, corner);
        var reading = Read(askew);
        Assert.Contains("mark-missing", reading.Findings);
        Assert.Equal((FieldState.Read, "2026-11-20"), (reading.Fields["application_date"].State, reading.Fields["application_date"].Value));
        Assert.True(reading.Marks["braille"].Filled);
        Assert.False(reading.Marks["no_user_certificate"].Filled);
        Assert.Equal(FilledForm.ApplicationId, reading.ApplicationId.Value);
        // Where the page is laid beside its place, print passes for ink.
        Assert.Equal(FieldState.Blank, reading.Fields["alternative_letters"].State);
        Assert.Equal(FieldState.Blank, reading.Fields["stay_until"].State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_untouched_page_of_any_form_is_blank_where_a_corner_is_torn_off(int corner)
    {
        foreach (var form in FormDefinitions.All)
        {
            foreach (var page in form.Pages)
            {
                using var scan = FilledForm.Print(form.Kind, page.Number);
                using var askew = Torn(scan, corner);
                var reading = Read(askew);
                Assert.Equal((form.Kind, page.Number), (reading.Form, reading.FormPage));
                Assert.All(page.Items.Where(item => item.Type is FormItemType.Cells or FormItemType.Line or FormItemType.Signature),
                    item => Assert.Equal((item.Name, FieldState.Blank), (item.Name, reading.Fields[item.Name].State)));
                Assert.All(reading.Marks.Values, mark => Assert.False(mark.Filled));
            }
        }
    }

    [Fact]
    public void A_streak_through_two_marks_hides_no_form()
    {
        using var scan = FilledForm.Fill();
        var mark = FilledForm.Px(Form.Find("registration_1")!.Box);
        Streak(scan, mark.X + (mark.Width / 2), 0.4);
        var reading = Read(scan);
        Assert.Equal("application-form", reading.Form);
        Assert.Equal(FilledForm.ApplicationId, reading.ApplicationId.Value);
        Assert.True(reading.Marks["braille"].Filled);
    }

    [Fact]
    public void Streaks_through_the_code_and_a_digit_spoil_no_number()
    {
        using var scan = FilledForm.Fill();
        var (code, digits) = (FilledForm.Px(Form.Find("qr")!.Box), FilledForm.Px(Form.Find("application_id")!.Box));
        Streak(scan, code.X + (code.Width / 20), 0.5);
        Streak(scan, code.X + (code.Width / 2), 0.5);
        Streak(scan, digits.X + (digits.Width / 3), 0.7);
        var reading = Read(scan).ApplicationId;
        Assert.Equal((FilledForm.ApplicationId, ApplicationIdSource.Qr), (reading.Value, reading.From));
    }

    [Fact]
    public void A_code_with_a_finder_under_a_blot_is_read_where_it_must_lie()
    {
        using var scan = FilledForm.Fill();
        var (code, digits) = (FilledForm.Px(Form.Find("qr")!.Box), FilledForm.Px(Form.Find("application_id")!.Box));
        // A finder that no reader finds, and digits that nobody reads.
        Cv2.Ellipse(scan, new Point(code.X + 30, code.Y + 30), new Size(34, 34), 0, 0, 360, new Scalar(40), -1);
        Cv2.Rectangle(scan, digits, new Scalar(40), -1);
        var reading = Read(scan).ApplicationId;
        Assert.Equal((FilledForm.ApplicationId, ApplicationIdSource.Qr), (reading.Value, reading.From));
    }

    // As ー and ポ and 青 stand beside each other: what joins them is less than a letter's gap, and no pen's line.
    [Theory]
    [InlineData(3, FieldState.Read)]
    [InlineData(0, FieldState.Corrected)]
    public void Strokes_of_neighbours_at_one_height_are_no_strike_line(int gapPx, FieldState expected)
    {
        using var scan = FilledForm.Fill();
        var box = FilledForm.Px(Form.Find("address")!.Box);
        const int strokePx = 36;
        for (var x = box.X + 60; x < box.X + 400; x += strokePx + gapPx)
        {
            Cv2.Rectangle(scan, new Rect(x, box.Bottom - 40, strokePx, 5), new Scalar(40), -1);
        }

        Assert.Equal(expected, Read(scan).Fields["address"].State);
    }

    [Fact]
    public void A_line_from_edge_to_edge_of_a_field_is_neither_a_strike_line_nor_nothing()
    {
        using var scan = FilledForm.Fill();
        var box = FilledForm.Px(Form.Find("address")!.Box);
        var y = box.Y + (box.Height / 2);
        Cv2.Line(scan, new Point(0, y), new Point(scan.Width, y), new Scalar(60), 4);
        Assert.Equal(FieldState.Doubtful, Read(scan).Fields["address"].State);
    }

    [Theory]
    [InlineData(1.6, 2.2)]
    [InlineData(1.6, 3.0)]
    [InlineData(2.0, 2.6)]
    [InlineData(2.4, 2.4)]
    public void A_blot_over_the_line_between_two_empty_cells_is_no_digit(double halfWidthMm, double halfHeightMm)
    {
        using var scan = FilledForm.Fill(phone: "");
        var cell = Form.Find("phone")!.Cells[5];
        var blot = FilledForm.Px(new Box(
            cell.XMm - halfWidthMm, cell.YMm + (cell.HeightMm / 2) - halfHeightMm, 2 * halfWidthMm, 2 * halfHeightMm));
        var middle = new Point(blot.X + (blot.Width / 2), blot.Y + (blot.Height / 2));
        Cv2.Ellipse(scan, middle, new Size(blot.Width / 2, blot.Height / 2), 0, 0, 360, new Scalar(40), -1);
        Assert.NotEqual(FieldState.Read, Read(scan).Fields["phone"].State);
    }

    [Fact]
    public void A_mark_may_be_larger_than_its_box_and_a_struck_one_or_a_stain_is_none()
    {
        using var scan = FilledForm.Fill();
        var mark = FilledForm.Px(Form.Find("no_signature_certificate")!.Box);
        Cv2.Rectangle(scan, new Rect(mark.X - 12, mark.Y - 12, mark.Width + 24, mark.Height + 24), new Scalar(70), -1);
        var struck = FilledForm.Px(Form.Find("braille")!.Box);
        foreach (var line in new[] { 0.35, 0.65 })
        {
            var y = struck.Y + (int)(line * struck.Height);
            Cv2.Line(scan, new Point(struck.X - 48, y), new Point(struck.Right + 48, y), new Scalar(40), 5);
        }

        var stained = FilledForm.Px(Form.Find("no_user_certificate")!.Box);
        Cv2.Ellipse(scan, new Point(stained.X + 24, stained.Y + 24), new Size(70, 60), 0, 0, 360, new Scalar(60), -1);
        var marks = Read(scan).Marks;
        Assert.True(marks["no_signature_certificate"].Filled);
        Assert.Null(marks["braille"].Filled);
        Assert.Null(marks["no_user_certificate"].Filled);
    }

    // A corner of 25 mm is gone, and the page lies askew under the camera: its edges are no longer parallel.
    private static Mat Torn(Mat scan, int corner)
    {
        var (right, bottom) = (scan.Width - 1, scan.Height - 1);
        Point[] corners = [new(0, 0), new(right, 0), new(0, bottom), new(right, bottom)];
        const int tornPx = 290;
        var (x, y) = (corners[corner].X, corners[corner].Y);
        Cv2.FillConvexPoly(
            scan, [corners[corner], new(Math.Abs(x - tornPx), y), new(x, Math.Abs(y - tornPx))], Scalar.White);
        using var see = Cv2.GetPerspectiveTransform(
            corners.Select(at => new Point2f(at.X, at.Y)).ToArray(),
                [new(20, 15), new(right - 20, 0), new(0, bottom), new(right, bottom - 10)]);
        var askew = new Mat();
        Cv2.WarpPerspective(scan, askew, see, scan.Size(), InterpolationFlags.Linear, BorderTypes.Constant, Scalar.White);
        return askew;
    }

    private static void Streak(Mat scan, int x, double widthMm) =>
        Cv2.Rectangle(scan, new Rect(x, 0, (int)Math.Round(widthMm * 300 / 25.4), scan.Height), new Scalar(40), -1);

    private static void Cover(Mat scan, Box from, Box to)
    {
        var (first, last) = (FilledForm.Px(from), FilledForm.Px(to));
        var around = first.Union(last);
        around.Inflate(40, 40);
        Cv2.Rectangle(scan, around, new Scalar(235), -1);
    }

    private PageReading Read(Mat scan) => _reader.Read(FilledForm.Png(scan), 1, default).Reading!;
}
