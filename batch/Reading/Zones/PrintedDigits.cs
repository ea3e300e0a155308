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

    /// <summary>Least probability of a printed digit that counts, per mille.</summary>
    public const int ConfidenceMin = 700;

    /// <summary>The digits and the least confidence among them; null where they cannot be read.</summary>
    public static (string Digits, int Confidence)? Read(CanonicalPage page, Mat emptyInk, FormItem item, DigitNetwork network)
    {
        using var ink = InkCleaning.Difference(page, emptyInk, CanonicalPage.Px(item.Box));
        InkCleaning.DropSpecks(ink, 0.1);
        var pictures = new List<float[]>();
        foreach (var (left, right) in Columns(ink))
        {
            using var view = new Mat(ink, new Rect(left, 0, right - left, ink.Height));
            if (DigitCell.Picture(view) is { } picture)
            {
                pictures.Add(picture);
            }
        }

        if (pictures.Count != Length)
        {
            return null;
        }

        var guesses = network.Read(pictures);
        return guesses.Any(guess => guess.Digit is null || guess.Confidence < ConfidenceMin)
            ? null
            : (string.Concat(guesses.Select(guess => guess.Digit)), guesses.Min(guess => guess.Confidence));
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
