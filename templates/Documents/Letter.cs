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

    public static readonly TextStyle Title = new(Typeface.Gothic, 15);
    public static readonly TextStyle Heading = new(Typeface.Gothic, 11);
    public static readonly TextStyle Body = new(Typeface.Mincho, 10.5);
    public static readonly TextStyle Label = new(Typeface.Gothic, 10);
    private static readonly TextStyle English = new(Typeface.Gothic, 9);

    public static Page Page(string name, Action<Canvas> drawStatic, Action<Canvas> drawVariable) =>
        new(name, WidthMm, HeightMm, drawStatic, drawVariable);

    /// <summary>`転送不要` in its frame, inside the window, so that the delivering office sees it.</summary>
    public static void DoNotForward(Canvas canvas)
    {
        canvas.Stroke(new Box(86, 14.5, 22, 6.5), 0.4);
        canvas.Text(new TextStyle(Typeface.Gothic, 12), 97, 19.2, "転送不要", Align.Centre);
    }

    /// <summary>Address, date and sender: the head of every letter.</summary>
    public static void Head(Canvas canvas, PieceData piece)
    {
        AddressArea.InWindow(canvas, piece);
        if (piece.PrintedOn is { } day)
        {
            canvas.Text(Body, RightMm, 20, Wording.Era(day), Align.Right);
        }

        canvas.Fit(Typeface.Mincho, new Box(120, 27, 70, 7), Sender(piece), 12, 8, Align.Right);
        if (!string.IsNullOrEmpty(piece.PickupPhone))
        {
            canvas.Fit(Typeface.Mincho, new Box(120, 35, 70, 5), "お問い合わせ　" + piece.PickupPhone, 9, 7, Align.Right);
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
        Canvas canvas, TextStyle style, double yMm, IEnumerable<string> paragraphs, double leftMm = LeftMm, double rightMm = RightMm)
    {
        var leading = style.SizeMm * 1.55;
        foreach (var paragraph in paragraphs)
        {
            var sign = paragraph[..SignLength(paragraph)];
            canvas.Text(style, leftMm, yMm, sign);
            var indent = leftMm + canvas.WidthMm(style, sign);
            foreach (var line in Fitting.Wrap(canvas, style, rightMm - indent, paragraph[sign.Length..]))
            {
                canvas.Text(style, indent, yMm, line);
                yMm += leading;
            }

            yMm += leading * 0.25;
        }

        return yMm;
    }

    /// <summary>What the letter is about, in English, between two rules at the foot of the page.</summary>
    public static void InEnglish(Canvas canvas, double topMm, string text)
    {
        canvas.Line(LeftMm, topMm, RightMm, topMm, 0.15);
        var end = Paragraphs(canvas, English, topMm + 5.5, [text]);
        canvas.Line(LeftMm, end - 2.5, RightMm, end - 2.5, 0.15);
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

            canvas.Text(Label, LeftMm + 2, y + (rowMm / 2) + 1.3, labels[i]);
        }
    }

    /// <summary>The value of a row of such a table.</summary>
    public static void Cell(Canvas canvas, double topMm, double rowMm, double labelMm, int row, string? text, double maxPt = 13)
    {
        if (!string.IsNullOrEmpty(text))
        {
            var box = new Box(LeftMm + labelMm + 2, topMm + (row * rowMm) + 0.5, RightMm - LeftMm - labelMm - 4, rowMm - 1);
            canvas.Fit(Typeface.Gothic, box, text, maxPt, 8);
        }
    }
}
