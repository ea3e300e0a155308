using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// A photograph without a form around it: scanned on its own (R23), or sent online (R21). The checks of the picture alone.
/// </summary>
internal static class LoosePhoto
{
    private const int ShownPxMax = 1_200;

    // A resolution below it is what a file says that knows none.
    private const double BelievableDpiMin = 150;

    /// <summary>Looks at a file that was sent online. Its bytes count as they came: what is no JPEG is a finding (R21).</summary>
    public static PageOutcome ReadSent(byte[] file)
    {
        var inspection = OnlinePhoto.Inspect(file);
        return Outcome(inspection, inspection.Photo) with
        {
            // What is no picture, or is damaged, is nobody's photograph.
            PhotoFingerprint = inspection.Photo.Present ? PhotoFingerprint.OfSent(file) : null,
        };
    }

    /// <summary>
    /// Looks at the picture of a scan. It may be smaller than any page; what it measures in millimetres is the scan's
    /// to say.
    /// </summary>
    public static PageOutcome Read(byte[] file, int page)
    {
        var (jpeg, dpi) = (file, JpegFacts.Of(file).Dpi);
        // The checks of the picture want it as a photograph is sent.
        if (file is not [0xFF, 0xD8, 0xFF, ..])
        {
            var decoded = PageDecoder.Decode(file, page, Colour.Keep);
            if (decoded.Image is not { } image)
            {
                return new(null, decoded.Unreadable);
            }

            using (image)
            {
                (jpeg, dpi) = ((image.Colour ?? image.Gray).ImEncode(".jpg"), image.Dpi);
            }
        }

        var inspection = OnlinePhoto.Inspect(jpeg);
        var photo = inspection.Photo is { Present: true } present && dpi >= BelievableDpiMin
            ? present with { WidthMm = Mm(inspection.WidthPx), HeightMm = Mm(inspection.HeightPx) }
            : inspection.Photo;
        return Outcome(inspection, photo) with { PhotoFingerprint = PhotoFingerprint.OfScan(file, page) };

        double Mm(int pixels) => Math.Round(pixels / dpi.Value * 25.4, 1);
    }

    /// <summary>The picture for a keyer, PNG; null where it cannot be decoded. A large one is made small enough to look at.</summary>
    public static byte[]? Png(byte[] file, int page)
    {
        if (PageDecoder.Decode(file, page, Colour.Keep).Image is not { } image)
        {
            return null;
        }

        using (image)
        {
            var picture = image.Colour ?? image.Gray;
            var scale = Math.Min(1, (double)ShownPxMax / Math.Max(picture.Width, picture.Height));
            using var shown = new Mat();
            Cv2.Resize(picture, shown, new Size(), scale, scale, InterpolationFlags.Area);
            return shown.ImEncode(".png");
        }
    }

    private static PageOutcome Outcome(OnlinePhotoInspection inspection, PhotoReading? photo) => new(
        new(
            null, 0, 0, new(false, 0, 0, 0, 0), new(null, null, 0), new Dictionary<string, FieldReading>(),
            new Dictionary<string, MarkReading>(), photo, inspection.Findings, false),
        null);
}
