using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>A decoded page: 8-bit gray, black 0; and in colour where that was asked for and the scan has it.</summary>
internal sealed class PageImage(Mat gray, bool bitonal, double? dpi, Mat? colour = null) : IDisposable
{
    /// <summary>Gray, 8 bits.</summary>
    public Mat Gray { get; } = gray;

    /// <summary>One bit a pixel as scanned.</summary>
    public bool Bitonal { get; } = bitonal;

    /// <summary>Resolution as the file states it; null where it says nothing believable.</summary>
    public double? Dpi { get; } = dpi is >= 72 and <= 1300 ? dpi : null;

    /// <summary>Blue, green, red; null where the scan is gray or colour was not asked for.</summary>
    public Mat? Colour { get; } = colour;

    /// <inheritdoc/>
    public void Dispose()
    {
        Gray.Dispose();
        Colour?.Dispose();
    }
}

/// <summary>A page, or the stable code that says why there is none.</summary>
internal readonly record struct Decoded(PageImage? Image, string? Unreadable)
{
    public static implicit operator Decoded(string unreadable) => new(null, unreadable);

    public static implicit operator Decoded(PageImage image) => new(image, null);
}

/// <summary>Whether a page's colour is kept (only the photograph needs it).</summary>
internal enum Colour
{
    /// <summary>Gray is enough.</summary>
    Drop,

    /// <summary>Keep the colours where there are any.</summary>
    Keep,
}
