using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Forms;

/// <summary>
/// Something that every copy of a form's page shows: a frame, a rule, words. It stands in the definition beside the items,
/// so that paper of an old version can be drawn, and so compared with a scan, as it was printed.
/// </summary>
public abstract record FormPrint
{
    /// <summary>Draws it.</summary>
    internal abstract void Draw(Canvas canvas);
}

/// <summary>Black rectangles.</summary>
internal sealed record PrintedBoxes(IReadOnlyList<Box> Boxes) : FormPrint
{
    internal override void Draw(Canvas canvas) => canvas.Fill(Boxes);
}

/// <summary>The outline of a box.</summary>
internal sealed record PrintedFrame(Box Box, double LineMm) : FormPrint
{
    internal override void Draw(Canvas canvas) => canvas.Stroke(Box, LineMm);
}

/// <summary>A straight rule.</summary>
internal sealed record PrintedRule(double X1Mm, double Y1Mm, double X2Mm, double Y2Mm) : FormPrint
{
    internal override void Draw(Canvas canvas) => canvas.Line(X1Mm, Y1Mm, X2Mm, Y2Mm);
}

/// <summary>A line of text.</summary>
internal sealed record PrintedWords(TextStyle Style, double XMm, double BaselineMm, string Text, Align Align) : FormPrint
{
    internal override void Draw(Canvas canvas) => canvas.Text(Style, XMm, BaselineMm, Text, Align);
}
