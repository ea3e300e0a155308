using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>What was found about a photograph that came online.</summary>
/// <param name="Photo">R20's measurements; present is false where the picture cannot be used at all.</param>
/// <param name="Findings">
/// Codes of R21: `photo-not-jpeg` (HEIC in disguise too), `photo-colour` (CMYK), `photo-bytes`, `photo-pixels`,
/// `photo-damaged` (cut off too); and `photo-edited`, a remark.
/// </param>
/// <param name="WidthPx">Pixels; 0 where unknown.</param>
/// <param name="HeightPx">Pixels; 0 where unknown.</param>
public sealed record OnlinePhotoInspection(PhotoReading Photo, IReadOnlyList<string> Findings, int WidthPx, int HeightPx)
{
    /// <summary>The code that is a remark only.</summary>
    public const string Edited = "photo-edited";

    /// <summary>Nothing but remarks.</summary>
    public bool IsAccepted => Findings.All(code => code == Edited);
}

/// <summary>R21: the bytes of an online photograph decide, not its name; then R20's checks of the picture.</summary>
public static class OnlinePhoto
{
    /// <summary>R21. Smallest file, bytes.</summary>
    public const int BytesMin = 20_480;

    /// <summary>R21. Largest file, bytes.</summary>
    public const int BytesMax = 7_340_032;

    /// <summary>R21. Fewest pixels each way.</summary>
    public const int PixelsMin = 480;

    /// <summary>R21. Most pixels each way.</summary>
    public const int PixelsMax = 6_000;

    private static readonly string[] EditingPrograms =
        ["photoshop", "lightroom", "gimp", "snapseed", "facetune", "beauty", "meitu", "picsart", "snow", "affinity", "paint.net"];

    [ThreadStatic]
    private static FaceFinder? _faces;

    /// <summary>Looks at the file, then at the picture. All errors of the file are named at once (R52).</summary>
    public static OnlinePhotoInspection Inspect(byte[] file)
    {
        NativeLibraries.Load();
        var findings = new List<string>();
        var facts = JpegFacts.Of(file);
        Note(findings, "photo-bytes", file.Length is < BytesMin or > BytesMax);
        if (!file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            findings.Add("photo-not-jpeg");
            return Refused(findings, facts);
        }

        Note(findings, "photo-colour", facts.Width > 0 && facts.Components is not (1 or 3));
        Note(findings, "photo-damaged", !facts.Complete || facts.Width == 0);
        var known = facts.Width > 0;
        Note(findings, "photo-pixels", known && !(IsAllowed(facts.Width) && IsAllowed(facts.Height)));
        Note(findings, OnlinePhotoInspection.Edited, facts.Software is { } software
            && EditingPrograms.Any(program => software.Contains(program, StringComparison.OrdinalIgnoreCase)));
        // What breaks a rule of the file is not decoded: its size was never bounded.
        return findings.Any(code => code is "photo-colour" or "photo-damaged") || file.Length > BytesMax
            || facts.Width > PixelsMax || facts.Height > PixelsMax
            ? Refused(findings, facts)
            : Picture(file, findings, facts);
    }

    private static OnlinePhotoInspection Picture(byte[] file, List<string> findings, JpegFacts facts)
    {
        // Phones store the turn beside the picture; the reader honours it, as every viewer does.
        using var picture = Cv2.ImDecode(file, ImreadModes.Grayscale);
        if (picture.Empty())
        {
            findings.Add("photo-damaged");
            return Refused(findings, facts);
        }

        var present = new PhotoReading(true, null, null, picture.Width, 0, null, null, null, null, null);
        var inspected = PictureChecks.Inspect(picture, present, _faces ??= new FaceFinder());
        return new OnlinePhotoInspection(inspected, findings, picture.Width, picture.Height);
    }

    private static OnlinePhotoInspection Refused(List<string> findings, JpegFacts facts) => new(
        new PhotoReading(false, null, null, facts.Width > 0 ? facts.Width : null, null, null, null, null, null, null),
        findings, facts.Width, facts.Height);

    private static bool IsAllowed(int pixels) => pixels is >= PixelsMin and <= PixelsMax;

    private static void Note(List<string> findings, string code, bool holds)
    {
        if (holds)
        {
            findings.Add(code);
        }
    }
}
