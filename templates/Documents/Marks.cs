using MyNumber.Templates.Codes;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>Codes drawn on a page.</summary>
internal static class Marks
{
    /// <summary>A QR code that fills a square box, as one path of bars.</summary>
    public static void Qr(this Canvas canvas, Box box, string text)
    {
        var symbol = QrCode.Encode(text);
        var size = symbol.GetLength(0);
        var module = box.WidthMm / size;
        if (module < QrModuleMmMin)
        {
            canvas.Refuse(Canvas.DoesNotFit);
            return;
        }

        var bars = new List<Box>();
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                var start = column;
                while (column < size && symbol[row, column])
                {
                    column++;
                }

                if (column > start)
                {
                    bars.Add(new Box(box.XMm + (start * module), box.YMm + (row * module), (column - start) * module, module));
                }
            }
        }

        canvas.Fill(bars);
    }

    /// <summary>Smallest module that a scan of 200 dpi still shows, mm (DESIGN.md, Printing).</summary>
    public const double QrModuleMmMin = 0.42;

    /// <summary>The mark of form, version and page.</summary>
    public static void FormMark(this Canvas canvas, FormMark mark)
    {
        var modules = mark.Encode();
        canvas.Fill(Enumerable.Range(0, modules.Length).Where(i => modules[i]).Select(Forms.FormMark.ModuleBox));
    }
}
