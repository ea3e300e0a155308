using MyNumber.Templates;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>
/// The ten digits as our own printer prints them, made by printing a form with a known Application ID and reading it as a
/// scan is read. A printed digit is the one that it looks most like: we know the face, so nothing has to be learnt.
/// </summary>
internal static class PrintedGlyphs
{
    private const string Known = "01234567890123456789012";

    // Measured on sheets of all levels: a digit that was told right led by 0.068 or more, one told wrong was like its face by
    // 0.56 at most (it was no whole digit).
    private const double LeadSure = 0.10;
    private const double LikenessMin = 0.60;
    private const double LikenessSure = 0.75;

    private static readonly Reloadable<float[][]> Faces = new(Make);

    /// <summary>The digit that a picture of <see cref="DigitCell"/> looks most like, and by how far it leads, per mille.</summary>
    public static DigitGuess Read(float[] picture)
    {
        var unit = Unit(picture);
        Span<double> likeness = stackalloc double[10];
        for (var digit = 0; digit < likeness.Length; digit++)
        {
            likeness[digit] = Dot(unit, Faces.Value[digit]);
        }

        var best = 0;
        for (var digit = 1; digit < likeness.Length; digit++)
        {
            best = likeness[digit] > likeness[best] ? digit : best;
        }

        var second = -1.0;
        for (var digit = 0; digit < likeness.Length; digit++)
        {
            second = digit == best ? second : Math.Max(second, likeness[digit]);
        }

        return new DigitGuess(best, Confidence(likeness[best], second));
    }

    private static int Confidence(double best, double second) =>
        (int)(1000 * Math.Clamp((best - second) / LeadSure, 0, 1) * Math.Clamp((best - LikenessMin) / (LikenessSure - LikenessMin), 0, 1));

    private static float[][] Make()
    {
        var sums = new float[10][];
        PrintedForms.Print(FormDefinitions.ApplicationForm,
            new PieceData { Document = FormDefinitions.ApplicationForm.Kind, ApplicationId = Known }, (form, page) =>
        {
            if (form.Find("application_id") is { } item && PrintedDigits.Pieces(page, item) is { Count: PrintedDigits.Length } pieces)
            {
                for (var i = 0; i < pieces.Count; i++)
                {
                    var picture = pieces[i].Picture;
                    sums[Known[i] - '0'] = sums[Known[i] - '0'] is { } sum ? [.. sum.Zip(picture, (a, b) => a + b)] : picture;
                }
            }
        });
        return sums.All(sum => sum is not null) ? [.. sums.Select(Unit)]
            : throw new InvalidOperationException("The printed digits cannot be made: are poppler-utils and fonts-ipaexfont installed?");
    }

    // Mean 0 and length 1, so that the product of two pictures is their correlation.
    private static float[] Unit(float[] picture)
    {
        var mean = picture.Average();
        var length = Math.Sqrt(picture.Sum(pixel => (double)(pixel - mean) * (pixel - mean)));
        return [.. picture.Select(pixel => (float)((pixel - mean) / length))];
    }

    private static double Dot(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
