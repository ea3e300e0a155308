using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// With `--debug DIR`: what each step saw, so that a wrong reading is looked at, not guessed at. The pictures show
/// personal data; only the `read` command writes them, never the night.
/// </summary>
internal static class DebugPictures
{
    /// <summary>Writes `1-scan.png`, `2-flat.png` with every zone in its state's colour, and `3-ink.png`.</summary>
    public static void Write(string folder, PageImage image, CanonicalPage page, EmptyPage empty, FormPage form, PageReading reading)
    {
        Directory.CreateDirectory(folder);
        Cv2.ImWrite(Path.Combine(folder, "1-scan.png"), image.Gray);
        using var flat = new Mat();
        using var gray = page.View(page.Whole);
        Cv2.CvtColor(gray, flat, ColorConversionCodes.GRAY2BGR);
        foreach (var item in form.Items)
        {
            Cv2.Rectangle(flat, CanonicalPage.Px(item.Box), State(item, reading), 3);
            foreach (var cell in item.Cells)
            {
                Cv2.Rectangle(flat, CanonicalPage.Px(cell, -0.1), State(item, reading), 1);
            }
        }

        Cv2.ImWrite(Path.Combine(folder, "2-flat.png"), flat);
        using var ink = InkCleaning.Difference(page, empty, page.Whole);
        Cv2.ImWrite(Path.Combine(folder, "3-ink.png"), ink);
    }

    // Green read, gray blank, orange doubtful, red corrected, blue what has no state.
    private static Scalar State(FormItem item, PageReading reading)
    {
        if (reading.Marks.TryGetValue(item.Name, out var mark))
        {
            return mark.Filled is null ? new Scalar(0, 140, 255) : mark.Filled == true ? new Scalar(0, 160, 0) : new Scalar(150, 150, 150);
        }

        return reading.Fields.TryGetValue(item.Name, out var field)
            ? field.State switch
            {
                FieldState.Read => new Scalar(0, 160, 0),
                FieldState.Blank => new Scalar(150, 150, 150),
                FieldState.Doubtful => new Scalar(0, 140, 255),
                _ => new Scalar(0, 0, 230),
            }
            : new Scalar(230, 120, 0);
    }
}
