using System.Buffers.Binary;
using System.Globalization;
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
    private const int ObjectsPackedMax = 400;

    private readonly Stream _output;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Deflate _deflate = new();
    private readonly List<Place> _places = [default];
    private readonly PdfBytes _line = new();
    private readonly PdfBytes _packed = new();
    private readonly List<(int Number, int Offset)> _packedObjects = [];
    private int _nextPacked;
    private int _nextPackedEnd;
    private long _offset;

    public PdfObjects(Stream output)
    {
        _output = output;
        // The comment's four high bytes tell transfer programs that the file is binary.
        Write([.. "%PDF-1.7\n%"u8, 0xE2, 0xE3, 0xCF, 0xD3, (byte)'\n']);
    }

    /// <summary>A number for an object, no stream, that is written later.</summary>
    /// <remarks>
    /// Numbers of packed objects come from runs of their own: the table of places, which is written as differences,
    /// stays regular, and costs a byte or two an object.
    /// </remarks>
    public int Reserve()
    {
        if (_nextPacked == _nextPackedEnd)
        {
            (_nextPacked, _nextPackedEnd) = (_places.Count, _places.Count + ObjectsPackedMax);
            for (var i = 0; i < ObjectsPackedMax; i++)
            {
                _places.Add(default);
            }
        }

        return _nextPacked++;
    }

    /// <summary>Writes an object that is no stream; gives its number.</summary>
    public int Object(string body)
    {
        var number = Reserve();
        Object(number, body);
        return number;
    }

    /// <summary>Writes an object that is no stream under a number that was reserved.</summary>
    public void Object(int number, string body) => BeginObject(number).Add(body).Add((byte)'\n');

    /// <summary>
    /// The buffer to write an object into that is no stream; the caller ends it with a line feed, before anything else
    /// is written.
    /// </summary>
    public PdfBytes BeginObject(int number)
    {
        if (_packedObjects.Count == ObjectsPackedMax)
        {
            FlushPacked();
        }

        _packedObjects.Add((number, _packed.Length));
        return _packed;
    }

    /// <summary>Writes a stream; gives its number.</summary>
    /// <param name="entries">Its dictionary's own entries.</param>
    /// <param name="isDeflated">False for metadata, which tools read without decoding.</param>
    public int Stream(string entries, ReadOnlySpan<byte> data, bool isDeflated = true)
    {
        var number = _places.Count;
        _places.Add(new Place(_offset, -1));
        _line.Clear();
        _line.Add(number).Add(" 0 obj\n<<"u8).Add(entries);
        if (isDeflated)
        {
            data = _deflate.Compress(data);
            _line.Add("/Filter/FlateDecode"u8);
        }

        Write(_line.Add("/Length "u8).Add(data.Length).Add(">>stream\n"u8).Written);
        Write(data);
        Write("\nendstream\nendobj\n"u8);
        return number;
    }

    /// <summary>Writes what is still packed, and the cross-reference stream.</summary>
    public void Finish(int root)
    {
        FlushPacked();
        var start = _offset;
        // The table stands in itself, as the last row.
        var rows = _places.Count + 1;
        var table = new byte[rows * RowBytes];
        Span<byte> before = stackalloc byte[RowBytes];
        Span<byte> row = stackalloc byte[RowBytes];
        for (var i = 0; i < rows; i++)
        {
            var (offset, index) = i < _places.Count ? _places[i] : new Place(start, -1);
            // A filter byte (2: difference to the row above), type, offset or number of the object stream, index in it. A
            // number that was reserved and not used is free, as number 0 always is.
            row[0] = 2;
            row[1] = (byte)(offset == 0 ? 0 : index < 0 ? 1 : 2);
            row[2] = (byte)(offset >> 32);
            BinaryPrimitives.WriteUInt32BigEndian(row[3..], (uint)(offset & uint.MaxValue));
            BinaryPrimitives.WriteUInt16BigEndian(row[7..], (ushort)Math.Max(index, 0));
            var target = table.AsSpan(i * RowBytes, RowBytes);
            target[0] = 2;
            for (var column = 1; column < RowBytes; column++)
            {
                target[column] = (byte)((row[column] - before[column]) & 0xFF);
            }

            row.CopyTo(before);
        }

        var id = Convert.ToHexString(_hash.GetCurrentHash().AsSpan(0, 16));
        Stream(string.Create(
            CultureInfo.InvariantCulture,
            $"/Type/XRef/Size {rows}/Root {root} 0 R/W[1 5 2]/ID[<{id}><{id}>]/DecodeParms<</Predictor 12/Columns {RowBytes - 1}>>"),
            table);
        Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"startxref\n{start}\n%%EOF\n")));
        _output.Flush();
    }

    public void Dispose()
    {
        _hash.Dispose();
        _deflate.Dispose();
    }

    // Filter byte, type (1), offset (5), index (2).
    private const int RowBytes = 9;

    private void FlushPacked()
    {
        if (_packedObjects.Count == 0)
        {
            return;
        }

        var index = new PdfBytes();
        // The number of this stream is the next one that Stream gives.
        var number = _places.Count;
        for (var i = 0; i < _packedObjects.Count; i++)
        {
            var (packed, offset) = _packedObjects[i];
            _places[packed] = new Place(number, i);
            index.Add(packed).Add((byte)' ').Add(offset).Add((byte)' ');
        }

        var first = index.Length;
        Stream(string.Create(CultureInfo.InvariantCulture, $"/Type/ObjStm/N {_packedObjects.Count}/First {first}"),
            index.Add(_packed.Written).Written);
        _packedObjects.Clear();
        _packed.Clear();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _hash.AppendData(bytes);
        _offset += bytes.Length;
    }

    /// <summary>Where an object lies: at an offset (index -1), or at an index of the object stream of that number.</summary>
    private readonly record struct Place(long At, int Index);
}
