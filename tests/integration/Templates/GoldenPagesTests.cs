using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using MyNumber.Templates.Documents;
using OpenCvSharp;

namespace MyNumber.Tests.Integration.OfTemplates;

/// <summary>
/// Every document as it was last looked at: the hash of its bytes, and a picture of every page. Renew them with
/// `MYNUMBER_RENEW_GOLDEN=1 ./run-local.sh test --filter GoldenPages`, look at the pictures that git shows as changed,
/// and commit them with the change that they show.
/// </summary>
public sealed class GoldenPagesTests
{
    private const int Dpi = 50;

    // Two versions of poppler smooth the edges of letters in other ways; a line that moved or is missing is far above this.
    private const double ShareDifferentMax = 0.002;
    private const int GrayDifferenceMax = 64;

    private static readonly string Golden = Path.Combine(Root(), "tests", "integration", "Templates", "golden");
    private static readonly bool Renews = Environment.GetEnvironmentVariable("MYNUMBER_RENEW_GOLDEN") == "1";

    public static TheoryData<string> Documents => [.. PieceDocuments.Names];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_is_as_it_was_looked_at(string document)
    {
        var folder = Directory.CreateTempSubdirectory("golden-");
        try
        {
            // A form alone: the mount that is put in front of it has pictures of its own.
            var piece = Examples.Of(document) with { PieceId = document.EndsWith("-form", StringComparison.Ordinal) ? ""
                : "0123456789ABCDEF" };
            var pdf = Path.Combine(folder.FullName, document + ".pdf");
            using (var file = File.Create(pdf))
            {
                PieceDocuments.Render([piece], file);
            }

            Tool.Run("pdftoppm", "-cropbox", "-r", Dpi.ToString(CultureInfo.InvariantCulture), "-gray", "-png", pdf,
                Path.Combine(folder.FullName, document));
            var pictures = folder.EnumerateFiles("*.png").OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
            if (Renews)
            {
                Renew(document, pdf, pictures);
            }

            // Pictures first: they say what changed.
            Assert.Equal(
                pictures.Select(picture => picture.Name),
                Directory.EnumerateFiles(Golden).Select(path => Path.GetFileName(path))
                    .Where(name => Regex.IsMatch(name, $@"^{document}-\d+\.png$")).Order(StringComparer.Ordinal));
            Assert.All(pictures, picture => Compare(picture.FullName, Path.Combine(Golden, picture.Name)));
            Assert.True(
                File.ReadAllText(HashFile(document)).Trim() == Versioned(document, pdf),
                $"{document}: the pages look the same, but bytes or version are others. Renew: see {nameof(GoldenPagesTests)}.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Compare(string actual, string golden)
    {
        using var now = Cv2.ImRead(actual, ImreadModes.Grayscale);
        using var then = Cv2.ImRead(golden, ImreadModes.Grayscale);
        Assert.Equal((then.Width, then.Height), (now.Width, now.Height));
        using var difference = new Mat();
        Cv2.Absdiff(now, then, difference);
        using var far = new Mat();
        Cv2.Threshold(difference, far, GrayDifferenceMax, 255, ThresholdTypes.Binary);
        var share = Cv2.CountNonZero(far) / (double)(now.Width * now.Height);
        if (share <= ShareDifferentMax)
        {
            return;
        }

        var kept = Directory.CreateDirectory(Path.Combine(Root(), ".local", "golden-differences"));
        var name = Path.GetFileNameWithoutExtension(golden);
        File.Copy(actual, Path.Combine(kept.FullName, name + "-actual.png"), overwrite: true);
        Cv2.ImWrite(Path.Combine(kept.FullName, name + "-difference.png"), far);
        Assert.Fail(string.Create(
            CultureInfo.InvariantCulture,
                $"{name} looks different ({share:P2}): see .local/golden-differences. Renew: see {nameof(GoldenPagesTests)}."));
    }

    private static void Renew(string document, string pdf, List<FileInfo> pictures)
    {
        Directory.CreateDirectory(Golden);
        // What vendor and auditor know as one version has one face. A new document has none yet.
        var before = File.Exists(HashFile(document)) ? File.ReadAllText(HashFile(document)).Trim() : "";
        var now = Versioned(document, pdf);
        Assert.True(
            before == now || before.Split(' ')[0] != now.Split(' ')[0],
            $"{document} has changed: raise its version in {nameof(PieceDocuments)}.{nameof(PieceDocuments.TemplateVersions)} first.");
        foreach (var picture in pictures)
        {
            // Sixteen shades are enough to see a page, and half as large.
            using var page = Cv2.ImRead(picture.FullName, ImreadModes.Grayscale);
            using var shades = new Mat(page.Size(), page.Type(), new Scalar(0xF0));
            Cv2.BitwiseAnd(page, shades, page);
            Cv2.ImWrite(Path.Combine(Golden, picture.Name), page, new ImageEncodingParam(ImwriteFlags.PngCompression, 9));
        }

        File.WriteAllText(HashFile(document), now + "\n");
    }

    private static string HashFile(string document) => Path.Combine(Golden, document + ".sha256");

    // The template's version and the hash of its bytes.
    private static string Versioned(string document, string pdf) => $"{PieceDocuments.TemplateVersions[document]} {Hash(pdf)}";

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MyNumber.Batch.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
