using System.Text;

namespace MyNumber.Templates.Pdf.Reading;

/// <summary>Kinds of tokens in objects and content streams.</summary>
internal enum PdfToken
{
    End,
    Number,
    Name,
    HexString,
    LiteralString,
    ArrayBegin,
    ArrayEnd,
    DictionaryBegin,
    DictionaryEnd,
    Word,
}

/// <summary>Cuts bytes of a PDF into tokens, without leaving anything behind for the garbage collector.</summary>
internal ref struct PdfTokens(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next token is looked for.</summary>
    public int At { get; set; }

    /// <summary>The last token's number.</summary>
    public double Number { get; private set; }

    /// <summary>The last token's characters, without the signs around a name or string.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <exception cref="InvalidDataException">What stands there is no token.</exception>
    public PdfToken Next()
    {
        while (At < _bytes.Length && IsBlank(_bytes[At]))
        {
            At++;
        }

        if (At == _bytes.Length)
        {
            return PdfToken.End;
        }

        var first = _bytes[At];
        switch (first)
        {
            case (byte)'[':
                At++;
                return PdfToken.ArrayBegin;
            case (byte)']':
                At++;
                return PdfToken.ArrayEnd;
            case (byte)'/':
                Text = Regular(++At);
                return PdfToken.Name;
            case (byte)'<' when At + 1 < _bytes.Length && _bytes[At + 1] == '<':
                At += 2;
                return PdfToken.DictionaryBegin;
            case (byte)'>' when At + 1 < _bytes.Length && _bytes[At + 1] == '>':
                At += 2;
                return PdfToken.DictionaryEnd;
            case (byte)'<':
                Text = Until((byte)'>');
                return PdfToken.HexString;
            case (byte)'(':
                Text = Until((byte)')');
                return Text.ContainsAny((byte)'(', (byte)'\\') ? throw Bad() : PdfToken.LiteralString;
            case (byte)'>' or (byte)')':
                throw Bad();
        }

        Text = Regular(At);
        if (first is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'.')
        {
            Number = Value(Text);
            return PdfToken.Number;
        }

        return PdfToken.Word;
    }

    /// <summary>The next token, which must be a whole number.</summary>
    public int Whole() => Next() == PdfToken.Number && Number == Math.Floor(Number) ? (int)Number : throw Bad();

    // Fifteen digits at most, so that the sum is exact and the division rounds once, as a parser of the library does.
    private readonly double Value(ReadOnlySpan<byte> text)
    {
        const int digitsMax = 15;
        var isNegative = text[0] == '-';
        var (sum, scale, digits) = (0L, 0L, 0);
        foreach (var c in text[(isNegative ? 1 : 0)..])
        {
            if (c == '.' && scale == 0)
            {
                scale = 1;
                continue;
            }

            sum = c is >= (byte)'0' and <= (byte)'9' && ++digits <= digitsMax ? (sum * 10) + c - '0' : throw Bad();
            scale *= 10;
        }

        var value = scale > 1 ? (double)sum / scale : sum;
        return isNegative ? -value : value;
    }

    private ReadOnlySpan<byte> Regular(int from)
    {
        At = from;
        while (At < _bytes.Length && Regulars[_bytes[At]])
        {
            At++;
        }

        return _bytes[from..At];
    }

    private ReadOnlySpan<byte> Until(byte end)
    {
        var from = At + 1;
        var length = _bytes[from..].IndexOf(end);
        At = length < 0 ? throw Bad() : from + length + 1;
        return _bytes.Slice(from, length);
    }

    private readonly InvalidDataException Bad() => new($"No token of a PDF at byte {At} of a stream or file.");

    private static readonly bool[] Regulars =
        [.. Enumerable.Range(0, 256).Select(value => !IsBlank((byte)value) && !"[]/<>()".Contains((char)value, StringComparison.Ordinal))];

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or 0 or 12;
}

/// <summary>A reference to an object.</summary>
internal readonly record struct PdfReference(int Number);

/// <summary>The values of an object: double, string (a name or text), reference, list or dictionary.</summary>
internal static class PdfValues
{
    /// <summary>Reads one value.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static object Read(ref PdfTokens tokens) => Value(ref tokens, tokens.Next());

    public static Dictionary<string, object> Dictionary(ref PdfTokens tokens) =>
        Read(ref tokens) as Dictionary<string, object> ?? throw new InvalidDataException("A dictionary of a PDF is none.");

    private static object Value(ref PdfTokens tokens, PdfToken token) => token switch
    {
        PdfToken.Number => NumberOrReference(ref tokens),
        PdfToken.Name or PdfToken.LiteralString or PdfToken.HexString or PdfToken.Word => Encoding.ASCII.GetString(tokens.Text),
        PdfToken.ArrayBegin => Items(ref tokens),
        PdfToken.DictionaryBegin => Entries(ref tokens),
        _ => throw new InvalidDataException("A value of a PDF is missing."),
    };

    private static object NumberOrReference(ref PdfTokens tokens)
    {
        var (first, at) = (tokens.Number, tokens.At);
        if (first == Math.Floor(first) && first >= 0 && tokens.Next() == PdfToken.Number && tokens.Number == 0
            && tokens.Next() == PdfToken.Word && tokens.Text.SequenceEqual("R"u8))
        {
            return new PdfReference((int)first);
        }

        tokens.At = at;
        return first;
    }

    private static List<object> Items(ref PdfTokens tokens)
    {
        var items = new List<object>();
        for (var token = tokens.Next(); token != PdfToken.ArrayEnd; token = tokens.Next())
        {
            items.Add(Value(ref tokens, token));
        }

        return items;
    }

    private static Dictionary<string, object> Entries(ref PdfTokens tokens)
    {
        var entries = new Dictionary<string, object>();
        for (var token = tokens.Next(); token != PdfToken.DictionaryEnd; token = tokens.Next())
        {
            if (token != PdfToken.Name)
            {
                throw new InvalidDataException("An entry of a PDF's dictionary has no name.");
            }

            var name = Encoding.ASCII.GetString(tokens.Text);
            entries[name] = Read(ref tokens);
        }

        return entries;
    }
}
