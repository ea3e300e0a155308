using System.Globalization;
using System.Text.RegularExpressions;
using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// A field that we printed: empty, as printed, or struck out by hand (R05), which no machine text ever overrides.
/// Its text is what tesseract reads, for comparing with the form registry.
/// </summary>
internal static partial class PrintedZone
{
    // Longer than any stroke of a character that we print (16 points: 5.6 mm).
    private const double StrikeMmMin = 7;

    // Strokes of neighbours at one height (ー and ポ) make a line too, with gaps of 6 % and more; a pen's have next to none.
    private const double StrikeGapsMax = 0.02;

    private const double InkMm2Min = 0.6;

    // Below it the text is no evidence either way.
    private const int ConfidenceMin = 700;

    // A wide gap makes tesseract return nothing for a short name (research/reading.md): gaps are cut to this.
    private const int GapPxMax = 18;

    /// <summary>Reads the field.</summary>
    /// <param name="ocr">Null: the text is not wanted, or cannot be had.</param>
    public static FieldReading Read(CanonicalPage page, EmptyPage empty, FormItem item, Tesseract? ocr)
    {
        var zone = page.Inside(CanonicalPage.Px(item.Box, -0.4));
        using var view = page.View(zone);
        using var ink = InkCleaning.Difference(page, empty, zone, view);
        InkCleaning.DropSpecks(ink, 0.04);
        if (InkCleaning.AreaMm2(ink) < InkMm2Min)
        {
            return new FieldReading(null, 1000, FieldState.Blank);
        }

        // A hand's line goes on between the letters, and ends somewhere; one from edge to edge is a fold or a rule.
        var lines = StrikeLines.Find(ink, StrikeMmMin).Where(line => line.Gaps <= StrikeGapsMax).ToList();
        if (lines.Count > 0)
        {
            var isStruck = lines.Any(line => line.Box.Width < ink.Width);
            return new FieldReading(null, 0, isStruck ? FieldState.Corrected : FieldState.Doubtful);
        }

        if (ocr is null)
        {
            return new FieldReading(null, 1000, FieldState.Read);
        }

        // Text is read finer than ink is found.
        using var fine = page.Fine(item.Box, -0.4);
        using var fineInk = new Mat();
        Cv2.Resize(ink, fineInk, fine.Size(), 0, 0, InterpolationFlags.Nearest);
        var (text, confidence) = Text(fine, fineInk, ocr);
        return item.Field.Answer == FieldAnswer.Date
            ? Date(text, confidence)
            : new FieldReading(text, confidence, confidence >= ConfidenceMin ? FieldState.Read : FieldState.Doubtful);
    }

    private static FieldReading Date(string text, int confidence)
    {
        var match = WrittenDate().Match(text);
        var date = match.Success ? DateField.Date(null, match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value) : null;
        return date is null
            ? new FieldReading(string.Concat(text.Where(char.IsAsciiDigit)), confidence, FieldState.Doubtful)
            : new FieldReading(date.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), confidence, FieldState.Read);
    }

    private static (string Text, int Confidence) Text(Mat view, Mat ink, Tesseract ocr)
    {
        // Only what is near clean ink is shown to tesseract; noise of the paper makes it read characters.
        using var near = new Mat();
        using var kernel = Cv2.GetStructuringElement(MorphShapes.Rect, new Size(5, 5));
        Cv2.Dilate(ink, near, kernel);
        using var shown = new Mat(ink.Size(), MatType.CV_8UC1, Scalar.White);
        view.CopyTo(shown, near);
        Cv2.GaussianBlur(shown, shown, new Size(0, 0), 0.9);
        var text = "";
        var confidence = 1000;
        foreach (var (top, bottom) in Lines(ink))
        {
            using var line = new Mat(shown, new Rect(0, top, shown.Width, bottom - top));
            using var lineInk = new Mat(ink, new Rect(0, top, shown.Width, bottom - top));
            using var compact = WithoutGaps(line, lineInk);
            var (read, sure) = ocr.Text(compact);
            text += read;
            confidence = Math.Min(confidence, sure);
        }

        return (text, confidence);
    }

    // Lines of text by rows with ink; a dot above a line belongs to it.
    private static List<(int Top, int Bottom)> Lines(Mat ink)
    {
        using var sums = new Mat();
        Cv2.Reduce(ink, sums, ReduceDimension.Column, ReduceTypes.Max, -1);
        var lines = Runs(sums.AsSpan<byte>(), 6).Where(run => run.End - run.Start >= 14).ToList();
        return lines.Count == 0
            ? [(0, ink.Height)]
            : [.. lines.Select(run => (Math.Max(0, run.Start - 8), Math.Min(ink.Height, run.End + 8)))];
    }

    private static Mat WithoutGaps(Mat line, Mat ink)
    {
        using var sums = new Mat();
        Cv2.Reduce(ink, sums, ReduceDimension.Row, ReduceTypes.Max, -1);
        var runs = Runs(sums.AsSpan<byte>(), GapPxMax);
        if (runs.Count == 0)
        {
            return line.Clone();
        }

        var half = GapPxMax / 2;
        var pieces = runs.Select(run => new Rect(
            Math.Max(0, run.Start - half), 0, Math.Min(line.Width, run.End + half) - Math.Max(0, run.Start - half), line.Height))
            .Select(piece => new Mat(line, piece)).ToArray();
        using var joined = new Mat();
        Cv2.HConcat(pieces, joined);
        foreach (var piece in pieces)
        {
            piece.Dispose();
        }

        var framed = new Mat();
        Cv2.CopyMakeBorder(joined, framed, 10, 10, 10, 10, BorderTypes.Constant, Scalar.White);
        return framed;
    }

    // Stretches that are not zero, joined over gaps up to that length.
    private static List<(int Start, int End)> Runs(ReadOnlySpan<byte> sums, int gap)
    {
        var runs = new List<(int Start, int End)>();
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i] == 0)
            {
                continue;
            }

            if (runs.Count > 0 && i - runs[^1].End <= gap)
            {
                runs[^1] = (runs[^1].Start, i + 1);
            }
            else
            {
                runs.Add((i, i + 1));
            }
        }

        return runs;
    }

    [GeneratedRegex("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})", RegexOptions.CultureInvariant)]
    private static partial Regex WrittenDate();
}
