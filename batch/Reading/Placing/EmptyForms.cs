using System.Collections.Concurrent;
using MyNumber.Templates;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>
/// What a form looks like before anybody wrote on it: printed by the very templates that print it. A form is made when the
/// process first meets it, and kept.
/// </summary>
internal static class EmptyForms
{
    // Thin lines are light gray when they are flattened, and nothing else is gray on what was just rendered.
    private const int InkLevel = 200;

    private static readonly ConcurrentDictionary<(string Kind, int Version), Reloadable<EmptyPage[]>> Forms = new();

    /// <summary>The empty page of the form and version that a sheet's mark names: paper is compared with what it was printed as.</summary>
    /// <exception cref="InvalidOperationException">It cannot be rendered: poppler-utils are missing.</exception>
    public static EmptyPage Page(FormMark mark) => Forms.GetOrAdd(
        (mark.Kind, mark.Version), _ => new(() => Make(FormDefinitions.Find(mark)!))).Value[mark.Page - 1];

    private static EmptyPage[] Make(FormDefinition form)
    {
        var pages = new EmptyPage[form.Pages.Count];
        PrintedForms.Print(form, new PieceData { Document = form.Kind }, (page, flat) => pages[page.Number - 1] = new EmptyPage(Ink(flat)));
        return pages.All(page => page is not null) ? pages
            : throw new InvalidOperationException(
                $"The empty form {form.Kind}, version {form.Version}, cannot be made: are poppler-utils installed?");
    }

    private static Mat Ink(CanonicalPage flat)
    {
        using var view = flat.View(flat.Whole);
        var ink = new Mat();
        Cv2.Threshold(view, ink, InkLevel, 255, ThresholdTypes.BinaryInv);
        return ink;
    }
}
