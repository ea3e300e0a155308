using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Forms;

/// <summary>Collects a page's items and the print around them, in the order in which both are given.</summary>
/// <param name="version">The form's version; what came with a later one is left out by whoever builds.</param>
/// <param name="number">Of the page, from 1.</param>
internal sealed class FormPageBuilder(string kind, int version, int number)
{
    private static readonly TextStyle Section = new(Typeface.Bold, 11);
    private static readonly TextStyle LabelStyle = new(Typeface.Gothic, 9.5);
    private static readonly TextStyle SmallStyle = new(Typeface.Gothic, 8);
    private static readonly TextStyle Unit = new(Typeface.Gothic, 10);

    private readonly List<FormItem> _items = [];
    private readonly List<FormPrint> _print = [];

    /// <summary>See the constructor.</summary>
    public int Version => version;

    /// <summary>The finished page.</summary>
    public FormPage Build() => new(number, ApplicationFormLayout.WidthMm, ApplicationFormLayout.HeightMm, _items)
    {
        Print = _print,
    };

    /// <summary>Four registration marks and the form mark: what every page of every form has.</summary>
    public void Marks()
    {
        const double side = ApplicationFormLayout.RegistrationMm, near = 8;
        const double right = ApplicationFormLayout.WidthMm - near - side, bottom = ApplicationFormLayout.HeightMm - near - side;
        (double X, double Y)[] corners = [(near, near), (right, near), (near, bottom), (right, bottom)];
        var marks = corners.Select((at, i) => Add(
            new FormField($"registration_{i + 1}", FieldAnswer.Nothing, ""), FormItemType.Registration,
            new Box(at.X, at.Y, side, side))).ToList();
        Fill([.. marks.Select(mark => mark.Box)]);
        var modules = new FormMark(kind, version, number).Encode();
        Fill([.. Enumerable.Range(0, modules.Length).Where(i => modules[i]).Select(FormMark.ModuleBox)]);
    }

    /// <summary>An item that is one box.</summary>
    public FormItem Add(FormField field, FormItemType type, Box box) => Add(new FormItem(field, field.Name, type, box, []));

    /// <summary>A row of cells for digits; <paramref name="part"/> where the field has several rows (a date).</summary>
    public FormItem AddCells(FormField field, double xMm, double yMm, int count, string part = "")
    {
        const double width = ApplicationFormLayout.CellWidthMm, height = ApplicationFormLayout.CellHeightMm;
        return Add(new FormItem(
            field, field.Name + part, FormItemType.Cells, new Box(xMm, yMm, count * width, height),
            [.. Enumerable.Range(0, count).Select(i => new Box(xMm + (i * width), yMm, width, height))]));
    }

    /// <summary>
    /// A date by hand: one cell for the era (1 明治, 2 大正, 3 昭和, 4 平成, 5 令和; empty: the year is Gregorian), four for
    /// the year, two for the month, two for the day. Digits may stand anywhere in their cells; 元年 is written 1.
    /// </summary>
    public FormItem[] AddDate(FormField field, double yMm)
    {
        const double left = ApplicationFormLayout.ValueMm;
        return
        [
            AddCells(field, left + 2, yMm, 1, "_era"), AddCells(field, left + 16, yMm, 4, "_year"),
            AddCells(field, left + 48, yMm, 2, "_month"), AddCells(field, left + 68, yMm, 2, "_day"),
        ];
    }

    /// <summary>Black rectangles.</summary>
    public void Fill(IReadOnlyList<Box> boxes) => _print.Add(new PrintedBoxes(boxes));

    /// <summary>The outline of a box.</summary>
    public void Frame(Box box, double lineMm) => _print.Add(new PrintedFrame(box, lineMm));

    /// <summary>A straight rule.</summary>
    public void Rule(double x1Mm, double y1Mm, double x2Mm, double y2Mm) => _print.Add(new PrintedRule(x1Mm, y1Mm, x2Mm, y2Mm));

    /// <summary>A line of text.</summary>
    public void Words(TextStyle style, double xMm, double baselineMm, string text, Align align = Align.Left) =>
        _print.Add(new PrintedWords(style, xMm, baselineMm, text, align));

    /// <summary>The heading of a part, with a bar in front.</summary>
    public void Heading(double baselineMm, string text)
    {
        Fill([new Box(ApplicationFormLayout.LeftMm, baselineMm - 3.6, 1.2, 4.6)]);
        Words(Section, ApplicationFormLayout.LeftMm + 3, baselineMm, text);
    }

    /// <summary>The cells of an item, each with its frame.</summary>
    public void CellFrames(FormItem item)
    {
        foreach (var cell in item.Cells)
        {
            Frame(cell, 0.25);
        }
    }

    /// <summary>The label of an item's row, in the column left of the values.</summary>
    public void RowLabel(FormItem item, string? under = null, string? label = null)
    {
        var isCells = item.Type == FormItemType.Cells;
        RowLabel(item.Box.YMm - (isCells ? 1 : 0), item.Box.HeightMm + (isCells ? 2 : 0), label ?? item.Field.Label, under);
    }

    /// <summary>The row of cells of a date with the words between, and how the era is told.</summary>
    public void DateRow(FormItem[] parts)
    {
        var era = parts[0];
        RowLabel(era);
        var baseline = era.Box.YMm + 5.5;
        string[] words = ["年", "月", "日"];
        for (var i = 0; i < words.Length; i++)
        {
            CellFrames(parts[i + 1]);
            Words(Unit, parts[i + 1].Box.RightMm + 1.5, baseline, words[i]);
        }

        CellFrames(era);
        Words(SmallStyle, era.Box.RightMm + 1, era.Box.YMm + 3.2, "元号");
        Words(SmallStyle, era.Box.RightMm + 1, era.Box.YMm + 6.8, "番号");
    }

    private void RowLabel(double yMm, double heightMm, string label, string? under)
    {
        var middle = yMm + (heightMm / 2) + 1.1;
        Words(LabelStyle, ApplicationFormLayout.LeftMm + 1.5, under is null ? middle : middle - 1.6, label);
        if (under is not null)
        {
            Words(SmallStyle, ApplicationFormLayout.LeftMm + 1.5, middle + 1.8, under);
        }
    }

    private FormItem Add(FormItem item)
    {
        _items.Add(item);
        return item;
    }
}
