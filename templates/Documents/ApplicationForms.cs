using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>
/// The application forms on paper: what every copy shows comes from the form definition; this file fills in what is printed
/// for one person.
/// </summary>
internal static class ApplicationForms
{
    /// <summary>Front and back of the newest form of that kind; <paramref name="person"/> null prints it blank.</summary>
    public static IEnumerable<Page> Pages(string kind, PiecePerson? person, string? municipality, string applicationSite) =>
        Pages(FormDefinitions.Get(kind), person, municipality, applicationSite);

    /// <summary>Front and back of a form of any version; <paramref name="person"/> null prints it blank.</summary>
    public static IEnumerable<Page> Pages(FormDefinition form, PiecePerson? person, string? municipality, string applicationSite)
    {
        var (front, back) = (form.Pages[0], form.Pages[1]);
        yield return new Page($"{form.Kind}-front", front.WidthMm, front.HeightMm, front.Draw,
            canvas => Person(canvas, front, person, municipality, applicationSite));
        yield return new Page($"{form.Kind}-back", back.WidthMm, back.HeightMm, back.Draw, Page.Nothing);
    }

    /// <summary>Text of the QR code (R01).</summary>
    public static string QrText(string applicationSite, string applicationId) => $"{applicationSite}?id={applicationId}";

    private static void Person(Canvas canvas, FormPage page, PiecePerson? person, string? municipality, string site)
    {
        if (person is null)
        {
            return;
        }

        Print(canvas, page, "municipality_name", municipality is null or "" ? "" : $"（宛先）{municipality}長", 11);
        if (page.Find("name")!.Type == FormItemType.Printed)
        {
            Print(canvas, page, "name", person.Masked ? new string('＊', 8) : Placeholders.Without(person.Name), 16);
            Print(canvas, page, "name_kana", Placeholders.Without(person.NameKana), 12);
            Print(canvas, page, "alternative_letters", Placeholders.Without(person.AlternativeLetters), 12);
            Print(canvas, page, "birth_date", person.BirthDate is { } birth ? Wording.Both(birth) : "", 12);
            Print(canvas, page, "sex", Wording.Sex(person.Sex), 12);
            Print(canvas, page, "address", person.Masked ? new string('＊', 12) : Placeholders.Without(person.Address), 13);
            Print(canvas, page, "stay_until", person.StayUntil is { } stay ? Wording.Western(stay) : "", 12);
            Print(canvas, page, "issued_on", person.IssuedOn is { } issued ? Wording.Western(issued) : "", 11);
        }

        if (page.Find("qr") is { } qr && person.ApplicationId is { Length: > 0 } id)
        {
            Print(canvas, page, "application_id", id, 13);
            canvas.Qr(qr.Box, QrText(site, id));
        }
    }

    // Read back by machine: Gothic, 10 points or more, and 1.5 mm away from the frame on both sides.
    private static void Print(Canvas canvas, FormPage page, string name, string text, double maxPt)
    {
        if (text.Length > 0 && page.Find(name) is { } item)
        {
            const double inset = 1.5;
            var box = new Box(item.Box.XMm + inset, item.Box.YMm, item.Box.WidthMm - (2 * inset), item.Box.HeightMm);
            canvas.Fit(Typeface.Gothic, box, text, maxPt, ReadBackPtMin);
        }
    }

    /// <summary>Smallest size of text that a machine reads back, points (DESIGN.md, Printing).</summary>
    public const double ReadBackPtMin = 10;
}
