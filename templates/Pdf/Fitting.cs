using System.Globalization;
using MyNumber.Templates.Forms;

namespace MyNumber.Templates.Pdf;

/// <summary>Variable text into a box: shrunk to a floor, then wrapped, then refused. Nothing is ever clipped.</summary>
public static class Fitting
{
    /// <summary>Distance of two baselines over the size.</summary>
    public const double Leading = 1.25;

    private const double StepPt = 0.5;

    // The em box of a Japanese font hangs 0.12 below the baseline.
    private const double AboveBaseline = 0.88;

    /// <summary>
    /// Sets <paramref name="text"/> into the box, in its middle from top to bottom, on one line if a size between
    /// <paramref name="maxPt"/> and <paramref name="floorPt"/> allows, else on more lines; refuses the page otherwise.
    /// </summary>
    public static void Fit(
        this Canvas canvas, Typeface typeface, Box box, string text, double maxPt, double floorPt, Align align = Align.Left)
    {
        for (var size = maxPt; size >= floorPt; size -= StepPt)
        {
            var style = new TextStyle(typeface, size);
            if (style.SizeMm <= box.HeightMm && canvas.WidthMm(style, text) <= box.WidthMm)
            {
                Set(canvas, style, box, [text], align);
                return;
            }
        }

        for (var size = maxPt; size >= floorPt; size -= StepPt)
        {
            var style = new TextStyle(typeface, size);
            var lines = Wrap(canvas, style, box.WidthMm, text);
            var heightMm = style.SizeMm * (1 + ((lines.Count - 1) * Leading));
            if (heightMm <= box.HeightMm && lines.All(line => canvas.WidthMm(style, line) <= box.WidthMm))
            {
                Set(canvas, style, box, lines, align);
                return;
            }
        }

        canvas.Refuse(Canvas.DoesNotFit);
    }

    /// <summary>Lines no wider than <paramref name="widthMm"/>; a blank is the better place to break.</summary>
    public static List<string> Wrap(Canvas canvas, TextStyle style, double widthMm, string text)
    {
        var lines = new List<string>();
        var clusters = StringInfo.ParseCombiningCharacters(text);
        var start = 0;
        var i = 0;
        while (i < clusters.Length)
        {
            var end = i + 1 < clusters.Length ? clusters[i + 1] : text.Length;
            if (clusters[i] > start && canvas.WidthMm(style, text[start..end]) > widthMm)
            {
                var cut = BreakBefore(text, start, clusters[i]);
                lines.Add(text[start..cut].TrimEnd(' ', '　'));
                start = cut;
                i = Array.IndexOf(clusters, cut);
            }

            i++;
        }

        lines.Add(text[start..]);
        return lines;
    }

    // After a blank in the line's last third; never before a closing mark, never inside a Latin word or a number.
    private static int BreakBefore(string text, int start, int at)
    {
        var blank = text.LastIndexOfAny([' ', '　'], at - 1, at - start);
        if (blank > start + ((at - start) * 2 / 3))
        {
            return blank + 1;
        }

        var cut = at;
        while (cut > start + 1 && (MayNotBegin(text[cut]) || (IsWord(text[cut]) && IsWord(text[cut - 1]))
            || char.IsLowSurrogate(text[cut])))
        {
            cut--;
        }

        return cut > start + 1 ? cut : at;
    }

    private static bool MayNotBegin(char c) => "、。，．）」』】〕・ー々っゃゅょッャュョ,.)！？号番丁目階室棟様".Contains(c, StringComparison.Ordinal);

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is (>= '０' and <= '９') or '－' or '-' or '/' or ':' or '@' or '=';

    private static void Set(Canvas canvas, TextStyle style, Box box, List<string> lines, Align align)
    {
        var heightMm = style.SizeMm * (1 + ((lines.Count - 1) * Leading));
        var baseline = box.YMm + ((box.HeightMm - heightMm) / 2) + (style.SizeMm * AboveBaseline);
        var x = align switch
        {
            Align.Left => box.XMm,
            Align.Centre => box.XMm + (box.WidthMm / 2),
            _ => box.RightMm,
        };
        foreach (var line in lines)
        {
            canvas.Text(style, x, baseline, line, align);
            baseline += style.SizeMm * Leading;
        }
    }
}
