using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// The Application ID from the QR code (R01), in its zone only: on a whole noisy page the reader may take half a
/// minute. WeChat's reader without models first, zbar on the binarised zone after it, and where neither finds a code, its
/// modules as they must lie.
/// </summary>
internal sealed partial class QrZone : IDisposable
{
    // The code may lie beside its box by this much, and a reader wants some white around it.
    private const double AroundMm = 3;

    private readonly WeChatQRCode _reader = new("", "", "", "");

    /// <summary>23 digits, or null.</summary>
    public string? Read(CanonicalPage page, Box box)
    {
        using var view = page.Fine(box, AroundMm);
        if (Decode(view) is { } id)
        {
            return id;
        }

        using var smooth = new Mat();
        Cv2.MedianBlur(view, smooth, 5);
        if (Decode(smooth) is { } smoothed)
        {
            return smoothed;
        }

        using var hard = new Mat();
        Cv2.Threshold(smooth, hard, 0, 255, ThresholdTypes.Binary | ThresholdTypes.Otsu);
        return Decode(hard) ?? ApplicationId(Zbar.Read(hard)) ?? ApplicationId(Zbar.Read(view))
            ?? ApplicationId(QrSampling.Read(view, AroundMm * CanonicalPage.FinePxPerMm, CanonicalPage.FinePxPerMm));
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    /// <summary>The query value `id` of an https address, where it has 23 digits.</summary>
    internal static string? ApplicationId(string? text) =>
        text is not null && Address().Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    private string? Decode(Mat view)
    {
        return _reader.DetectAndDecode(view, out _).Select(ApplicationId).FirstOrDefault(id => id is not null);
    }

    [GeneratedRegex("^https?://[^\\s?]+\\?(?:[^\\s]*&)?id=([0-9]{23})(?:&.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    // Debian's libzbar0, the four calls that are needed.
    private static partial class Zbar
    {
        private const string Library = "libzbar.so.0";
        private const uint Y800 = 0x30303859;

        public static unsafe string? Read(Mat gray)
        {
            using var whole = gray.IsContinuous() ? null : gray.Clone();
            var picture = whole ?? gray;
            if (!NativeLibrary.TryLoad(Library, out _))
            {
                return null;
            }

            var scanner = zbar_image_scanner_create();
            var image = zbar_image_create();
            try
            {
                zbar_image_set_format(image, Y800);
                zbar_image_set_size(image, (uint)picture.Width, (uint)picture.Height);
                zbar_image_set_data(image, picture.Data, (nuint)(picture.Width * picture.Height), 0);
                if (zbar_scan_image(scanner, image) < 1)
                {
                    return null;
                }

                var symbol = zbar_image_first_symbol(image);
                return symbol == 0 ? null : Encoding.UTF8.GetString(
                    (byte*)zbar_symbol_get_data(symbol), (int)zbar_symbol_get_data_length(symbol));
            }
            finally
            {
                zbar_image_destroy(image);
                zbar_image_scanner_destroy(scanner);
            }
        }

        [LibraryImport(Library)]
        private static partial nint zbar_image_scanner_create();

        [LibraryImport(Library)]
        private static partial void zbar_image_scanner_destroy(nint scanner);

        [LibraryImport(Library)]
        private static partial nint zbar_image_create();

        [LibraryImport(Library)]
        private static partial void zbar_image_destroy(nint image);

        [LibraryImport(Library)]
        private static partial void zbar_image_set_format(nint image, uint format);

        [LibraryImport(Library)]
        private static partial void zbar_image_set_size(nint image, uint width, uint height);

        [LibraryImport(Library)]
        private static partial void zbar_image_set_data(nint image, nint data, nuint length, nint cleanup);

        [LibraryImport(Library)]
        private static partial int zbar_scan_image(nint scanner, nint image);

        [LibraryImport(Library)]
        private static partial nint zbar_image_first_symbol(nint image);

        [LibraryImport(Library)]
        private static partial nint zbar_symbol_get_data(nint symbol);

        [LibraryImport(Library)]
        private static partial uint zbar_symbol_get_data_length(nint symbol);
    }
}
