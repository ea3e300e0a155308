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
    private readonly string _title;
    private readonly int _pageTree;
    private readonly int _fontDictionary;
    private readonly int _resources;
    private readonly Dictionary<string, int> _statics = [];
    private readonly List<(int Number, int Pages)> _nodes = [];
    private readonly List<int> _kids = [];
    private int _node;

    /// <summary>Begins a file.</summary>
    /// <param name="output">Where it goes; written forward only.</param>
    /// <param name="title">Title in the metadata: what is printed, never a person.</param>
    public PdfDocument(Stream output, string title)
    {
        _title = title;
        _pdf = new PdfObjects(output);
        (_pageTree, _fontDictionary, _resources) = (_pdf.Reserve(), _pdf.Reserve(), _pdf.Reserve());
        _node = _pdf.Reserve();
    }

    /// <summary>Pages so far.</summary>
    public int Pages { get; private set; }

    /// <summary>
    /// Adds a page of that size: the static part under <paramref name="name"/>, drawn when the name comes first, and
    /// the variable part on top.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something cannot be printed; the file is of no use then.</exception>
    public void Page(string name, double widthMm, double heightMm, Action<Canvas> drawStatic, Action<Canvas> drawVariable)
    {
        var boxes = Boxes(widthMm, heightMm);
        if (!_statics.TryGetValue(name, out var background))
        {
            background = _pdf.Reserve();
            var canvas = Draw(name, heightMm, drawStatic);
            _pdf.Stream(background,
                $"/Type/XObject/Subtype/Form/BBox{boxes.Media}/Resources<</Font {_fontDictionary} 0 R>>",
                Encoding.ASCII.GetBytes(canvas.Content));
            _statics.Add(name, background);
        }

        var variable = Draw(name, heightMm, drawVariable);
        var (page, contents) = (_pdf.Reserve(), _pdf.Reserve());
        _pdf.Stream(contents, "", Encoding.ASCII.GetBytes($"/S{background} Do\n{variable.Content}"));
        // The crop box, too, is the trimmed page: what a viewer shows is what the resident holds.
        _pdf.Object(page,
            $"<</Type/Page/Parent {_node} 0 R/MediaBox{boxes.Media}/BleedBox{boxes.Media}/TrimBox{boxes.Trim}/CropBox{boxes.Trim}"
            + $"/Resources {_resources} 0 R/Contents {contents} 0 R>>");
        _kids.Add(page);
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
        var nodes = string.Join(' ', _nodes.Select(node => $"{node.Number} 0 R"));
        _pdf.Object(_pageTree, string.Create(CultureInfo.InvariantCulture, $"<</Type/Pages/Kids[{nodes}]/Count {Pages}>>"));
        _fonts.Write(_pdf, _fontDictionary);
        var backgrounds = string.Concat(_statics.Values.Select(number => $"/S{number} {number} 0 R"));
        _pdf.Object(_resources, $"<</Font {_fontDictionary} 0 R/XObject<<{backgrounds}>>>>");

        var (metadata, profile, catalog) = (_pdf.Reserve(), _pdf.Reserve(), _pdf.Reserve());
        _pdf.Stream(metadata, "/Type/Metadata/Subtype/XML", Encoding.UTF8.GetBytes(Xmp()), Compression.None);
        _pdf.Stream(profile, "/N 1", GrayProfile());
        _pdf.Object(catalog,
            $"<</Type/Catalog/Pages {_pageTree} 0 R/Lang(ja-JP)/Metadata {metadata} 0 R/OutputIntents[<</Type/OutputIntent"
            + $"/S/GTS_PDFA1/OutputConditionIdentifier(Gray)/Info(Gray)/DestOutputProfile {profile} 0 R>>]>>");
        _pdf.Finish(catalog);
    }

    /// <inheritdoc/>
    public void Dispose() => _pdf.Dispose();

    private Canvas Draw(string name, double heightMm, Action<Canvas> draw)
    {
        var canvas = new Canvas(heightMm, _fonts);
        draw(canvas);
        return canvas.Problem is null
            ? canvas
            : throw new InvalidOperationException($"The page `{name}` cannot be printed: {canvas.Problem}.");
    }

    private void FlushNode()
    {
        if (_kids.Count == 0)
        {
            return;
        }

        var kids = string.Join(' ', _kids.Select(page => $"{page} 0 R"));
        _pdf.Object(_node, string.Create(
            CultureInfo.InvariantCulture, $"<</Type/Pages/Parent {_pageTree} 0 R/Kids[{kids}]/Count {_kids.Count}>>"));
        _nodes.Add((_node, _kids.Count));
        _kids.Clear();
        _node = _pdf.Reserve();
    }

    private static (string Media, string Trim) Boxes(double widthMm, double heightMm)
    {
        const double bleed = Canvas.BleedMm / Canvas.MmPerPt;
        var (width, height) = (widthMm / Canvas.MmPerPt, heightMm / Canvas.MmPerPt);
        static string Array(double left, double bottom, double right, double top) =>
            $"[{PdfText.Number(left)} {PdfText.Number(bottom)} {PdfText.Number(right)} {PdfText.Number(top)}]";
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
}
