using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>Finds the face of a portrait: OpenCV's frontal cascade from Debian's opencv-data.</summary>
internal sealed class FaceFinder : IDisposable
{
    private const string File = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml";

    // The cascade is fast and as good on a picture of this height; a portrait's face fills a third of it and more.
    private const int HeightPx = 320;

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

    /// <summary>The largest face, in pixels of the picture; null where none was found.</summary>
    public Rect? Find(Mat gray)
    {
        var shrink = (double)HeightPx / gray.Height;
        using var small = new Mat();
        Cv2.Resize(gray, small, new Size(Math.Max(1, (int)(gray.Width * shrink)), HeightPx), 0, 0, InterpolationFlags.Area);
        Cv2.EqualizeHist(small, small);
        var least = HeightPx / 4;
        var faces = _cascade.DetectMultiScale(small, 1.1, 4, HaarDetectionTypes.ScaleImage, new Size(least, least));
        if (faces.Length == 0)
        {
            return null;
        }

        var face = faces.MaxBy(box => box.Width * box.Height);
        return new Rect(
            (int)(face.X / shrink), (int)(face.Y / shrink), (int)(face.Width / shrink), (int)(face.Height / shrink));
    }

    /// <inheritdoc/>
    public void Dispose() => _cascade.Dispose();
}
