using System.Globalization;
using System.Text;

namespace MyNumber.Templates.Pdf;

/// <summary>
/// A PDF file for variable data: static pages once each as Form XObjects, then page after page only what differs,
/// written as it comes; fonts, cut down to what was used, at the end. Conforms to PDF/A-2b by construction: fonts
/// embedded, gray only, output intent, XMP.
/// </summary>
public sealed class PdfDocument : IDisposable
{
    private const int PagesPerNodeMax = 100;

    private readonly PdfObjects _pdf;
    private readonly FontUse _fonts = new();
    private readonly Canvas _canvas;
    private readonly string _title;
    private readonly int _pageTree;
    private readonly int _fontDictionary;
    private readonly int _resources;
    private readonly DocumentParts _parts;
    private readonly Dictionary<string, StaticPage> _statics = [];
    private readonly PdfBytes _content = new();
    private readonly List<int> _nodes = [];
    private readonly List<int> _kids = [];
    private int _node;
    private string? _nodeEntries;

    /// <summary>Begins a file.</summary>
    /// <param name="output">Where it goes; written forward only.</param>
    /// <param name="title">Title in the metadata: what is printed, never a person.</param>
    public PdfDocument(Stream output, string title)
    {
        _title = title;
        _canvas = new Canvas(_fonts);
        _pdf = new PdfObjects(output);
        _parts = new DocumentParts(_pdf);
        (_pageTree, _fontDictionary, _resources) = (_pdf.Reserve(), _pdf.Reserve(), _pdf.Reserve());
        _node = _pdf.Reserve();
    }

    /// <summary>Pages so far.</summary>
    public int Pages { get; private set; }

    /// <summary>Begins a record: the pages that follow belong to the piece of that id.</summary>
    public void Record(string id) => _parts.Begin(id);

    /// <summary>Writes something that stands on several pages of one height; gives its number for <see cref="Page"/>.</summary>
    /// <exception cref="InvalidOperationException">Something cannot be printed; the file is of no use then.</exception>
    public int Layer(double heightMm, Action<Canvas> draw) => _pdf.Stream("", Draw(heightMm, draw));

    /// <summary>
    /// Adds a page: its static part, drawn when its name comes first, its variable part on top, and layers over that.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something cannot be printed; the file is of no use then.</exception>
    internal void Page(Page page, ReadOnlySpan<int> layers)
    {
        if (!_statics.TryGetValue(page.Name, out var background))
        {
            background = Static(page);
            _statics.Add(page.Name, background);
        }

        // A page with nothing of its own shares the one stream that draws its static part.
        var variable = Draw(page.HeightMm, page.Variable);
        var contents = background.Contents;
        if (!variable.IsEmpty)
        {
            _content.Clear();
            contents = _pdf.Stream("", _content.Add(background.Invocation).Add(variable).Written);
        }

        // What the node says for its pages need not stand on them; not every reader takes the crop box from there.
        _nodeEntries ??= background.Inherited;
        var number = _pdf.Reserve();
        var body = _pdf.BeginObject(number).Add("<</Type/Page/Parent "u8).Add(_node).Add(" 0 R"u8).Add(background.PageEntries);
        body.Add(_nodeEntries == background.Inherited ? "" : background.Inherited).Add("/Contents["u8).Add(contents).Add(" 0 R"u8);
        foreach (var layer in layers)
        {
            body.Add((byte)' ').Add(layer).Add(" 0 R"u8);
        }

        body.Add("]"u8);
        if (_parts.Current > 0)
        {
            body.Add("/DPart "u8).Add(_parts.Current).Add(" 0 R"u8);
            _parts.Page(number);
        }

        body.Add(">>\n"u8);
        _kids.Add(number);
        Pages++;
        if (_kids.Count == PagesPerNodeMax)
        {
            FlushNode();
        }
    }

    /// <summary>Writes fonts, page tree and metadata; the file is complete after it.</summary>
    public void Finish()
    {
        FlushNode();
        var nodes = string.Join(' ', _nodes.Select(node => $"{node} 0 R"));
        _pdf.Object(_pageTree, string.Create(CultureInfo.InvariantCulture, $"<</Type/Pages/Kids[{nodes}]/Count {Pages}>>"));
        _fonts.Write(_pdf, _fontDictionary);
        var backgrounds = string.Concat(_statics.Values.Select(page => $"/S{page.Form} {page.Form} 0 R"));
        _pdf.Object(_resources, $"<</Font {_fontDictionary} 0 R/XObject<<{backgrounds}>>>>");

        var metadata = _pdf.Stream("/Type/Metadata/Subtype/XML", Encoding.UTF8.GetBytes(Xmp()), isDeflated: false);
        var profile = _pdf.Stream("/N 1", GrayProfile());
        _pdf.Finish(_pdf.Object(
            $"<</Type/Catalog/Pages {_pageTree} 0 R/Lang(ja-JP)/Metadata {metadata} 0 R/OutputIntents[<</Type/OutputIntent"
            + $"/S/GTS_PDFA1/OutputConditionIdentifier(Gray)/Info(Gray)/DestOutputProfile {profile} 0 R>>]{_parts.Finish()}>>"));
    }

    /// <inheritdoc/>
    public void Dispose() => _pdf.Dispose();

    private StaticPage Static(Page page)
    {
        var boxes = Boxes(page.WidthMm, page.HeightMm);
        var form = _pdf.Stream(
            $"/Type/XObject/Subtype/Form/BBox{boxes.Media}/Resources<</Font {_fontDictionary} 0 R>>", Draw(page.HeightMm, page.Static));
        var invocation = Encoding.ASCII.GetBytes($"/S{form} Do\n");
        // The crop box, too, is the trimmed page: what a viewer shows is what the resident holds.
        return new StaticPage(
            form, invocation, _pdf.Stream("", invocation), $"/BleedBox{boxes.Media}/TrimBox{boxes.Trim}/CropBox{boxes.Trim}",
            $"/MediaBox{boxes.Media}/Resources {_resources} 0 R");
    }

    private ReadOnlySpan<byte> Draw(double heightMm, Action<Canvas> draw)
    {
        _canvas.Begin(heightMm);
        draw(_canvas);
        return _canvas.Problem is null
            ? _canvas.Content
            : throw new InvalidOperationException($"A page cannot be printed: {_canvas.Problem}.");
    }

    private void FlushNode()
    {
        if (_kids.Count == 0)
        {
            return;
        }

        var kids = string.Join(' ', _kids.Select(page => $"{page} 0 R"));
        _pdf.Object(_node, string.Create(
            CultureInfo.InvariantCulture, $"<</Type/Pages/Parent {_pageTree} 0 R{_nodeEntries}/Kids[{kids}]/Count {_kids.Count}>>"));
        _nodes.Add(_node);
        _kids.Clear();
        _nodeEntries = null;
        _node = _pdf.Reserve();
    }

    private static (string Media, string Trim) Boxes(double widthMm, double heightMm)
    {
        const double bleed = Canvas.BleedMm / Canvas.MmPerPt;
        const int decimals = 3;
        var (width, height) = (widthMm / Canvas.MmPerPt, heightMm / Canvas.MmPerPt);
        static string Array(double left, double bottom, double right, double top)
        {
            var numbers = new PdfBytes().Add((byte)'[');
            numbers.Number(left, decimals).Add((byte)' ').Number(bottom, decimals).Add((byte)' ');
            numbers.Number(right, decimals).Add((byte)' ').Number(top, decimals).Add((byte)']');
            return Encoding.ASCII.GetString(numbers.Written);
        }

        return (Array(0, 0, width + (2 * bleed), height + (2 * bleed)), Array(bleed, bleed, width + bleed, height + bleed));
    }

    private string Xmp() => $"""
        <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
        <dc:format>application/pdf</dc:format>
        <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{System.Security.SecurityElement.Escape(_title)}</rdf:li></rdf:Alt></dc:title>
        <pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
        </rdf:Description></rdf:RDF></x:xmpmeta>
        <?xpacket end="w"?>
        """;

    private static byte[] GrayProfile()
    {
        using var profile = typeof(PdfDocument).Assembly.GetManifestResourceStream("MyNumber.Templates.Pdf.Gray.icc")
            ?? throw new InvalidOperationException("The gray profile is missing from the assembly.");
        using var bytes = new MemoryStream();
        profile.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>
    /// A static page as it was written: the form, how it is drawn, a stream that draws it alone, what its pages say
    /// themselves, and what a node may say for them.
    /// </summary>
    private sealed record StaticPage(int Form, byte[] Invocation, int Contents, string PageEntries, string Inherited);
}
