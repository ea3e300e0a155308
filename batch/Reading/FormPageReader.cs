using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>Reads all items of a page that was placed and flattened, each by its type (FORMATS.md, Forms).</summary>
internal sealed class FormPageReader : IDisposable
{
    private readonly DigitNetwork _network = new();
    private readonly QrZone _qr = new();
    private readonly FaceFinder _faces = new();
    private Tesseract? _ocr;

    /// <summary>The values of a page before they are put into a <see cref="PageReading"/>.</summary>
    internal sealed record Values(
        ApplicationIdReading ApplicationId,
        Dictionary<string, FieldReading> Fields,
        Dictionary<string, MarkReading> Marks,
        PhotoReading? Photo,
        bool ReasonWritten);

    /// <summary>Told of each row of cells, digit by digit, before a field is made of it; for measuring.</summary>
    public Action<FormItem, CellsReading>? CellsRead { get; set; }

    /// <summary>Reads the page.</summary>
    public Values Read(CanonicalPage page, EmptyPage empty, FormPage form, ReadOptions options, double sourcePxPerMm)
    {
        var id = Identity(page, form);
        var fields = new Dictionary<string, FieldReading>(StringComparer.Ordinal);
        var marks = new Dictionary<string, MarkReading>(StringComparer.Ordinal);
        PhotoReading? photo = null;
        var reason = false;
        foreach (var item in form.Items)
        {
            switch (item.Type)
            {
                case FormItemType.Cells:
                    fields[item.Name] = Cells(page, empty, item);
                    break;
                case FormItemType.Line or FormItemType.Signature:
                    using (var written = InkZone.Written(page, empty, item))
                    {
                        fields[item.Name] = InkZone.Read(written);
                        reason |= item.Name == "applicant_name" && InkZone.HoldsMoreThanAName(written);
                    }

                    break;
                case FormItemType.Printed:
                    fields[item.Name] = Printed(page, empty, item, id, options);
                    break;
                case FormItemType.Mark:
                    marks[item.Name] = MarkZone.Read(page, empty, item);
                    break;
                case FormItemType.Photo:
                    photo = PhotoZone.Read(page, empty, item, _faces, sourcePxPerMm).Reading;
                    break;
            }
        }

        JoinDates(form, fields);
        return new Values(id, fields, marks, photo, reason);
    }

    /// <summary>
    /// A streak runs through that item: what was read there may be the streak's. A date is as doubtful as its parts; a value
    /// that is corrected or blank stays so.
    /// </summary>
    public static void Doubt(Values values, FormItem item)
    {
        if (values.Marks.TryGetValue(item.Name, out var mark))
        {
            values.Marks[item.Name] = mark with { Filled = null };
        }

        foreach (var name in values.Fields.Keys.Where(name => name == item.Name || name == item.Field.Name).ToList())
        {
            if (name != "application_id" && values.Fields[name] is { State: FieldState.Read, Value: not null } field)
            {
                values.Fields[name] = field with { State = FieldState.Doubtful };
            }
        }
    }

    /// <summary>Where the photograph lies, in canonical pixels.</summary>
    public RotatedRect? PhotoOutline(CanonicalPage page, EmptyPage empty, FormItem item) =>
        PhotoZone.Read(page, empty, item, _faces, CanonicalPage.PxPerMm).Outline;

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _qr.Dispose();
        _faces.Dispose();
        _ocr?.Dispose();
    }

    // R02: QR first, the printed digits as second witness; unreadable digits beside a good QR are no finding.
    private ApplicationIdReading Identity(CanonicalPage page, FormPage form)
    {
        if (form.Find("qr") is not { } qr)
        {
            return new ApplicationIdReading(null, null, 0);
        }

        var code = _qr.Read(page, qr.Box);
        var digits = form.Find("application_id") is { } printed ? PrintedDigits.Read(page, printed) : null;
        return PrintedDigits.Compare(code, digits);
    }

    private FieldReading Cells(CanonicalPage page, EmptyPage empty, FormItem item)
    {
        var cells = new CellsZone(_network).Read(page, empty, item);
        CellsRead?.Invoke(item, cells);
        if (cells.Struck)
        {
            return new FieldReading(cells.Digits, cells.Confidence, FieldState.Corrected);
        }

        // An empty cell shows its frame; where it does not, something lies on it.
        if (item.Cells.Where((_, i) => cells.Cells[i] is null).Any(cell =>
            InkCleaning.PrintShown(page, empty, CanonicalPage.Px(cell, 0.8)) < MarkZone.FrameShareMin))
        {
            return new FieldReading(cells.Digits, 0, FieldState.Doubtful);
        }

        if (cells.IsBlank)
        {
            return new FieldReading(null, 1000, FieldState.Blank);
        }

        // A number of a fixed length fills its cells; another one leaves none empty between two digits.
        var whole = item.Field switch
        {
            { DigitCount: { } count } => cells.Digits.Length == count,
            { Answer: FieldAnswer.Digits } => !cells.HasGap,
            _ => true,
        };
        var sure = whole && cells.IsSure(DigitFloors.Of(item.Field));
        return new FieldReading(cells.Digits, cells.Confidence, sure ? FieldState.Read : FieldState.Doubtful);
    }

    private FieldReading Printed(
        CanonicalPage page, EmptyPage empty, FormItem item, ApplicationIdReading id, ReadOptions options)
    {
        if (item.Name == "application_id")
        {
            return new FieldReading(id.Value, id.Confidence, id.Value is null ? FieldState.Doubtful : FieldState.Read);
        }

        var wanted = options.Printed == PrintedText.All
            || (item.Name == "birth_date" && id.From is null or ApplicationIdSource.Digits);
        return PrintedZone.Read(page, empty, item, wanted ? _ocr ??= Tesseract.Create() : null);
    }

    // A date in cells is told as a whole beside its parts.
    private static void JoinDates(FormPage form, Dictionary<string, FieldReading> fields)
    {
        foreach (var name in form.Items.Where(item => item.Type == FormItemType.Cells && item.Field.Answer == FieldAnswer.Date)
            .Select(item => item.Field.Name).Distinct())
        {
            fields[name] = DateField.Join(fields[name + "_era"], fields[name + "_year"], fields[name + "_month"], fields[name + "_day"]);
        }
    }
}
