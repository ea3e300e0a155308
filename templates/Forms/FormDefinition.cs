namespace MyNumber.Templates.Forms;

/// <summary>What stands at one place of a form, as FORMATS.md names it.</summary>
public enum FormItemType
{
    /// <summary>A row of character cells to write digits in.</summary>
    Cells,

    /// <summary>A free line or field for handwriting.</summary>
    Line,

    /// <summary>A box to fill in.</summary>
    Mark,

    /// <summary>Where the photograph is glued.</summary>
    Photo,

    /// <summary>A QR code that we print.</summary>
    Qr,

    /// <summary>A registration mark: a black square by which the reader finds the page.</summary>
    Registration,

    /// <summary>Where somebody signs.</summary>
    Signature,

    /// <summary>Variable text that we print.</summary>
    Printed,
}

/// <summary>A rectangle in millimetres: origin at the top left of the trimmed page, x right, y down.</summary>
public readonly record struct Box
{
    /// <summary>Checks that the box has an area; a box without one is a mistake of the definition.</summary>
    /// <param name="xMm">Left edge, mm.</param>
    /// <param name="yMm">Top edge, mm.</param>
    /// <param name="widthMm">Width, mm, above 0.</param>
    /// <param name="heightMm">Height, mm, above 0.</param>
    public Box(double xMm, double yMm, double widthMm, double heightMm)
    {
        if (widthMm <= 0 || heightMm <= 0)
        {
            throw new ArgumentException($"A box needs an area, this one has {widthMm} × {heightMm} mm.");
        }

        (XMm, YMm, WidthMm, HeightMm) = (xMm, yMm, widthMm, heightMm);
    }

    /// <summary>Left edge, mm.</summary>
    public double XMm { get; }

    /// <summary>Top edge, mm.</summary>
    public double YMm { get; }

    /// <summary>Width, mm.</summary>
    public double WidthMm { get; }

    /// <summary>Height, mm.</summary>
    public double HeightMm { get; }

    /// <summary>Right edge, mm.</summary>
    public double RightMm => XMm + WidthMm;

    /// <summary>Bottom edge, mm.</summary>
    public double BottomMm => YMm + HeightMm;
}

/// <summary>One place of a form: printed, read and filled in by the same box.</summary>
/// <param name="Field">What is asked there.</param>
/// <param name="Name">The item's name, as readings and `form describe` use it: the field's, or that of a part of it.</param>
/// <param name="Box">Where, in millimetres.</param>
/// <param name="Cells">The character cells from left to right; empty unless <paramref name="Type"/> is Cells.</param>
public sealed record FormItem(FormField Field, string Name, FormItemType Type, Box Box, IReadOnlyList<Box> Cells);

/// <summary>One page of a form.</summary>
/// <param name="Number">1 is the front.</param>
/// <param name="WidthMm">Trimmed width, mm.</param>
/// <param name="HeightMm">Trimmed height, mm.</param>
/// <param name="Items">Everything that is filled in, printed per piece, or searched by the reader.</param>
public sealed record FormPage(int Number, double WidthMm, double HeightMm, IReadOnlyList<FormItem> Items)
{
    /// <summary>What every copy of the page shows, in the order in which it is drawn.</summary>
    public required IReadOnlyList<FormPrint> Print { get; init; }

    /// <summary>The item of that name, or null.</summary>
    public FormItem? Find(string name) => Items.FirstOrDefault(item => item.Name == name);

    /// <summary>The items of a field: one, or the parts of a date written into cells; none where the page does not ask for it.</summary>
    public IEnumerable<FormItem> ItemsOf(string field) => Items.Where(item => item.Field.Name == field);

    /// <summary>Draws what every copy shows.</summary>
    internal void Draw(Pdf.Canvas canvas)
    {
        foreach (var print in Print)
        {
            print.Draw(canvas);
        }
    }
}

/// <summary>A form as data: the one definition that prints it, reads it, crops it and fills it in.</summary>
/// <param name="Kind">One of <see cref="FormKinds"/>.</param>
/// <param name="Version">Raised with every change of a page; printed on the form, so that old paper still reads.</param>
public sealed record FormDefinition(string Kind, int Version, IReadOnlyList<FormPage> Pages);
