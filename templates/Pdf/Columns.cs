using MyNumber.Templates.Forms;

namespace MyNumber.Templates.Pdf;

/// <summary>
/// Variable text in columns from top to bottom, the next one to the left, as addresses stand on postcards: Japanese
/// upright, two digits side by side, Latin words and dashes without a vertical form turned clockwise.
/// </summary>
public static class Columns
{
    private const double StepPt = 0.5;

    // Middles of two columns over the size.
    private const double Pitch = 1.3;

    // Capitals and full-width signs reach from the baseline to 0.76 em: turned, their middle is the column's.
    private const double BaselineToMiddle = 0.38;

    // Signs of one piece that lie along the column, and for which IPAex has no vertical form; a blank keeps its width.
    private const string Turning = " －–—−：；＜＞ｰ~";

    /// <summary>
    /// Sets the text into the box, its first column at the right edge, at the greatest size between
    /// <paramref name="maxPt"/> and <paramref name="floorPt"/> that has room; refuses the page where none has.
    /// </summary>
    public static void FitColumns(this Canvas canvas, Typeface typeface, Box box, string text, double maxPt, double floorPt)
    {
        var pieces = Cut(text);
        for (var size = maxPt; size >= floorPt; size -= StepPt)
        {
            var style = new TextStyle(typeface, size);
            var columns = Break(canvas, style, pieces, box.HeightMm);
            if (canvas.Problem is not null)
            {
                return;
            }

            var widthMm = style.SizeMm * (1 + ((columns.Count - 1) * Pitch));
            if (widthMm <= box.WidthMm && columns.TrueForAll(column => HeightMm(canvas, style, column) <= box.HeightMm))
            {
                Set(canvas, style, box, columns, widthMm);
                return;
            }
        }

        canvas.Refuse(Canvas.DoesNotFit);
    }

    /// <summary>How a piece of a column stands.</summary>
    private enum Stand
    {
        Upright,
        Pair,
        Turned,
    }

    private readonly record struct Piece(Stand Stand, string Text);

    // Upright characters one by one, words of Latin letters whole; three digits and more stand one under the other.
    private static List<Piece> Cut(string text)
    {
        var pieces = new List<Piece>();
        for (var at = 0; at < text.Length;)
        {
            var word = text[at..WordEnd(text, at)];
            if (word.Length == 2 && word.All(char.IsAsciiDigit))
            {
                pieces.Add(new Piece(Stand.Pair, word));
            }
            else if (word.Length > 1 && word.All(char.IsAsciiDigit))
            {
                pieces.AddRange(word.Select(digit => new Piece(Stand.Upright, digit.ToString())));
            }
            else if (word.Length > 1)
            {
                pieces.Add(new Piece(Stand.Turned, word));
            }
            else
            {
                word = text.Substring(at, Fonts.ClusterLength(text.AsSpan(at)));
                pieces.Add(new Piece(Turning.Contains(word, StringComparison.Ordinal) ? Stand.Turned : Stand.Upright, word));
            }

            at += word.Length;
        }

        return pieces;
    }

    private static int WordEnd(string text, int at)
    {
        var end = at;
        while (end < text.Length && (IsAcross(text[end]) || (end > at && Fonts.MayJoin(text[end]) && !char.IsSurrogate(text[end]))))
        {
            end++;
        }

        return end;
    }

    // Latin and its accents; the apostrophes, hyphens and stops inside a name.
    private static bool IsAcross(char c) => c is (> ' ' and <= '~') or (>= '\u00C0' and <= '\u024F') or '’';

    // Where a column is full the next begins; at a blank in its last third, if there is one.
    private static List<List<Piece>> Break(Canvas canvas, TextStyle style, List<Piece> pieces, double heightMm)
    {
        var columns = new List<List<Piece>>();
        var column = new List<Piece>();
        var reachedMm = 0.0;
        foreach (var piece in pieces)
        {
            var lengthMm = LengthMm(canvas, style, piece);
            if (column.Count > 0 && reachedMm + lengthMm > heightMm)
            {
                var blank = column.FindLastIndex(part => part.Text is "　" or " ");
                var keep = blank > column.Count * 2 / 3 ? blank + 1 : column.Count;
                var rest = column[keep..];
                columns.Add(column[..keep]);
                column = rest;
                reachedMm = HeightMm(canvas, style, rest);
            }

            column.Add(piece);
            reachedMm += lengthMm;
        }

        columns.Add(column);
        return columns;
    }

    private static double HeightMm(Canvas canvas, TextStyle style, List<Piece> column)
    {
        var sum = 0.0;
        // A blank at the end of a column needs no room.
        var last = column.FindLastIndex(piece => piece.Text is not ("　" or " "));
        for (var i = 0; i <= last; i++)
        {
            sum += LengthMm(canvas, style, column[i]);
        }

        return sum;
    }

    private static double LengthMm(Canvas canvas, TextStyle style, Piece piece) =>
        piece.Stand == Stand.Turned ? canvas.WidthMm(style, piece.Text) : style.SizeMm;

    private static void Set(Canvas canvas, TextStyle style, Box box, List<List<Piece>> columns, double widthMm)
    {
        var middle = box.RightMm - ((box.WidthMm - widthMm) / 2) - (style.SizeMm / 2);
        foreach (var column in columns)
        {
            var y = box.YMm;
            for (var i = 0; i < column.Count; i++)
            {
                var ((stand, text), top) = (column[i], y);
                // Upright signs one under the other are one line to write.
                for (; stand == Stand.Upright && i + 1 < column.Count && column[i + 1].Stand == Stand.Upright; y += style.SizeMm)
                {
                    text += column[++i].Text;
                }

                switch (stand)
                {
                    case Stand.Turned:
                        canvas.Turned(style, middle - (style.SizeMm * BaselineToMiddle), top, text);
                        break;
                    case Stand.Pair:
                        canvas.Text(style, middle, top + (style.SizeMm * Fitting.AboveBaseline), text, Align.Centre);
                        break;
                    default:
                        canvas.Column(style, middle, top, text);
                        break;
                }

                y += LengthMm(canvas, style, column[i]);
            }

            middle -= style.SizeMm * Pitch;
        }
    }
}
