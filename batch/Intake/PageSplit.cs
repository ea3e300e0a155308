using System.Diagnostics;
using BitMiracle.LibTiff.Classic;
using MyNumber.Batch.Reading;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Writer;

namespace MyNumber.Batch.Intake;

/// <summary>
/// Takes one page out of a file that holds pages of several applications: each lies under a key of its own, so that
/// destroying one application's key (R48) leaves no picture of it in the file of another. Pixels are copied as they are
/// compressed, never decoded.
/// </summary>
public static class PageSplit
{
    private static readonly TiffTag[] Copied =
    [
        TiffTag.IMAGEWIDTH, TiffTag.IMAGELENGTH, TiffTag.BITSPERSAMPLE, TiffTag.SAMPLESPERPIXEL, TiffTag.COMPRESSION,
        TiffTag.PHOTOMETRIC, TiffTag.FILLORDER, TiffTag.PLANARCONFIG, TiffTag.ORIENTATION, TiffTag.RESOLUTIONUNIT,
        TiffTag.XRESOLUTION, TiffTag.YRESOLUTION, TiffTag.PREDICTOR, TiffTag.GROUP3OPTIONS, TiffTag.GROUP4OPTIONS,
        TiffTag.TILEWIDTH, TiffTag.TILELENGTH,
    ];

    /// <summary>One page as a file of its own; null where the file cannot be taken apart: it is unreadable then.</summary>
    /// <param name="page">From 1.</param>
    public static byte[]? Take(byte[] file, int page)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            return file.AsSpan().StartsWith("II*\0"u8) || file.AsSpan().StartsWith("MM\0*"u8) ? TakeTiff(file, page)
                : file.AsSpan().StartsWith("%PDF-"u8) ? TakePdf(file, page)
                : null;
        }
        catch (Exception error) when (IsOfDamage(error))
        {
            return null;
        }
    }

    // Over damaged bytes LibTiff.NET and PdfPig stumble with any exception, and sizes out of a damaged directory overflow.
    // What is thrown anywhere else is a mistake of ours: its item fails with its class, and a person hears of it.
    private static bool IsOfDamage(Exception error) =>
        error is not (OutOfMemoryException or TypeInitializationException) && (error is OverflowException
        || new StackTrace(error, fNeedFileInfo: false).GetFrames()
            .Select(frame => frame.GetMethod()?.DeclaringType?.Assembly.GetName().Name ?? "")
            .FirstOrDefault(name => !name.StartsWith("System", StringComparison.Ordinal)) is { } thrower
        && (thrower.StartsWith("BitMiracle", StringComparison.Ordinal) || thrower.StartsWith("UglyToad", StringComparison.Ordinal)));

    private static byte[]? TakePdf(byte[] file, int page)
    {
        using var document = PdfDocument.Open(file);
        if (page > document.NumberOfPages)
        {
            return null;
        }

        using var single = new PdfDocumentBuilder();
        single.AddPage(document, page);
        return single.Build();
    }

    private static byte[]? TakeTiff(byte[] file, int page)
    {
        using var input = TiffPage.Open(file);
        if (input is null || !input.SetDirectory(checked((short)(page - 1))))
        {
            return null;
        }

        var bytes = new MemoryStream();
        using (var output = Tiff.ClientOpen("page", "w", bytes, new TiffStream()))
        {
            foreach (var tag in Copied)
            {
                if (input.GetField(tag) is { } value)
                {
                    output.SetField(tag, [.. value.Select(field => field.Value)]);
                }
            }

            CopyTables(input, output);
            if (!CopyPixels(input, output, file.Length) || !output.WriteDirectory())
            {
                return null;
            }
        }

        return bytes.ToArray();
    }

    private static void CopyTables(Tiff input, Tiff output)
    {
        if (input.GetField(TiffTag.JPEGTABLES) is { } tables)
        {
            output.SetField(TiffTag.JPEGTABLES, tables[0].ToInt(), tables[1].ToByteArray());
        }

        if (input.GetField(TiffTag.COLORMAP) is { } map)
        {
            output.SetField(TiffTag.COLORMAP, map[0].Value, map[1].Value, map[2].Value);
        }

        if (input.GetField(TiffTag.ROWSPERSTRIP) is { } rows && !input.IsTiled())
        {
            output.SetField(TiffTag.ROWSPERSTRIP, rows[0].ToInt());
        }

        if (input.GetField(TiffTag.YCBCRSUBSAMPLING) is { } sampling)
        {
            output.SetField(TiffTag.YCBCRSUBSAMPLING, sampling[0].Value, sampling[1].Value);
        }
    }

    private static bool CopyPixels(Tiff input, Tiff output, int fileBytes)
    {
        var tiled = input.IsTiled();
        var count = tiled ? input.NumberOfTiles() : input.NumberOfStrips();
        for (var i = 0; i < count; i++)
        {
            var size = checked((int)(tiled ? RawSize(input, TiffTag.TILEBYTECOUNTS, i) : input.RawStripSize(i)));
            if (size <= 0 || size > fileBytes)
            {
                return false;
            }

            var pixels = new byte[size];
            var read = tiled ? input.ReadRawTile(i, pixels, 0, size) : input.ReadRawStrip(i, pixels, 0, size);
            var written = read != size ? -1
                : tiled ? output.WriteRawTile(i, pixels, size) : output.WriteRawStrip(i, pixels, size);
            if (written != size)
            {
                return false;
            }
        }

        return true;
    }

    private static long RawSize(Tiff input, TiffTag counts, int index) =>
        input.GetField(counts)?[0].Value is Array sizes && index < sizes.Length
            ? Convert.ToInt64(sizes.GetValue(index), System.Globalization.CultureInfo.InvariantCulture)
            : 0;
}
