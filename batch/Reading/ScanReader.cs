using MyNumber.Batch.Privacy;

namespace MyNumber.Batch.Reading;

/// <summary>Reads stored scans. The models are loaded at the first scan, once for the process.</summary>
/// <remarks>A page reader belongs to one thread: whoever comes second waits, as a process works one part at a time.</remarks>
internal sealed class ScanReader(SecretStore store)
{
    private readonly Lock _one = new();
    private PageReader? _reader;

    /// <summary>Decrypts and reads one scan. It depends on the scan's bytes alone.</summary>
    public PageOutcome Read(string stored, int page, string kind, byte[] key, CancellationToken cancellation)
    {
        var bytes = store.Read(stored, key);
        if (bytes.Length == 0)
        {
            return new(null, "not-to-be-taken-apart");
        }

        lock (_one)
        {
            _reader ??= new PageReader();
            return kind == "photo" ? Photo(bytes, page) : _reader.Read(bytes, page, cancellation);
        }
    }

    /// <summary>The picture of a field for a keyer, PNG; of the photograph where that is asked.</summary>
    public byte[]? Crop(string stored, int page, string kind, string field, byte[] key)
    {
        var bytes = store.Read(stored, key);
        lock (_one)
        {
            _reader ??= new PageReader();
            return bytes.Length == 0 || kind == "photo" ? null
                : field == "photo" ? _reader.PhotoPng(bytes, page)
                : _reader.CropPng(bytes, page, field);
        }
    }

    // A loose photograph (R23) may be a TIFF or a page of a PDF; the checks of the picture want it as a photograph is sent.
    private static PageOutcome Photo(byte[] bytes, int page)
    {
        var jpeg = bytes;
        if (bytes is not [0xFF, 0xD8, 0xFF, ..] && PageDecoder.Decode(bytes, page, Colour.Keep).Image is { } image)
        {
            using (image)
            {
                jpeg = (image.Colour ?? image.Gray).ImEncode(".jpg");
            }
        }

        var inspection = OnlinePhoto.Inspect(jpeg);
        return new(
            new(
                null, 0, 0, new(false, 0, 0, 0, 0), new(null, null, 0), new Dictionary<string, FieldReading>(),
                new Dictionary<string, MarkReading>(), inspection.Photo, inspection.Findings, false),
            null);
    }
}
