using System.Buffers.Binary;
using System.IO.Compression;
using Entries = System.Collections.Generic.Dictionary<string, object>;

namespace MyNumber.Templates.Pdf.Reading;

/// <summary>
/// The objects of a finished file, found by its own table. It understands what files of ours are made of and refuses
/// everything else: what is read back must not hold anything that nobody looked at.
/// </summary>
internal sealed class PdfFile
{
    // Pages and their parents lie near each other: a few object streams are in use at a time.
    private const int UnpackedMax = 8;

    private readonly byte[] _bytes;
    private readonly (byte Type, long At, int Index)[] _places;
    private readonly Dictionary<int, List<object>> _packed = [];
    private byte[] _inflated = new byte[65_536];

    /// <exception cref="InvalidDataException">The file has no table that we understand.</exception>
    public PdfFile(byte[] bytes)
    {
        _bytes = bytes;
        var tail = bytes.AsSpan(Math.Max(0, bytes.Length - 64));
        var start = tail.LastIndexOf("startxref\n"u8);
        var tokens = new PdfTokens(start < 0 ? [] : tail[(start + 10)..]);
        var (entries, table) = StreamAt(tokens.Whole());
        _places = Places(entries, table);
        Root = Dictionary(entries["Root"]);
    }

    /// <summary>The catalog.</summary>
    public Entries Root { get; }

    /// <summary>The dictionary that a value is or refers to.</summary>
    public Entries Dictionary(object value) => Resolved(value) as Entries ?? throw Bad("a dictionary is none");

    /// <summary>The list that a value is or refers to.</summary>
    public List<object> List(object value) => Resolved(value) as List<object> ?? throw Bad("a list is none");

    /// <summary>Dictionary and content of a stream; the content is valid until the next call.</summary>
    public (Entries Entries, ReadOnlyMemory<byte> Content) Stream(int number)
    {
        var (type, at, _) = Place(number);
        return type == 1 ? StreamAt(at) : throw Bad("a stream lies in a stream");
    }

    private object Resolved(object value)
    {
        if (value is not PdfReference reference)
        {
            return value;
        }

        var (type, at, index) = Place(reference.Number);
        if (type != 2)
        {
            throw Bad("an object is missing or no packed one");
        }

        if (!_packed.TryGetValue((int)at, out var objects))
        {
            if (_packed.Count == UnpackedMax)
            {
                _packed.Clear();
            }

            objects = Unpacked((int)at);
            _packed.Add((int)at, objects);
        }

        return index < objects.Count ? objects[index] : throw Bad("a packed object is missing");
    }

    private (byte Type, long At, int Index) Place(int number) =>
        number > 0 && number < _places.Length ? _places[number] : throw Bad("an object has no place");

    private List<object> Unpacked(int number)
    {
        var (entries, content) = Stream(number);
        var (count, first) = ((int)(double)entries["N"], (int)(double)entries["First"]);
        // Kept longer than the buffer of the stream.
        var bytes = content.ToArray();
        var index = new PdfTokens(bytes);
        var objects = new List<object>(count);
        for (var i = 0; i < count; i++)
        {
            _ = index.Whole();
            var tokens = new PdfTokens(bytes) { At = first + index.Whole() };
            objects.Add(PdfValues.Read(ref tokens));
        }

        return objects;
    }

    private (Entries Entries, ReadOnlyMemory<byte> Content) StreamAt(long offset)
    {
        if (offset < 0 || offset >= _bytes.Length)
        {
            throw Bad("an offset lies outside");
        }

        var tokens = new PdfTokens(_bytes.AsSpan((int)offset));
        if (tokens.Whole() < 1 || tokens.Whole() != 0 || tokens.Next() != PdfToken.Word || !tokens.Text.SequenceEqual("obj"u8))
        {
            throw Bad("no object where the table says");
        }

        var entries = PdfValues.Dictionary(ref tokens);
        if (tokens.Next() != PdfToken.Word || !tokens.Text.SequenceEqual("stream"u8))
        {
            throw Bad("an object has no stream");
        }

        // The stream begins behind the line feed.
        var (begin, length) = ((int)offset + tokens.At + 1, (int)(double)entries["Length"]);
        return !entries.TryGetValue("Filter", out var filter) ? (entries, _bytes.AsMemory(begin, length))
            : filter is "FlateDecode" ? (entries, Inflated(begin, length))
            : throw Bad("a filter is unknown");
    }

    private ReadOnlyMemory<byte> Inflated(int begin, int length)
    {
        using var stream = new ZLibStream(new MemoryStream(_bytes, begin, length), CompressionMode.Decompress);
        var filled = 0;
        for (int read; (read = stream.Read(_inflated.AsSpan(filled))) > 0;)
        {
            filled += read;
            if (filled == _inflated.Length)
            {
                Array.Resize(ref _inflated, _inflated.Length * 2);
            }
        }

        return _inflated.AsMemory(0, filled);
    }

    private static (byte, long, int)[] Places(Entries entries, ReadOnlyMemory<byte> table)
    {
        var widths = entries["W"] is List<object> { Count: 3 } list ? list.ConvertAll(width => (int)(double)width) : throw Bad("no table");
        var columns = widths.Sum();
        if (widths is not [1, 5, 2] || entries["DecodeParms"] is not Entries decoding || decoding["Predictor"] is not 12.0
            || decoding["Columns"] is not double told || (int)told != columns)
        {
            throw Bad("its table has another form than ours");
        }

        var places = new (byte, long, int)[(int)(double)entries["Size"]];
        Span<byte> row = stackalloc byte[columns];
        row.Clear();
        for (var i = 0; i < places.Length; i++)
        {
            var coded = table.Span.Slice(i * (columns + 1), columns + 1);
            for (var column = 0; column < columns; column++)
            {
                row[column] = (byte)((row[column] + coded[column + 1]) & 0xFF);
            }

            places[i] = (row[0], ((long)row[1] << 32) | BinaryPrimitives.ReadUInt32BigEndian(row[2..]),
                BinaryPrimitives.ReadUInt16BigEndian(row[6..]));
        }

        return places;
    }

    private static InvalidDataException Bad(string what) => new($"The PDF is not as we write it: {what}.");
}
