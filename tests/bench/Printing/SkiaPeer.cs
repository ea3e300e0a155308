using SkiaSharp;

namespace MyNumber.Tests.Bench.Printing;

/// <summary>The same pages by SkiaSharp's PDF backend: the static part recorded once as a picture, texts by its fonts.</summary>
internal sealed class SkiaPeer : IDisposable
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["IPAexGothic"] = "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
        ["IPAexMincho"] = "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf",
        ["BIZUDPGothic-Bold"] = "/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Bold.ttf",
        ["IPAmjMincho"] = "/usr/share/fonts/truetype/ipamj/ipamjm.ttf",
    };

    private readonly Dictionary<string, SKTypeface> _faces = Files.ToDictionary(file => file.Key, file => SKTypeface.FromFile(file.Value));
    private readonly Dictionary<(string Name, double Size), SKFont> _fonts = [];
    private readonly SKPaint _fill = new() { Color = SKColors.Black };

    public void Write(PageRecording recording, string path)
    {
        using var file = File.Create(path);
        using var stream = new SKManagedWStream(file);
        using var document = SKDocument.CreatePdf(stream);
        var statics = new Dictionary<string, SKPicture>();
        foreach (var page in recording.Pages)
        {
            using var canvas = document.BeginPage((float)page.WidthPt, (float)page.HeightPt);
            if (!statics.TryGetValue(page.Static, out var picture))
            {
                using var recorder = new SKPictureRecorder();
                var drawn = recorder.BeginRecording(new SKRect(0, 0, (float)page.WidthPt, (float)page.HeightPt));
                Draw(drawn, page.HeightPt, recording.Statics[page.Static]);
                picture = recorder.EndRecording();
                statics.Add(page.Static, picture);
            }

            canvas.DrawPicture(picture);
            Draw(canvas, page.HeightPt, page.Own);
            document.EndPage();
        }

        document.Close();
    }

    public void Dispose() => _fill.Dispose();

    private void Draw(SKCanvas canvas, double height, List<Drawing> drawings)
    {
        using var filled = new SKPathBuilder();
        foreach (var drawing in drawings)
        {
            var n = drawing.Numbers;
            switch (drawing.Kind)
            {
                case "F":
                    filled.AddRect(Rectangle(n, height));
                    break;
                case "S":
                    using (var paint = Pen(n[4], 0))
                    {
                        canvas.DrawRect(Rectangle(n, height), paint);
                    }

                    break;
                case "L":
                    using (var paint = Pen(n[4], n[5]))
                    {
                        canvas.DrawLine((float)n[0], (float)(height - n[1]), (float)n[2], (float)(height - n[3]), paint);
                    }

                    break;
                default:
                    canvas.DrawText(drawing.Text, (float)n[0], (float)(height - n[1]), SKTextAlign.Left, Font(drawing.Font!, n[2]), _fill);
                    break;
            }
        }

        using var path = filled.Detach();
        canvas.DrawPath(path, _fill);
    }

    private SKFont Font(string name, double size)
    {
        if (!_fonts.TryGetValue((name, size), out var font))
        {
            font = new SKFont(_faces[name], (float)size);
            _fonts.Add((name, size), font);
        }

        return font;
    }

    private static SKRect Rectangle(double[] n, double height) =>
        new((float)n[0], (float)(height - n[1] - n[3]), (float)(n[0] + n[2]), (float)(height - n[1]));

    private static SKPaint Pen(double line, double dash) => new()
    {
        Color = SKColors.Black,
        IsStroke = true,
        StrokeWidth = (float)line,
        PathEffect = dash > 0 ? SKPathEffect.CreateDash([(float)dash, (float)dash], 0) : null,
    };
}
