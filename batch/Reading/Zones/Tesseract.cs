using System.Runtime.InteropServices;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>What a picture of text holds.</summary>
internal enum TextLayout
{
    /// <summary>A page with tables and columns.</summary>
    Page = 3,

    /// <summary>One line.</summary>
    Line = 7,
}

/// <summary>Printed Japanese by Debian's libtesseract5, data jpn; made once per reader, one thread.</summary>
internal sealed partial class Tesseract : IDisposable
{
    private const string Library = "libtesseract.so.5";
    private const string Data = "/usr/share/tesseract-ocr/5/tessdata/";

    private readonly nint _engine;

    private Tesseract(nint engine) => _engine = engine;

    /// <summary>Null where libtesseract5 or its Japanese data are not installed: printed fields then have no text.</summary>
    public static Tesseract? Create(TextLayout layout = TextLayout.Line)
    {
        if (NativeLibraries.Tesseract == 0)
        {
            return null;
        }

        var engine = TessBaseAPICreate();
        if (TessBaseAPIInit3(engine, Data, "jpn") != 0)
        {
            TessBaseAPIDelete(engine);
            return null;
        }

        TessBaseAPISetPageSegMode(engine, (int)layout);
        return new Tesseract(engine);
    }

    /// <summary>Text without spaces, and the mean confidence per mille.</summary>
    public (string Text, int Confidence) Text(Mat gray)
    {
        TessBaseAPISetImage(_engine, gray.Data, gray.Width, gray.Height, 1, (int)gray.Step());
        TessBaseAPISetSourceResolution(_engine, (int)(CanonicalPage.FinePxPerMm * 25.4));
        var text = TessBaseAPIGetUTF8Text(_engine);
        try
        {
            var line = Marshal.PtrToStringUTF8(text) ?? "";
            return (string.Concat(line.Where(c => !char.IsWhiteSpace(c))), 10 * TessBaseAPIMeanTextConf(_engine));
        }
        finally
        {
            TessDeleteText(text);
            TessBaseAPIClear(_engine);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => TessBaseAPIDelete(_engine);

    [LibraryImport(Library)]
    private static partial nint TessBaseAPICreate();

    [LibraryImport(Library)]
    private static partial void TessBaseAPIDelete(nint engine);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TessBaseAPIInit3(nint engine, string data, string language);

    [LibraryImport(Library)]
    private static partial void TessBaseAPISetPageSegMode(nint engine, int mode);

    [LibraryImport(Library)]
    private static partial void TessBaseAPISetImage(nint engine, nint data, int width, int height, int bytes, int line);

    [LibraryImport(Library)]
    private static partial void TessBaseAPISetSourceResolution(nint engine, int dpi);

    [LibraryImport(Library)]
    private static partial nint TessBaseAPIGetUTF8Text(nint engine);

    [LibraryImport(Library)]
    private static partial int TessBaseAPIMeanTextConf(nint engine);

    [LibraryImport(Library)]
    private static partial void TessBaseAPIClear(nint engine);

    [LibraryImport(Library)]
    private static partial void TessDeleteText(nint text);
}
