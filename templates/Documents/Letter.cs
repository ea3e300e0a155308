using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>What all A4 letters share: size, window, sender, date, title, Application ID, paragraphs and tables.</summary>
internal static class Letter
{
    public const double WidthMm = 210;
    public const double HeightMm = 297;

    /// <summary>Left and right edge of the text, mm.</summary>
    public const double LeftMm = 20;

    /// <summary>Right edge of the text, mm.</summary>
    public const double RightMm = 190;

    /// <summary>Where the Application ID stands on letters and mounts, so that camera and read-back find it (R98).</summary>
    public static readonly Box ApplicationId = new(128, 56, 62, 7);

    public static readonly TextStyle Title = new(Typeface.Bold, 17);
    public static readonly TextStyle Heading = new(Typeface.Bold, 12);
    public static readonly TextStyle Body = new(Typeface.Gothic, 10.5);
    /// <summary>Where a page has room, as backs have.</summary>
    public static readonly TextStyle Large = new(Typeface.Gothic, 11.5);

    public static readonly TextStyle Strong = new(Typeface.Bold, 10.5);
    public static readonly TextStyle Label = new(Typeface.Gothic, 10);
    public static readonly TextStyle Note = new(Typeface.Gothic, 9);
    public static readonly TextStyle Official = new(Typeface.Mincho, 10.5);

    public static Page Page(string name, Action<Canvas> drawStatic, Action<Canvas> drawVariable) =>
        new(name, WidthMm, HeightMm, drawStatic, drawVariable);

    /// <summary>`転送不要` in its frame, inside the window, so that the delivering office sees it.</summary>
    public static void DoNotForward(Canvas canvas)
    {
        canvas.Stroke(new Box(86, 14.5, 22, 6.5), 0.4);
        canvas.Text(new TextStyle(Typeface.Bold, 12), 97, 19.2, "転送不要", Align.Centre);
        FoldMarks(canvas);
    }

    // A window envelope (長形3号) takes the sheet folded in three.
    private static void FoldMarks(Canvas canvas)
    {
        foreach (var y in new[] { HeightMm / 3, HeightMm * 2 / 3 })
        {
            canvas.Line(5, y, 9, y, 0.15);
        }
    }

    /// <summary>The title in both languages over a rule; returns where the text may begin, mm.</summary>
    public static double Heads(Canvas canvas, double yMm, string title, string english)
    {
        canvas.Text(Title, 105, yMm, title, Align.Centre);
        canvas.Text(Note, 105, yMm + 6, english, Align.Centre);
        canvas.Line(LeftMm, yMm + 9.5, RightMm, yMm + 9.5, 0.5);
        return yMm + 18;
    }

    /// <summary>A heading with a bar in front, and paragraphs under it; returns where the next one may begin, mm.</summary>
    public static double Section(Canvas canvas, double yMm, string heading, params string[] paragraphs) =>
        Section(canvas, Body, yMm, heading, paragraphs);

    /// <summary>The same in another size.</summary>
    public static double Section(Canvas canvas, TextStyle style, double yMm, string heading, params string[] paragraphs)
    {
        Headed(canvas, yMm, heading);
        return Paragraphs(canvas, style, yMm + 8.5, paragraphs) + 4;
    }

    /// <summary>A heading with a bar in front.</summary>
    public static void Headed(Canvas canvas, double yMm, string heading)
    {
        canvas.Fill(LeftMm, yMm - 4, 1.2, 5);
        canvas.Text(Heading, LeftMm + 3.5, yMm, heading);
    }

    /// <summary>Steps, each with its number in a frame; returns where the next one may begin, mm.</summary>
    public static double Steps(Canvas canvas, double yMm, params string[] steps)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            canvas.Stroke(new Box(LeftMm, yMm - 4.6, 6, 6), 0.3);
            canvas.Text(Strong, LeftMm + 3, yMm, (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), Align.Centre);
            yMm = Paragraphs(canvas, Body, yMm, [steps[i]], LeftMm + 9) + 1;
        }

        return yMm + 3;
    }

    /// <summary>Address, date and sender: the head of every letter.</summary>
    public static void Head(Canvas canvas, PieceData piece)
    {
        AddressArea.InWindow(canvas, piece);
        if (piece.PrintedOn is { } day)
        {
            canvas.Text(Official, RightMm, 20, Wording.Era(day), Align.Right);
        }

        canvas.Fit(Typeface.Mincho, new Box(120, 27, 70, 7), Sender(piece), 12, 8, Align.Right);
        if (!string.IsNullOrEmpty(piece.PickupPhone))
        {
            canvas.Fit(Typeface.Gothic, new Box(120, 35, 70, 5), "お問い合わせ　" + piece.PickupPhone, 10, 7, Align.Right);
        }
    }

    /// <summary>The municipality's head, on whose behalf letters go out.</summary>
    public static string Sender(PieceData piece) =>
        string.IsNullOrEmpty(piece.MunicipalityName) ? "" : $"{piece.Prefecture}{piece.MunicipalityName}長";

    /// <summary>The frame of the Application ID.</summary>
    public static void ApplicationIdFrame(Canvas canvas)
    {
        canvas.Stroke(ApplicationId, 0.25);
        canvas.Text(Label, ApplicationId.XMm, ApplicationId.YMm - 1.2, "申請書ID");
    }

    /// <summary>The Application ID in its frame.</summary>
    public static void ApplicationIdText(Canvas canvas, string? id)
    {
        if (!string.IsNullOrEmpty(id))
        {
            var inner = new Box(ApplicationId.XMm + 2, ApplicationId.YMm, ApplicationId.WidthMm - 4, ApplicationId.HeightMm);
            canvas.Fit(Typeface.Gothic, inner, id, 13, ApplicationForms.ReadBackPtMin, Align.Centre);
        }
    }

    /// <summary>
    /// Paragraphs one under the other; returns where the next one may begin, mm. The lines of an item (`・`, `□　`, `1　`,
    /// `問　`) hang under its first word.
    /// </summary>
    public static double Paragraphs(
        Canvas canvas, TextStyle style, double yMm, IEnumerable<string> paragraphs, double leftMm = LeftMm, double rightMm = RightMm,
        double leadingEm = 1.6)
    {
        var leading = style.SizeMm * leadingEm;
        foreach (var paragraph in paragraphs)
        {
            var sign = paragraph[..SignLength(paragraph)];
            canvas.Text(style, leftMm, yMm, sign);
            var indent = leftMm + canvas.WidthMm(style, sign);
            foreach (var line in Lines(canvas, style, rightMm - indent, paragraph[sign.Length..]))
            {
                canvas.Text(style, indent, yMm, line);
                yMm += leading;
            }

            yMm += leading * 0.25;
        }

        return yMm;
    }

    /// <summary>Height that <see cref="Paragraphs"/> takes for them, mm.</summary>
    public static double Measure(Canvas canvas, TextStyle style, IEnumerable<string> paragraphs, double widthMm) =>
        paragraphs.Sum(paragraph =>
        {
            var sign = paragraph[..SignLength(paragraph)];
            var lines = Lines(canvas, style, widthMm - canvas.WidthMm(style, sign), paragraph[sign.Length..]);
            return (lines.Count + 0.25) * style.SizeMm * 1.6;
        });

    // No line of a word's last letters alone: the lines above give some of theirs.
    private static List<string> Lines(Canvas canvas, TextStyle style, double widthMm, string text)
    {
        const int lettersMin = 5, stepsMax = 6;
        var lines = Fitting.Wrap(canvas, style, widthMm, text);
        for (var step = 1; step <= stepsMax && lines.Count > 1 && lines[^1].Length < lettersMin; step++)
        {
            var narrower = Fitting.Wrap(canvas, style, widthMm - (step * style.SizeMm), text);
            if (narrower.Count > lines.Count)
            {
                break;
            }

            lines = narrower;
        }

        return lines;
    }

    /// <summary>Whom to ask, and in English what the letter is about, at the foot of the page.</summary>
    public static void Foot(Canvas canvas, string english)
    {
        var lines = Fitting.Wrap(canvas, Note, RightMm - LeftMm - 6, english);
        var frame = new Box(LeftMm, 277 - (lines.Count * 5), RightMm - LeftMm, (lines.Count * 5) + 3);
        canvas.Text(Note, LeftMm, frame.YMm - 3, "お問い合わせ　住所地の市区町村、または個人番号カードのコールセンター　0120-95-0178（無料）");
        canvas.Stroke(frame, 0.2);
        for (var i = 0; i < lines.Count; i++)
        {
            canvas.Text(Note, LeftMm + 3, frame.YMm + 5.2 + (i * 5), lines[i]);
        }
    }

    private static int SignLength(string paragraph) => paragraph switch
    {
        ['・', ..] => 1,
        ['□' or '問' or '答' or (>= '1' and <= '9'), '　', ..] => 2,
        _ => 0,
    };

    /// <summary>The frame of a table of labelled rows.</summary>
    public static void Table(Canvas canvas, double topMm, double rowMm, double labelMm, params string[] labels)
    {
        canvas.Stroke(new Box(LeftMm, topMm, RightMm - LeftMm, rowMm * labels.Length), 0.35);
        canvas.Line(LeftMm + labelMm, topMm, LeftMm + labelMm, topMm + (rowMm * labels.Length));
        for (var i = 0; i < labels.Length; i++)
        {
            var y = topMm + (i * rowMm);
            if (i > 0)
            {
                canvas.Line(LeftMm, y, RightMm, y);
            }

            canvas.Text(Label, LeftMm + 2.5, y + (rowMm / 2) + 1.3, labels[i]);
        }
    }

    /// <summary>The value of a row of such a table.</summary>
    public static void Cell(
        Canvas canvas, double topMm, double rowMm, double labelMm, int row, string? text, double maxPt = 13,
        Typeface typeface = Typeface.Gothic)
    {
        if (!string.IsNullOrEmpty(text))
        {
            var box = new Box(LeftMm + labelMm + 3, topMm + (row * rowMm) + 0.5, RightMm - LeftMm - labelMm - 5, rowMm - 1);
            canvas.Fit(typeface, box, text, maxPt, 8);
        }
    }

    /// <summary>Year, month and day to be written by hand, in a row of such a table.</summary>
    public static void DateByHand(Canvas canvas, double topMm, double rowMm, double labelMm, int row) =>
        canvas.Text(Label, LeftMm + labelMm + 28, topMm + (row * rowMm) + (rowMm / 2) + 1.3, "年　　　　　　月　　　　　　日");
}
