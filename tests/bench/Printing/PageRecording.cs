using System.Text.Json;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Pdf.Reading;
using Entries = System.Collections.Generic.Dictionary<string, object>;

namespace MyNumber.Tests.Bench.Printing;

/// <summary>One thing drawn: F fill, S outline, L line, T text; numbers in points from the bottom left of the sheet.</summary>
internal sealed record Drawing(string Kind, double[] Numbers, string? Font = null, string? Text = null);

/// <summary>A page: the name of its static part, and what is its own.</summary>
internal sealed record RecordedPage(string Static, double WidthPt, double HeightPt, List<Drawing> Own);

/// <summary>
/// What our pages draw, taken out of a finished file: the peers draw the same lines, letters and code rectangles, with
/// nothing left to lay out or to encode.
/// </summary>
internal sealed record PageRecording(Dictionary<string, List<Drawing>> Statics, List<RecordedPage> Pages)
{
    public static PageRecording Of(IReadOnlyList<PieceData> pieces)
    {
        using var pdf = new MemoryStream();
        PieceDocuments.Render(pieces, pdf);
        var file = new PdfFile(pdf.ToArray());
        var recording = new PageRecording([], []);
        ContentReader? reader = null;
        foreach (var page in Leaves(file, file.Dictionary(file.Root["Pages"]), []))
        {
            var resources = file.Dictionary(page["Resources"]);
            var forms = file.Dictionary(resources["XObject"]);
            reader ??= new ContentReader(file.Dictionary(resources["Font"])
                .ToDictionary(font => font.Key, font => new ReadFont(file, file.Dictionary(font.Value))));
            var (own, names) = (new Sink(), new List<string>());
            foreach (var stream in file.List(page["Contents"]))
            {
                reader.Read(Content(file, stream), own, names);
            }

            if (!recording.Statics.ContainsKey(names[0]))
            {
                var drawn = new Sink();
                reader.Read(Content(file, forms[names[0]]), drawn, []);
                recording.Statics.Add(names[0], drawn.Drawings);
            }

            var media = file.List(page["MediaBox"]);
            recording.Pages.Add(new RecordedPage(names[0], (double)media[2], (double)media[3], own.Drawings));
        }

        return recording;
    }

    public void Save(string path)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, this);
    }

    public static PageRecording Load(string path)
    {
        using var file = File.OpenRead(path);
        return JsonSerializer.Deserialize<PageRecording>(file)!;
    }

    private static ReadOnlySpan<byte> Content(PdfFile file, object stream) =>
        file.Stream(((PdfReference)stream).Number).Content.Span;

    private static IEnumerable<Entries> Leaves(PdfFile file, Entries node, Entries above)
    {
        var here = new Entries(above);
        foreach (var (name, value) in node)
        {
            here[name] = value;
        }

        return here["Type"] is "Page" ? [here] : file.List(node["Kids"]).SelectMany(kid => Leaves(file, file.Dictionary(kid), here));
    }

    private sealed class Sink : IPageSink
    {
        public List<Drawing> Drawings { get; } = [];

        public void Fill(double x, double y, double width, double height) => Drawings.Add(new("F", [x, y, width, height]));

        public void Stroke(double x, double y, double width, double height, double line) =>
            Drawings.Add(new("S", [x, y, width, height, line]));

        public void Line(double x1, double y1, double x2, double y2, double line, double dash) =>
            Drawings.Add(new("L", [x1, y1, x2, y2, line, dash]));

        // A column is given to the peers as a line: neither sets one, and the number of glyphs is the same.
        public void Text(ReadFont font, double size, double x, double y, Run run, ReadOnlySpan<int> codes)
        {
            var text = "";
            foreach (var code in codes)
            {
                text += font.Text(code);
            }

            Drawings.Add(new("T", [x, y, size], font.Name[7..], text));
        }
    }
}
