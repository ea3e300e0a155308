using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MyNumber.Templates.Pdf;

/// <summary>
/// The lowest layer of a PDF file: numbered objects, written as they come, then the table that finds them. Small
/// objects are packed into object streams; nothing is kept but their places, so that a file of any length takes the
/// same memory but for a few bytes an object. No time and nothing random goes in: the file's /ID is a hash of it.
/// </summary>
internal sealed class PdfObjects : IDisposable
{
    private const int ObjectsPackedMax = 200;

    private readonly Stream _output;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<Place> _places = [default];
    private readonly StringBuilder _packed = new();
    private readonly List<(int Number, int Offset)> _packedObjects = [];
    private long _offset;

    public PdfObjects(Stream output)
    {
        _output = output;
        // The comment's four high bytes tell transfer programs that the file is binary.
        Write([.. "%PDF-1.7\n%"u8, 0xE2, 0xE3, 0xCF, 0xD3, (byte)'\n']);
    }

    /// <summary>A number for an object that is written later.</summary>
    public int Reserve()
    {
        _places.Add(default);
        return _places.Count - 1;
    }

    /// <summary>Writes an object that is no stream.</summary>
    public void Object(int number, string body)
    {
        _packedObjects.Add((number, _packed.Length));
        _packed.Append(body).Append('\n');
        if (_packedObjects.Count == ObjectsPackedMax)
        {
            FlushPacked();
        }
    }

    /// <summary>Writes a stream; <paramref name="entries"/> are its dictionary's own entries.</summary>
    public void Stream(int number, string entries, ReadOnlySpan<byte> data, Compression compression = Compression.Deflate)
    {
        var filter = "";
        if (compression == Compression.Deflate)
        {
            data = Deflate(data);
            filter = "/Filter/FlateDecode";
        }

        _places[number] = new Place(_offset, null);
        Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{number} 0 obj\n<<{entries}{filter}/Length {data.Length}>>stream\n")));
        Write(data);
        Write("\nendstream\nendobj\n"u8);
    }

    /// <summary>Writes what is still packed, and the cross-reference stream.</summary>
    public void Finish(int root)
    {
        FlushPacked();
        var number = Reserve();
        var start = _offset;
        _places[number] = new Place(start, null);
        var table = new byte[_places.Count * 8];
        for (var i = 0; i < _places.Count; i++)
        {
            var row = table.AsSpan(i * 8, 8);
            var (offset, index) = _places[i];
            // Type (1 byte), offset or number of the object stream (5), index in it (2). A number that was reserved and
            // not used is free, as number 0 always is.
            row[0] = (byte)(offset == 0 ? 0 : index is null ? 1 : 2);
            row[1] = (byte)(offset >> 32);
            BinaryPrimitives.WriteUInt32BigEndian(row[2..], (uint)(offset & uint.MaxValue));
            BinaryPrimitives.WriteUInt16BigEndian(row[6..], (ushort)(index ?? 0));
        }

        var id = Convert.ToHexString(_hash.GetCurrentHash().AsSpan(0, 16));
        Stream(number, string.Create(
            CultureInfo.InvariantCulture,
            $"/Type/XRef/Size {_places.Count}/Root {root} 0 R/W[1 5 2]/ID[<{id}><{id}>]"), table);
        Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"startxref\n{start}\n%%EOF\n")));
        _output.Flush();
    }

    public void Dispose() => _hash.Dispose();

    private void FlushPacked()
    {
        if (_packedObjects.Count == 0)
        {
            return;
        }

        var number = Reserve();
        var index = new StringBuilder();
        for (var i = 0; i < _packedObjects.Count; i++)
        {
            var (packed, offset) = _packedObjects[i];
            _places[packed] = new Place(number, i);
            index.Append(CultureInfo.InvariantCulture, $"{packed} {offset} ");
        }

        var body = Encoding.ASCII.GetBytes(index.ToString() + _packed);
        Stream(number, string.Create(
            CultureInfo.InvariantCulture, $"/Type/ObjStm/N {_packedObjects.Count}/First {index.Length}"), body);
        _packedObjects.Clear();
        _packed.Clear();
    }

    private static byte[] Deflate(ReadOnlySpan<byte> data)
    {
        using var buffer = new MemoryStream(data.Length / 2);
        using (var deflate = new ZLibStream(buffer, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(data);
        }

        return buffer.ToArray();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _hash.AppendData(bytes);
        _offset += bytes.Length;
    }

    /// <summary>Where an object lies: at an offset, or at an index of an object stream.</summary>
    private readonly record struct Place(long At, int? Index);
}

/// <summary>Whether a stream is deflated.</summary>
internal enum Compression
{
    /// <summary>As it is: metadata that tools read without decoding.</summary>
    None,

    /// <summary>Deflated.</summary>
    Deflate,
}
