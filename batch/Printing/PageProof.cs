using System.Globalization;
using MyNumber.Templates.Documents;

namespace MyNumber.Batch.Printing;

/// <summary>The proof of a finished file: every page against what was frozen (R98, R43).</summary>
public static class PageProof
{
    /// <summary>
    /// The first thing that is not as frozen, as `CODE at page N`, or null. It never says what stands there: that is
    /// somebody's name, address or number.
    /// </summary>
    /// <param name="frozen">What should have been printed, in order.</param>
    /// <param name="rendered">Where the renderer says that each piece lies.</param>
    /// <param name="pages">What the finished bytes say, page by page.</param>
    public static string? FirstMismatch(
        IReadOnlyList<PieceData> frozen, IReadOnlyList<RenderedPiece> rendered, IEnumerable<PageBack> pages)
    {
        ArgumentNullException.ThrowIfNull(frozen);
        ArgumentNullException.ThrowIfNull(rendered);
        ArgumentNullException.ThrowIfNull(pages);
        if (rendered.Count != frozen.Count)
        {
            return At("pieces", 0);
        }

        using var page = pages.GetEnumerator();
        var next = 1;
        try
        {
            for (var i = 0; i < frozen.Count; i++)
            {
                if (rendered[i].PieceId != frozen[i].PieceId || rendered[i].FirstPage != next)
                {
                    return At("order", next);
                }

                var own = new List<PageBack>(rendered[i].Pages);
                while (own.Count < rendered[i].Pages && page.MoveNext())
                {
                    own.Add(page.Current);
                }

                if (ReadBack.Mismatch(frozen[i], own) is { } mismatch)
                {
                    return At(mismatch, next);
                }

                next += rendered[i].Pages;
            }

            return page.MoveNext() ? At("pages", next) : null;
        }
        catch (InvalidDataException)
        {
            return At("unreadable", next);
        }
    }

    private static string At(string code, int page) => string.Create(CultureInfo.InvariantCulture, $"{code} at page {page}");
}
