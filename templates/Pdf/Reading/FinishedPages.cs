using System.Text;
using Entries = System.Collections.Generic.Dictionary<string, object>;

namespace MyNumber.Templates.Pdf.Reading;

/// <summary>The pages of a finished file, one after the other; static parts and layers are read once a file.</summary>
internal sealed class FinishedPages
{
    // Each piece has a layer of its own on all its pages, and then no more.
    private const int LayersKeptMax = 500;

    private readonly PdfFile _file;
    private readonly object _pages;
    private readonly Dictionary<(int Stream, Sheet Sheet), PagePart> _statics = [];
    private readonly Dictionary<(int Stream, Sheet Sheet), PagePart> _layers = [];
    private readonly List<string> _names = [];
    private ContentReader? _reader;
    private Entries? _forms;
    private object? _resources;
    private (object? Part, string Id) _record = (null, "");

    /// <exception cref="InvalidDataException">The file is not as we write it.</exception>
    public FinishedPages(byte[] bytes)
    {
        _file = new PdfFile(bytes);
        _pages = _file.Root["Pages"];
        Count = (int)(double)_file.Dictionary(_pages)["Count"];
    }

    /// <summary>How many pages the file says it has; <see cref="Read()"/> gives those that it really has.</summary>
    public int Count { get; }

    /// <summary>
    /// Everything that each page draws, page by page: the static part first, then what is its own, then layers. A page is
    /// valid until the next one is asked for.
    /// </summary>
    /// <exception cref="InvalidDataException">A page is not as we write it.</exception>
    public IEnumerable<PageContent> Read() => Read(_file.Dictionary(_pages), []);

    // A node's entries hold for the pages under it that do not name their own.
    private IEnumerable<PageContent> Read(Entries node, Entries inherited)
    {
        if (node["Type"] is "Page")
        {
            yield return Page(node, inherited);
            yield break;
        }

        var below = new Entries(inherited);
        foreach (var (name, value) in node.Where(entry => entry.Key is "Resources"))
        {
            below[name] = value;
        }

        foreach (var kid in _file.List(node["Kids"]))
        {
            foreach (var page in Read(_file.Dictionary(kid), below))
            {
                yield return page;
            }
        }
    }

    private PageContent Page(Entries page, Entries inherited)
    {
        var reader = Reader(page.TryGetValue("Resources", out var resources) ? resources : inherited["Resources"]);
        var crop = _file.List(page["CropBox"]);
        var (left, bottom) = ((double)crop[0], (double)crop[1]);
        var sheet = new Sheet(left, bottom, (double)crop[2] - left, (double)crop[3] - bottom);
        var contents = _file.List(page["Contents"]);
        var own = new PagePart(sheet, isShared: false);
        _names.Clear();
        reader.Read(Content(contents[0]), own, _names);
        var parts = new List<PagePart>(contents.Count + 1);
        foreach (var name in _names)
        {
            parts.Add(Shared(_statics, _forms![name], sheet));
        }

        parts.Add(own);
        if (_layers.Count > LayersKeptMax)
        {
            _layers.Clear();
        }

        for (var i = 1; i < contents.Count; i++)
        {
            parts.Add(Shared(_layers, contents[i], sheet));
        }

        return new PageContent(sheet.WidthMm, sheet.HeightMm, parts, own.AllText(), Record(page));
    }

    // All pages of a piece refer to one part.
    private string? Record(Entries page)
    {
        if (!page.TryGetValue("DPart", out var part))
        {
            return null;
        }

        if (!Equals(part, _record.Part))
        {
            var metadata = _file.Dictionary(_file.Dictionary(part)["DPM"]);
            _record = (part, Encoding.ASCII.GetString(Convert.FromHexString((string)metadata["Piece"])));
        }

        return _record.Id;
    }

    // All pages of a file have one dictionary of fonts and static parts.
    private ContentReader Reader(object resources)
    {
        if (_reader is null)
        {
            var entries = _file.Dictionary(resources);
            (_resources, _forms) = (resources, _file.Dictionary(entries["XObject"]));
            _reader = new ContentReader(_file.Dictionary(entries["Font"])
                .ToDictionary(font => font.Key, font => new ReadFont(_file, _file.Dictionary(font.Value))));
        }

        return Equals(resources, _resources)
            ? _reader
            : throw new InvalidDataException("A page of the PDF has resources of its own.");
    }

    private PagePart Shared(Dictionary<(int Stream, Sheet Sheet), PagePart> known, object stream, Sheet sheet)
    {
        var key = (((PdfReference)stream).Number, sheet);
        if (!known.TryGetValue(key, out var part))
        {
            part = new PagePart(sheet, isShared: true);
            var within = new List<string>();
            _reader!.Read(Content(stream), part, within);
            known.Add(key, within.Count == 0 ? part : throw new InvalidDataException("A static part of the PDF draws another one."));
        }

        return part;
    }

    private ReadOnlySpan<byte> Content(object stream) => _file.Stream(((PdfReference)stream).Number).Content.Span;
}

/// <summary>Where the trimmed page lies in the file's coordinates, points.</summary>
internal readonly record struct Sheet(double Left, double Bottom, double Width, double Height)
{
    public double WidthMm => Width * Canvas.MmPerPt;

    public double HeightMm => Height * Canvas.MmPerPt;

    public double XMm(double x) => (x - Left) * Canvas.MmPerPt;

    public double YMm(double y) => HeightMm - ((y - Bottom) * Canvas.MmPerPt);
}
