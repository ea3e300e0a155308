using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>Finds the face of a portrait: OpenCV's frontal cascade from Debian's opencv-data.</summary>
internal sealed class FaceFinder : IDisposable
{
    private const string File = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";

    // The cascade is fast and as good on pictures of these heights; a portrait's face fills a third of it and more.
    private static readonly int[] HeightsPx = [320, 270];

    private readonly CascadeClassifier _cascade;

    /// <exception cref="FileNotFoundException">opencv-data is not installed.</exception>
    public FaceFinder()
    {
        if (!System.IO.File.Exists(File))
        {
            throw new FileNotFoundException("Debian's package opencv-data is not installed.", File);
        }

        _cascade = new CascadeClassifier(File);
    }

    /// <summary>The largest face where a portrait has its face, in pixels of the picture; null where none was found.</summary>
    public Rect? Find(Mat gray)
    {
        // A cascade looks at fixed steps of size and may miss a face between two of them, or at one contrast: a few
        // looks cost less than an applicant who is asked for another photograph.
        foreach (var height in HeightsPx)
        {
            using var small = new Mat();
            var shrink = (double)height / gray.Height;
            Cv2.Resize(gray, small, new Size(Math.Max(1, (int)(gray.Width * shrink)), height), 0, 0, InterpolationFlags.Area);
            if (Look(small, shrink) is { } face)
            {
                return face;
            }

            Cv2.EqualizeHist(small, small);
            if (Look(small, shrink) is { } clearer)
            {
                return clearer;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _cascade.Dispose();

    private Rect? Look(Mat small, double shrink)
    {
        var least = small.Height / 4;
        var faces = _cascade.DetectMultiScale(small, 1.06, 4, HaarDetectionTypes.ScaleImage, new Size(least, least))
            .Where(box => IsCentral(box, small.Size())).ToArray();
        if (faces.Length == 0)
        {
            return null;
        }

        var face = faces.MaxBy(box => box.Width * box.Height);
        return new Rect(
            (int)(face.X / shrink), (int)(face.Y / shrink), (int)(face.Width / shrink), (int)(face.Height / shrink));
    }

    // What the cascade sees at an edge is a pattern, not the applicant.
    private static bool IsCentral(Rect box, Size picture)
    {
        var (x, y) = ((box.X + (box.Width / 2.0)) / picture.Width, (box.Y + (box.Height / 2.0)) / picture.Height);
        return x is > 0.25 and < 0.75 && y is > 0.2 and < 0.75;
    }
}
