namespace MyNumber.Templates.Forms;

/// <summary>By what a form is known when it comes back.</summary>
public enum FormIdentity
{
    /// <summary>The printed Application ID and its QR code (R01).</summary>
    ApplicationId,

    /// <summary>The Individual Number, written into cells by the applicant (R06).</summary>
    IndividualNumber,
}

/// <summary>Who fills in what the register knows.</summary>
public enum FormFilling
{
    /// <summary>We print it from the register.</summary>
    Printed,

    /// <summary>The applicant writes it.</summary>
    Handwritten,
}

/// <summary>
/// The one layout behind all application forms: A4, page 1 with everything that is read, page 2 with the legal
/// representative's part and the small print. Read it from top to bottom as the page.
/// </summary>
public static class ApplicationFormLayout
{
    /// <summary>A4, mm.</summary>
    public const double WidthMm = 210;

    /// <summary>A4, mm.</summary>
    public const double HeightMm = 297;

    /// <summary>Side of a registration mark, mm.</summary>
    public const double RegistrationMm = 6;

    /// <summary>Left and right edge of the ruled tables, mm.</summary>
    public const double LeftMm = 14;

    /// <summary>Right edge of the ruled tables, mm.</summary>
    public const double RightMm = 196;

    /// <summary>Where the label column ends and what is filled in begins, mm.</summary>
    public const double ValueMm = 44;

    /// <summary>Right edge of the printed table beside the QR code, mm.</summary>
    public const double TableRightMm = 160;

    /// <summary>Width of a digit cell, mm.</summary>
    public const double CellWidthMm = 6;

    /// <summary>Height of a digit cell, mm.</summary>
    public const double CellHeightMm = 8;

    /// <summary>Side of a box to fill in, mm.</summary>
    public const double MarkMm = 4;

    /// <summary>Where the table of the register's data begins, mm from the top.</summary>
    public const double RegisterTopMm = 32;

    /// <summary>Where the applicant's part begins, mm from the top; room above it for the longest register table.</summary>
    public const double ApplicantTopMm = 116;

    /// <summary>Where the part on certificates and Braille begins, mm from the top.</summary>
    public const double WishesTopMm = 176;

    /// <summary>Builds the form; the same positions for all kinds where they share an item.</summary>
    public static FormDefinition Define(string kind, int version, FormIdentity identity, FormFilling filling) =>
        new(kind, version, [Front(identity, filling), Back()]);

    private static FormPage Front(FormIdentity identity, FormFilling filling) => new(1, WidthMm, HeightMm,
    [
        .. RegistrationMarks(),
        .. Identity(identity),
        .. filling == FormFilling.Printed ? PrintedRegister(identity) : HandwrittenRegister(),
        .. Applicant(),
        .. Wishes(),
    ]);

    private static IEnumerable<FormItem> RegistrationMarks()
    {
        const double near = 8, right = WidthMm - 8 - RegistrationMm, bottom = HeightMm - 8 - RegistrationMm;
        yield return Item("registration_1", FormItemType.Registration, near, near, RegistrationMm, RegistrationMm);
        yield return Item("registration_2", FormItemType.Registration, right, near, RegistrationMm, RegistrationMm);
        yield return Item("registration_3", FormItemType.Registration, near, bottom, RegistrationMm, RegistrationMm);
        yield return Item("registration_4", FormItemType.Registration, right, bottom, RegistrationMm, RegistrationMm);
    }

    // The Application ID stands at the top right (R01). The QR code fills its box whatever its version: its modules
    // are 25 mm / (17 + 4 × version), 0.43 mm or more up to version 10.
    private static IEnumerable<FormItem> Identity(FormIdentity identity)
    {
        if (identity == FormIdentity.ApplicationId)
        {
            yield return Item("application_id", FormItemType.Printed, 130, 19, 64, 7);
            yield return Item("qr", FormItemType.Qr, 167, 36, 25, 25);
        }
        else
        {
            yield return Cells("individual_number", ValueMm + 2, RegisterTopMm + 1, 12);
        }
    }

    // Rows leave room below the printed text: corrections are written there by hand (R05).
    private static IEnumerable<FormItem> PrintedRegister(FormIdentity identity)
    {
        const double width = TableRightMm - ValueMm;
        // The Individual Number's row takes the place above the table where the form has one.
        var top = identity == FormIdentity.ApplicationId ? 29 : 22;
        yield return Item("municipality_name", FormItemType.Printed, LeftMm, top, 80, 7);
        yield return Item("issued_on", FormItemType.Printed, 164, 78, 32, 8);
        yield return Item("name", FormItemType.Printed, ValueMm, 43, width, 14);
        yield return Item("name_kana", FormItemType.Printed, ValueMm, 57, width, 9);
        yield return Item("alternative_letters", FormItemType.Printed, ValueMm, 66, width, 9);
        yield return Item("birth_date", FormItemType.Printed, ValueMm, 75, 74, 9);
        yield return Item("sex", FormItemType.Printed, 136, 75, TableRightMm - 136, 9);
        yield return Item("address", FormItemType.Printed, ValueMm, 84, width, 18);
        yield return Item("stay_until", FormItemType.Printed, ValueMm, 102, width, 9);
    }

    private static IEnumerable<FormItem> HandwrittenRegister()
    {
        const double width = RightMm - ValueMm;
        yield return Item("name_kana", FormItemType.Line, ValueMm, 43, width, 9);
        yield return Item("name", FormItemType.Line, ValueMm, 52, width, 12);
        yield return Item("alternative_letters", FormItemType.Line, ValueMm, 64, 90, 9);
        yield return Item("sex", FormItemType.Line, 164, 64, RightMm - 164, 9);
        foreach (var part in DateCells("birth_date", 74))
        {
            yield return part;
        }

        yield return Item("address", FormItemType.Line, ValueMm, 83, width, 18);
        foreach (var part in DateCells("stay_until", 102))
        {
            yield return part;
        }
    }

    // The signature's field is high: who may not have an ordinary photograph writes the reason into it (R22).
    private static IEnumerable<FormItem> Applicant()
    {
        yield return Item("applicant_name", FormItemType.Signature, ValueMm, 122, 100, 22);
        foreach (var part in DateCells("application_date", 146))
        {
            yield return part;
        }

        yield return Cells("phone", ValueMm + 2, 157, 11);
        yield return Item("photo", FormItemType.Photo, 154, 122, 35, 45);
    }

    private static IEnumerable<FormItem> Wishes()
    {
        yield return Item("no_signature_certificate", FormItemType.Mark, 180, 186, MarkMm, MarkMm);
        yield return Item("no_user_certificate", FormItemType.Mark, 180, 196, MarkMm, MarkMm);
        yield return Item("braille", FormItemType.Mark, 180, 206, MarkMm, MarkMm);
    }

    private static FormPage Back() => new(2, WidthMm, HeightMm,
    [
        .. RegistrationMarks(),
        Item("representative_name", FormItemType.Signature, ValueMm, 38, 100, 16),
        Item("representative_relation", FormItemType.Line, 164, 38, RightMm - 164, 16),
        Item("representative_address", FormItemType.Line, ValueMm, 54, RightMm - ValueMm, 18),
        Cells("representative_phone", ValueMm + 2, 73, 11),
    ]);

    /// <summary>
    /// A date by hand: one cell for the era (1 明治, 2 大正, 3 昭和, 4 平成, 5 令和; empty: the year is Gregorian), four for
    /// the year, two for the month, two for the day. Digits may stand anywhere in their cells; 元年 is written 1.
    /// </summary>
    private static IEnumerable<FormItem> DateCells(string name, double y)
    {
        yield return Cells(name + "_era", ValueMm + 2, y, 1);
        yield return Cells(name + "_year", ValueMm + 16, y, 4);
        yield return Cells(name + "_month", ValueMm + 48, y, 2);
        yield return Cells(name + "_day", ValueMm + 68, y, 2);
    }

    private static FormItem Item(string name, FormItemType type, double x, double y, double width, double height) =>
        new(name, type, new Box(x, y, width, height), []);

    private static FormItem Cells(string name, double x, double y, int count) => new(
        name,
        FormItemType.Cells,
        new Box(x, y, count * CellWidthMm, CellHeightMm),
        [.. Enumerable.Range(0, count).Select(i => new Box(x + (i * CellWidthMm), y, CellWidthMm, CellHeightMm))]);
}
