using MyNumber.Templates.Codes;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Letters;
using MyNumber.Templates.Pdf;
using MyNumber.Templates.Pdf.Reading;

namespace MyNumber.Templates.Documents;

/// <summary>What one page of a finished PDF says to a machine.</summary>
/// <param name="Page">From 1.</param>
/// <param name="PieceId">From the piece mark; null where there is none.</param>
/// <param name="Sheet">Sheet of the piece, from 1; 0 without a mark.</param>
/// <param name="Sheets">Sheets of the piece; 0 without a mark.</param>
/// <param name="Qr">Text of the QR code; null where there is none.</param>
/// <param name="ApplicationIdText">23 digits as printed; null where there are none.</param>
/// <param name="AddressBlock">
/// Postal code, address and name of the addressee without any blanks, as <see cref="ReadBack.AddressBlockOf"/> gives
/// them; null where the page has no address area.
/// </param>
/// <param name="OwnText">All that stands on this page and not on every copy of it, as it was set.</param>
/// <param name="Record">Piece id that the file's record of this page names; null where it has none (files of before).</param>
public sealed record PageBack(
    int Page, string? PieceId, int Sheet, int Sheets, string? Qr, string? ApplicationIdText, string? AddressBlock, string OwnText,
    string? Record);

/// <summary>Reads a finished PDF back before its drop is sealed (DESIGN.md, Printing).</summary>
public static class ReadBack
{
    private const int ApplicationIdLength = 23;

    // Pages of a file that PdfPig looks at too, spread over it; the first and the last among them.
    private const int SamplePages = 24;

    /// <summary>
    /// One entry a page, in order. Our own reader follows every page and refuses what it does not know; PdfPig, which
    /// knows nothing of us, reads a sample, and must see the same.
    /// </summary>
    /// <exception cref="InvalidDataException">The file cannot be read, or the two readers disagree.</exception>
    public static IEnumerable<PageBack> Read(Stream pdf)
    {
        var bytes = new byte[pdf.Length - pdf.Position];
        pdf.ReadExactly(bytes);
        var finished = Guarded(() => new FinishedPages(bytes));
        var sample = Guarded(() => PigPages.Read(bytes, Sample(finished.Count))
            .ToDictionary(page => page.Number, page => Read(page.Number, page.Content)));
        using var pages = finished.Read().GetEnumerator();
        for (var number = 1; Guarded(pages.MoveNext); number++)
        {
            var back = Guarded(() => Read(number, pages.Current));
            if (sample.TryGetValue(number, out var other) && other with { OwnText = back.OwnText, Record = back.Record } != back)
            {
                throw new InvalidDataException($"Two readers see different things on page {number}.");
            }

            yield return back;
        }
    }

    private static IEnumerable<int> Sample(int pages) => pages == 0
        ? []
        : Enumerable.Range(0, SamplePages).Select(i => 1 + (int)((long)i * (pages - 1) / (SamplePages - 1))).Distinct();

    // Over damaged bytes a reader, PdfPig above all, may stumble with any exception: each means that the file is refused,
    // and the cause goes along.
    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is not (InvalidDataException or OutOfMemoryException))
        {
            throw new InvalidDataException("The PDF is not as we write it.", failure);
        }
    }

    /// <summary>The address block that a piece's first page must show.</summary>
    public static string AddressBlockOf(PieceData piece)
    {
        var to = Addressee.Of(piece);
        return WithoutBlanks(Wording.PostalCode(to.PostalCode).Replace("-", "", StringComparison.Ordinal) + to.Address + to.Name + "様");
    }

    /// <summary>
    /// Compares what was printed with what should have been: null where all agrees, else a stable code: `pages`,
    /// `piece-mark`, `qr`, `application-id`, `address`, `text`.
    /// </summary>
    /// <param name="piece">What should have been printed.</param>
    /// <param name="pages">What was read from its pages, in order.</param>
    public static string? Mismatch(PieceData piece, IReadOnlyList<PageBack> pages)
    {
        var expectedPages = Composition.Pages(piece);
        if (pages.Count == 0 || pages.Count % 2 != 0 || pages.Count != expectedPages.Count)
        {
            return "pages";
        }

        for (var i = 0; i < pages.Count; i++)
        {
            var page = pages[i];
            if (page.PieceId != piece.PieceId || (page.Record ?? piece.PieceId) != piece.PieceId
                || page.Sheet != (i / 2) + 1 || page.Sheets != pages.Count / 2)
            {
                return "piece-mark";
            }
        }

        if (pages[0].AddressBlock != AddressBlockOf(piece) || pages.Skip(1).Any(page => page.AddressBlock is not null))
        {
            return "address";
        }

        var ids = Composition.Persons(piece).Select(person => person.ApplicationId).OfType<string>().Where(id => id.Length > 0).ToList();
        var site = Composition.Site(piece);
        var forms = pages.Where(page => page.Qr is not null).ToList();
        var expected = DocumentList.Get(piece.Document).CarriesIds ? ids : [];
        if (!forms.Select(page => page.Qr).SequenceEqual(expected.Select(id => ApplicationForms.QrText(site, id))))
        {
            return "qr";
        }

        // Whatever else stands there is what this piece's data say, letter by letter: nobody else's name, date or number.
        var canvas = new Canvas(fonts: null);
        for (var i = 0; i < pages.Count; i++)
        {
            canvas.Begin(expectedPages[i].HeightMm);
            expectedPages[i].Variable(canvas);
            if (pages[i].OwnText != canvas.Said)
            {
                return "text";
            }
        }

        // The form's digits agree with its QR code; whatever else names an ID (mount, letter) names one of these.
        return forms.Select(page => page.ApplicationIdText).SequenceEqual(expected)
            && pages.All(page => page.ApplicationIdText is null || ids.Contains(page.ApplicationIdText))
            ? null
            : "application-id";
    }

    private static PageBack Read(int number, PageContent page)
    {
        var mark = PieceMark.Read(page.Boxes(PieceMark.Zone(page.WidthMm, page.HeightMm)));
        var (qr, id, address) = FormOf(page) is { } form ? FormPage(page, form) : OtherPage(page);
        return new PageBack(number, mark?.PieceId, mark?.Sheet ?? 0, mark?.Sheets ?? 0, qr, id, address, page.OwnText, page.Record);
    }

    private static FormPage? FormOf(PageContent page)
    {
        var bars = page.Boxes(FormMark.Zone);
        var modules = new bool[FormMark.Modules];
        for (var i = 0; i < modules.Length; i++)
        {
            var middle = FormMark.ModuleBox(i).XMm + (FormMark.ModuleWidthMm / 2);
            modules[i] = bars.Exists(bar => bar.XMm < middle && bar.RightMm > middle);
        }

        return FormMark.Decode(modules) is { } mark ? FormDefinitions.FindPage(mark) : null;
    }

    private static (string? Qr, string? Id, string? Address) FormPage(PageContent page, FormPage form)
    {
        var qr = form.Find("qr") is { } code ? QrReading.Read(code.Box, page.Boxes(code.Box)) : null;
        var id = form.Find("application_id") is { } digits ? ApplicationId(page.Text(digits.Box)) : null;
        return (qr, id, null);
    }

    private static (string? Qr, string? Id, string? Address) OtherPage(PageContent page)
    {
        var isPostcard = page.WidthMm < IssuanceNotice.WidthMm + 1;
        var text = isPostcard ? string.Concat(AddressArea.Postcard.Select(page.Text)) : page.Text(AddressArea.Window);
        // Within the zone lies also the static word; what is left of it where no addressee is printed is no address.
        var address = text.Replace("転送不要", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        var hasAddress = address.EndsWith('様');
        return (null, isPostcard ? null : ApplicationId(page.Text(Letter.ApplicationId)), hasAddress ? address : null);
    }

    private static string? ApplicationId(string text) =>
        text.Length == ApplicationIdLength && text.All(char.IsAsciiDigit) ? text : null;

    private static string WithoutBlanks(string text) =>
        string.Concat(text.Where(c => !char.IsWhiteSpace(c))).Replace("-", "", StringComparison.Ordinal);
}
