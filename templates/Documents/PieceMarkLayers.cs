using System.Globalization;
using MyNumber.Templates.Codes;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>
/// Writes piece marks into one file, each in two layers: the bars up to the id are the same on all pages of a piece; the
/// last ones, of sheet, sheets and check, are one of 103 for a sheet, and so shared by many pieces.
/// </summary>
internal sealed class PieceMarkLayers(PdfDocument pdf)
{
    // Start, the id's characters and the change to digits: eleven modules each, three bars.
    private const int IdSigns = PieceMark.IdLength + 2, SignModules = 11, SignBars = 3;

    // Sheet, sheets and check behind them, and the stop sign of thirteen modules.
    private const int MarkModules = ((IdSigns + 3) * SignModules) + 13;

    private static readonly TextStyle Letters = new(Typeface.Gothic, 7);

    private readonly Dictionary<string, int> _sheetLayers = [];
    private (string PieceId, double HeightMm, int Layer) _last = ("", 0, 0);

    /// <summary>The layers of the mark of sheet <paramref name="sheet"/> of <paramref name="sheets"/>, from 1.</summary>
    public (int Id, int Sheet) Write(Page page, string pieceId, int sheet, int sheets)
    {
        var numbers = string.Create(CultureInfo.InvariantCulture, $"{sheet:D2}{sheets:D2}");
        var bars = Bars(Code128.Encode(pieceId, numbers));
        var zone = PieceMark.Zone(page.WidthMm, page.HeightMm);
        var left = zone.XMm + ((zone.WidthMm - (MarkModules * PieceMark.ModuleMm)) / 2);
        var lettersMm = zone.BottomMm + 3;
        if (_last.PieceId != pieceId || _last.HeightMm != page.HeightMm)
        {
            _last = (pieceId, page.HeightMm, pdf.Layer(page.HeightMm, canvas =>
            {
                Draw(canvas, left, zone.YMm, bars.AsSpan(0, IdSigns * SignBars));
                canvas.Text(Letters, left, lettersMm, pieceId);
            }));
        }

        var key = Key(page, numbers, bars);
        if (!_sheetLayers.TryGetValue(key, out var sheetLayer))
        {
            sheetLayer = pdf.Layer(page.HeightMm, canvas =>
            {
                Draw(canvas, left, zone.YMm, bars.AsSpan(IdSigns * SignBars));
                canvas.Text(Letters, left + (MarkModules * PieceMark.ModuleMm), lettersMm,
                    string.Create(CultureInfo.InvariantCulture, $"{sheets}枚中{sheet}枚目"), Align.Right);
            });
            _sheetLayers.Add(key, sheetLayer);
        }

        return (_last.Layer, sheetLayer);
    }

    private static void Draw(Canvas canvas, double leftMm, double topMm, ReadOnlySpan<Modules> bars) =>
        canvas.Code(leftMm, topMm, PieceMark.ModuleMm, PieceMark.HeightMm, bars);

    // Size of the page, sheet and sheets, and the first two bars of the check sign: they tell its 103 values apart.
    private static string Key(Page page, string numbers, Modules[] bars)
    {
        var check = bars.AsSpan((IdSigns + 2) * SignBars, SignBars);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{page.HeightMm} {numbers} {check[0].Width}{check[1].X - check[0].X}{check[1].Width}{check[2].X - check[0].X}{check[2].Width}");
    }

    private static Modules[] Bars(IReadOnlyList<int> widths)
    {
        var bars = new Modules[(widths.Count + 1) / 2];
        for (var (i, x) = (0, 0); i < widths.Count; x += widths[i++])
        {
            if (i % 2 == 0)
            {
                bars[i / 2] = new Modules(x, 0, widths[i], 1);
            }
        }

        return bars;
    }
}
