using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>What R20 measures of a photograph's picture, glued or sent online; it measures, the rules decide.</summary>
internal static class PictureChecks
{
    // A background is plain where few of its pixels lie far from its middle gray, and left and right do not differ much:
    // light that falls from one side is no pattern, and a curl of hair that reaches into a corner is none either.
    private const int FarFromMiddle = 40;
    private const double FarShareMax = 0.15;
    private const int PlainDifferenceMax = 45;

    // A cascade's box runs from the brows to the mouth's lower edge; the head reaches beyond it by these shares of it.
    private const double AboveShare = 0.30;
    private const double BelowShare = 0.12;

    // The rim is this part of the picture on each side.
    private const int RimParts = 16;

    private const double WantedRatio = 35.0 / 45.0;

    /// <summary>Fills in face, its share of the height, head inside, brightness and background.</summary>
    public static PhotoReading Inspect(Mat photo, PhotoReading reading, FaceFinder faces)
    {
        // The outermost rim may be the form's frame or paper; it says nothing of the picture.
        var (rimX, rimY) = (photo.Width / RimParts, photo.Height / RimParts);
        using var inner = new Mat(photo, new Rect(rimX, rimY, photo.Width - (2 * rimX), photo.Height - (2 * rimY)));
        Cv2.MeanStdDev(inner, out var mean, out _);
        var face = faces.Find(photo);
        return reading with
        {
            Brightness = Math.Round(mean.Val0, 1),
            Face = face is not null,
            FaceHeightShare = face is { } box
                ? (int)Math.Min(1000, (box.Height * (1 + AboveShare + BelowShare) * 1000) / photo.Height) : null,
            HeadInside = face is { } head ? HeadInside(head, photo.Width, photo.Height) : null,
            PlainBackground = IsPlain(photo),
        };
    }

    // The largest 35:45 cut around the face must have room for the whole head.
    private static bool HeadInside(Rect face, int width, int height)
    {
        var (top, bottom) = (face.Top - (AboveShare * face.Height), face.Bottom + (BelowShare * face.Height));
        if (top < 0 || bottom > height || face.Left < 0 || face.Right > width)
        {
            return false;
        }

        var cutHeight = Math.Min(height, width / WantedRatio);
        var cutWidth = Math.Min(width, height * WantedRatio);
        return bottom - top <= cutHeight && face.Width <= cutWidth;
    }

    // The upper corners, where no head and no shoulder is.
    private static bool IsPlain(Mat photo)
    {
        if (photo.Width < 40 || photo.Height < 40)
        {
            return false;
        }

        var (width, height) = (photo.Width / 10, photo.Height / 5);
        var margin = photo.Width / RimParts;
        var (leftMiddle, leftFar) = Corner(photo, new Rect(margin, margin, width, height));
        var (rightMiddle, rightFar) = Corner(photo, new Rect(photo.Width - margin - width, margin, width, height));
        return leftFar <= FarShareMax && rightFar <= FarShareMax && Math.Abs(leftMiddle - rightMiddle) <= PlainDifferenceMax;
    }

    /// <summary>The median gray of a corner, and the share of its pixels that lie far from it.</summary>
    private static (int Middle, double FarShare) Corner(Mat photo, Rect zone)
    {
        using var corner = new Mat(photo, zone);
        using var copy = corner.Clone();
        copy.GetArray(out byte[] grays);
        Array.Sort(grays);
        var middle = grays[grays.Length / 2];
        return (middle, grays.Count(gray => Math.Abs(gray - middle) > FarFromMiddle) / (double)grays.Length);
    }
}
