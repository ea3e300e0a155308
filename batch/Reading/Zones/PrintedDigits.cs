using OpenCvSharp;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>
/// The 23 printed digits, the second witness of the QR code (R02). They stand apart from each other, so each is found
/// by the gap beside it; anything but 23 pieces of one height is not read at all.
/// </summary>
internal static class PrintedDigits
{
    /// <summary>Digits of an Application ID (R01).</summary>
    public const int Length = 23;

    /// <summary>
    /// Least confidence of a printed digit that counts, per mille: a lead of 0.05 over the next likeness. A wrong one does
    /// no harm: the registry knows no such ID, and beside a code <see cref="SureMin"/> decides.
    /// </summary>
    public const int ConfidenceMin = 500;

    // A digit may be spoiled. One that differs and is not sure is such a slip; a sure one, or two, is another number.
    private const int SureMin = 950;
    private const int DifferentMax = 1;

    // Print reaches the frame nowhere, and the frame lies within this of its place.
    private const double InsetMm = 0.8;

    private const double SpeckMm2 = 0.1;

    /// <summary>
    /// The digits one by one; null where there are not 23 pieces of ink, so that nothing can be said. One with a streak
    /// through it is not read: the streak would be part of it.
    /// </summary>
    public static IReadOnlyList<DigitGuess>? Read(CanonicalPage page, FormItem item) => Pieces(page, item) is { Count: Length } pieces
        ? [.. pieces.Select(piece => page.IsCrossed(piece.Box) ? default : PrintedGlyphs.Read(piece.Picture))]
        : null;

    /// <summary>The pieces of ink from left to right, and each as <see cref="DigitCell"/> shows it.</summary>
    public static List<(Box Box, float[] Picture)> Pieces(CanonicalPage page, FormItem item)
    {
        using var zone = page.Fine(item.Box, -InsetMm);
        using var ink = page.InkMask(zone);
        const int px2 = CanonicalPage.FinePxPerMm * CanonicalPage.FinePxPerMm;
        // A streak runs from edge to edge; no digit does.
        InkCleaning.Keep(ink, (box, area) => area >= SpeckMm2 * px2 && (box.Height < ink.Height - 2 || box.Width > box.Height / 4));
        var pieces = new List<(Box Box, float[] Picture)>();
        foreach (var (left, right) in Columns(ink))
        {
            using var view = new Mat(ink, new Rect(left, 0, right - left, ink.Height));
            if (DigitCell.Picture(view) is { } picture)
            {
                const double mm = 1.0 / CanonicalPage.FinePxPerMm;
                var box = new Box(item.Box.XMm + InsetMm + (left * mm), item.Box.YMm + InsetMm, (right - left) * mm, ink.Height * mm);
                pieces.Add((box, picture));
            }
        }

        return pieces;
    }

    /// <summary>R02. What code and digits say together: unreadable digits beside a good code are no finding.</summary>
    /// <param name="code">The QR code's Application ID; null where it could not be read.</param>
    /// <param name="digits">The printed digits; null where they could not be read.</param>
    public static ApplicationIdReading Compare(string? code, IReadOnlyList<DigitGuess>? digits)
    {
        var readable = digits is not null && digits.All(guess => guess.Digit is not null && guess.Confidence >= ConfidenceMin);
        if (code is null)
        {
            return readable
                ? new(string.Concat(digits!.Select(guess => guess.Digit)), ApplicationIdSource.Digits,
                    digits!.Min(guess => guess.Confidence))
                : new(null, null, 0);
        }

        var different = (digits ?? []).Where((guess, place) => guess.Digit is { } digit && digit != code[place] - '0').ToList();
        if (different.Count > DifferentMax || different.Any(guess => guess.Confidence >= SureMin))
        {
            return new(null, ApplicationIdSource.Differ, 0);
        }

        return readable && different.Count == 0
            ? new(code, ApplicationIdSource.Both, 1000)
            : new(code, ApplicationIdSource.Qr, 950);
    }

    // Runs of columns with ink, single ones apart: two runs closer than a third of a millimetre are one broken digit.
    private static List<(int Left, int Right)> Columns(Mat ink)
    {
        using var sums = new Mat();
        Cv2.Reduce(ink, sums, ReduceDimension.Row, ReduceTypes.Max, -1);
        var columns = sums.AsSpan<byte>();
        var runs = new List<(int Left, int Right)>();
        for (var x = 0; x < columns.Length; x++)
        {
            if (columns[x] == 0)
            {
                continue;
            }

            if (runs.Count > 0 && runs[^1].Right >= x - 2)
            {
                runs[^1] = (runs[^1].Left, x + 1);
            }
            else
            {
                runs.Add((x, x + 1));
            }
        }

        return runs;
    }
}
