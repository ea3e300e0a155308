using MyNumber.Templates.Forms;

namespace MyNumber.Templates.Pdf;

/// <summary>Variable text into a box: shrunk to a floor, then wrapped, then refused. Nothing is ever clipped.</summary>
public static class Fitting
{
    /// <summary>Distance of two baselines over the size.</summary>
    public const double Leading = 1.25;

    private const double StepPt = 0.5;

    /// <summary>The em box of a Japanese font hangs 0.12 below the baseline.</summary>
    internal const double AboveBaseline = 0.88;

    // Half a micrometre: so much two sums of the same widths may differ.
    private const double RoundingMm = 0.0005;

    /// <summary>
    /// Sets <paramref name="text"/> into the box, in its middle from top to bottom, on one line if a size between
    /// <paramref name="maxPt"/> and <paramref name="floorPt"/> allows, else on more lines; refuses the page otherwise.
    /// Below <paramref name="oneLinePt"/> more lines are better than smaller letters.
    /// </summary>
    public static void Fit(
        this Canvas canvas, Typeface typeface, Box box, string text, double maxPt, double floorPt, Align align = Align.Left,
        double oneLinePt = 0)
    {
        if (canvas.Shape(typeface, Flow.Horizontal, text) is not { } glyphs)
        {
            return;
        }

        for (var size = maxPt; size >= Math.Max(floorPt, oneLinePt); size -= StepPt)
        {
            var style = new TextStyle(typeface, size);
            if (style.SizeMm <= box.HeightMm && Canvas.WidthMm(style, glyphs) <= box.WidthMm)
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
            if (heightMm <= box.HeightMm && lines.All(line => canvas.WidthMm(style, line) <= box.WidthMm + RoundingMm))
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
        if (canvas.Shape(style.Typeface, Flow.Horizontal, text) is not { } glyphs)
        {
            return [text];
        }

        // Where each glyph's characters begin in the text, and how far the line has come there, thousandths of an em.
        var (starts, reached) = (new int[glyphs.Count + 1], new int[glyphs.Count + 1]);
        for (var i = 0; i < glyphs.Count; i++)
        {
            starts[i + 1] = starts[i] + glyphs[i].Source.Length;
            reached[i + 1] = reached[i] + glyphs[i].Width;
        }

        var width = widthMm * 1000 / style.SizeMm;
        var lines = new List<string>();
        var first = 0;
        for (var i = 0; i < glyphs.Count; i++)
        {
            if (i > first && reached[i + 1] - reached[first] > width)
            {
                var cut = Array.BinarySearch(starts, BreakBefore(text, starts[first], starts[i]));
                lines.Add(text[starts[first]..starts[cut]].TrimEnd(' ', '　'));
                (first, i) = (cut, cut);
            }
        }

        lines.Add(text[starts[first]..]);
        return lines;
    }

    // After a blank in the line's last third; never before a closing mark, after an opening one, or inside a word.
    private static int BreakBefore(string text, int start, int at)
    {
        var blank = text.LastIndexOfAny([' ', '　'], at - 1, at - start);
        if (blank > start + ((at - start) * 2 / 3))
        {
            return blank + 1;
        }

        var cut = at;
        while (cut > start + 1 && !MayBreak(text[cut - 1], text[cut]))
        {
            cut--;
        }

        return cut > start + 1 ? cut : at;
    }

    private static bool MayBreak(char before, char after) =>
        !MayNotBegin.Contains(after, StringComparison.Ordinal) && !MayNotEnd.Contains(before, StringComparison.Ordinal)
        && !(IsWord(after) && IsWord(before)) && !Fonts.MayJoin(after);

    private const string MayNotBegin =
        "、。，．）」』】〕・ー々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.)！？!?:;：；号番丁目階室棟様";

    private const string MayNotEnd = "（「『【〔(";

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c)
        || c is (>= '０' and <= '９') or '－' or '-' or '/' or ':' or '@' or '=';

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
