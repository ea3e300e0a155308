using MyNumber.Batch.Privacy;

namespace MyNumber.Batch.Reading;

/// <summary>Reads stored scans. The models are loaded at the first scan, once for the process.</summary>
/// <remarks>A page reader belongs to one thread: whoever comes second waits, as a process works one part at a time.</remarks>
internal sealed class ScanReader(SecretStore store)
{
    private readonly Lock _one = new();
    private PageReader? _reader;

    /// <summary>Decrypts and reads one scan. It depends on the scan's bytes alone.</summary>
    /// <param name="page">From 1.</param>
    /// <param name="kind">`form` or `photo`.</param>
    /// <param name="sentOnline">The file came with an online application, not from a scanner.</param>
    public PageOutcome Read(
        string stored, int page, string kind, bool sentOnline, byte[] key, CancellationToken cancellation)
    {
        var bytes = store.Read(stored, key);
        if (bytes.Length == 0)
        {
            return new(null, "not-to-be-taken-apart");
        }

        lock (_one)
        {
            _reader ??= new PageReader();
            return kind != "photo" ? _reader.Read(bytes, page, cancellation)
                : sentOnline ? LoosePhoto.ReadSent(bytes)
                : LoosePhoto.Read(bytes, page);
        }
    }

    /// <summary>The picture of a field for a keyer, PNG; of the photograph where that is asked.</summary>
    public byte[]? Crop(string stored, int page, string kind, string field, byte[] key)
    {
        var bytes = store.Read(stored, key);
        lock (_one)
        {
            _reader ??= new PageReader();
            return bytes.Length == 0 ? null
                : kind == "photo" ? LoosePhoto.Png(bytes, page)
                : field == "photo" ? _reader.PhotoPng(bytes, page)
                : _reader.CropPng(bytes, page, field);
        }
    }
}
