using MyNumber.Templates.Codes;
using MyNumber.Templates.Forms;
using UglyToad.PdfPig;

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
public sealed record PageBack(
    int Page, string? PieceId, int Sheet, int Sheets, string? Qr, string? ApplicationIdText, string? AddressBlock);

/// <summary>Reads a finished PDF back before its drop is sealed (DESIGN.md, Printing).</summary>
public static class ReadBack
{
    private const int ApplicationIdLength = 23;

    /// <summary>One entry a page, in order.</summary>
    public static IEnumerable<PageBack> Read(Stream pdf)
    {
        using var document = PdfDocument.Open(pdf);
        for (var number = 1; number <= document.NumberOfPages; number++)
        {
            yield return Read(number, new PageContent(document.GetPage(number)));
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
    /// `piece-mark`, `qr`, `application-id`, `address`.
    /// </summary>
    /// <param name="piece">What should have been printed.</param>
    /// <param name="pages">What was read from its pages, in order.</param>
    public static string? Mismatch(PieceData piece, IReadOnlyList<PageBack> pages)
    {
        if (pages.Count == 0 || pages.Count % 2 != 0 || pages.Count != Composition.Pages(piece).Count)
        {
            return "pages";
        }

        for (var i = 0; i < pages.Count; i++)
        {
            var page = pages[i];
            if (page.PieceId != piece.PieceId || page.Sheet != (i / 2) + 1 || page.Sheets != pages.Count / 2)
            {
                return "piece-mark";
            }
        }

        if (pages[0].AddressBlock != AddressBlockOf(piece) || pages.Skip(1).Any(page => page.AddressBlock is not null))
        {
            return "address";
        }

        var ids = Composition.Persons(piece).Select(person => person.ApplicationId).OfType<string>().Where(id => id.Length > 0).ToList();
        var site = string.IsNullOrEmpty(piece.ApplicationSite) ? Composition.ApplicationSite : piece.ApplicationSite;
        var forms = pages.Where(page => page.Qr is not null).ToList();
        var expected = HasForm(piece) ? ids : [];
        if (!forms.Select(page => page.Qr).SequenceEqual(expected.Select(id => ApplicationForms.QrText(site, id))))
        {
            return "qr";
        }

        // The form's digits agree with its QR code; whatever else names an ID (mount, letter) names one of these.
        return forms.Select(page => page.ApplicationIdText).SequenceEqual(expected)
            && pages.All(page => page.ApplicationIdText is null || ids.Contains(page.ApplicationIdText))
            ? null
            : "application-id";
    }

    private static bool HasForm(PieceData piece) =>
        piece.Document is "application-form" or "reapplication-form" or "incomplete-notice" or "validity-notice-card"
            or "validity-notice-both" or "individual-number-notice";

    private static PageBack Read(int number, PageContent page)
    {
        var mark = PieceMark.Read(page.Boxes(PieceMark.Zone(page.WidthMm, page.HeightMm)));
        var (qr, id, address) = FormOf(page) is { } form ? FormPage(page, form) : OtherPage(page);
        return new PageBack(number, mark?.PieceId, mark?.Sheet ?? 0, mark?.Sheets ?? 0, qr, id, address);
    }

    private static FormPage? FormOf(PageContent page)
    {
        var modules = Enumerable.Range(0, FormMark.Modules).Select(i => page.Boxes(FormMark.ModuleBox(i)).Any()).ToArray();
        return FormMark.Decode(modules) is { } mark
            ? FormDefinitions.Get(mark.Kind).Pages[mark.Page - 1]
            : null;
    }

    private static (string? Qr, string? Id, string? Address) FormPage(PageContent page, FormPage form)
    {
        var qr = form.Find("qr") is { } code ? QrReading.Read(code.Box, [.. page.Boxes(code.Box)]) : null;
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
