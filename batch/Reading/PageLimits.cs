namespace MyNumber.Batch.Reading;

/// <summary>What one page may cost. Beyond a limit the page is unreadable, with the code beside the limit.</summary>
internal static class PageLimits
{
    /// <summary>Largest file, bytes (`too-large`).</summary>
    public const int FileBytesMax = 64 * 1024 * 1024;

    /// <summary>Most pixels of a page: A4 at 600 dpi has 35 million (`too-large`).</summary>
    public const long PixelsMax = 60_000_000;

    /// <summary>Longest side of a page, pixels (`too-large`).</summary>
    public const int SidePxMax = 12_000;

    /// <summary>Shortest side that can hold a form, pixels: A4 at 100 dpi (`too-small`; a photograph is smaller).</summary>
    public const int SidePxMin = 800;

    /// <summary>Most pages of a file that are counted.</summary>
    public const int PagesMax = 10_000;

    /// <summary>
    /// Longest time for a page, seconds of one processor (`too-slow`): a loaded machine must not change what is read.
    /// </summary>
    public const int SecondsMax = 20;

    /// <summary>Address space of the PDF tools, KiB.</summary>
    public const int PdfMemoryKiB = 1_500_000;

    /// <summary>The code for a picture of that size, or null where it may be decoded.</summary>
    public static string? Refuse(long width, long height) =>
        width <= 0 || height <= 0 ? "damaged"
        : width > SidePxMax || height > SidePxMax || width * height > PixelsMax ? "too-large"
        : null;
}
