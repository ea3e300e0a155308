using OpenCvSharp;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>
/// A row of digit cells: ink per cell, cleaned of frames and of what reaches in from the neighbours, one picture a
/// cell, all read by the network in one call.
/// </summary>
internal sealed class CellsZone(DigitNetwork network)
{
    // Less ink than a dot of a pen is dust; a short thin 1 has five times as much.
    private const double InkMm2Min = 0.3;

    private const double SpeckMm2 = 0.08;

    // Of the cell's height, along which ink must lie at its side to be called cut off there.
    private const double CutShareMin = 0.25;

    /// <summary>What stands in the cells.</summary>
    public CellsReading Read(CanonicalPage page, EmptyPage empty, FormItem item)
    {
        var zone = page.Inside(CanonicalPage.Px(item.Box, 0.8));
        using var clean = page.WithoutStreaks(zone);
        using var ink = InkCleaning.Difference(page, empty, zone, clean);
        var struck = StrikeLines.Find(ink, minLengthMm: 1.4 * item.Cells[0].WidthMm).Count > 0 && item.Cells.Count > 1;
        var pictures = new List<float[]>();
        var at = new List<int>();
        var cut = new List<bool>();
        for (var i = 0; i < item.Cells.Count; i++)
        {
            var cell = CanonicalPage.Px(item.Cells[i], -0.1);
            using var view = new Mat(ink, new Rect(cell.X - zone.X, cell.Y - zone.Y, cell.Width, cell.Height));
            using var digit = view.Clone();
            Clean(digit);
            if (InkCleaning.AreaMm2(digit) >= InkMm2Min && DigitCell.Picture(digit) is { } picture)
            {
                pictures.Add(picture);
                at.Add(i);
                cut.Add(IsCutAtSide(digit));
            }
        }

        var guesses = network.Read(pictures);
        var cells = new DigitGuess?[item.Cells.Count];
        var seen = new float[]?[item.Cells.Count];
        for (var i = 0; i < at.Count; i++)
        {
            // A blot over the side of an empty cell leaves an upright edge, which looks like a 1; so a 1 stands free or is asked
            // about.
            var guess = guesses[i] is { Digit: 1 } one && cut[i] ? one with { Digit = null } : guesses[i];
            (cells[at[i]], seen[at[i]]) = (guess, pictures[i]);
        }

        return new CellsReading(cells, seen, struck);
    }

    private static bool IsCutAtSide(Mat digit)
    {
        using var left = digit.Col(0);
        using var right = digit.Col(digit.Width - 1);
        return Math.Max(Cv2.CountNonZero(left), Cv2.CountNonZero(right)) >= CutShareMin * digit.Height;
    }

    // Specks go; so does what only reaches in: a small piece at the edge that leaves the middle of the cell alone.
    private static void Clean(Mat digit)
    {
        var px2 = CanonicalPage.PxPerMm * CanonicalPage.PxPerMm;
        var (width, height) = (digit.Width, digit.Height);
        var middle = new Rect(width / 5, height / 6, width * 3 / 5, height * 2 / 3);
        InkCleaning.Keep(digit, (box, area) =>
            area >= SpeckMm2 * px2
            && (box.IntersectsWith(middle) || (box.X > 1 && box.Y > 1 && box.Right < width - 1 && box.Bottom < height - 1
                && area > 4 * SpeckMm2 * px2)));
    }
}

/// <summary>The cells of a row; null where a cell is empty.</summary>
/// <param name="Cells">From left to right.</param>
/// <param name="Pictures">Of each cell what the network saw, for measuring and training.</param>
/// <param name="Struck">A line runs through several cells (R05).</param>
internal sealed record CellsReading(IReadOnlyList<DigitGuess?> Cells, IReadOnlyList<float[]?> Pictures, bool Struck)
{
    /// <summary>Nothing in any cell.</summary>
    public bool IsBlank => Cells.All(cell => cell is null);

    /// <summary>The digits that were read, empty cells left out, unreadable ones too.</summary>
    public string Digits => string.Concat(Cells.Where(cell => cell?.Digit is not null).Select(cell => cell!.Value.Digit));

    /// <summary>Of the least certain cell, per mille.</summary>
    public int Confidence => Cells.Where(cell => cell is not null).Select(cell => cell!.Value.Confidence).DefaultIfEmpty(1000).Min();

    /// <summary>Every written cell holds one digit, surely enough.</summary>
    public bool IsSure(int confidenceMin) =>
        Cells.All(cell => cell is null || (cell.Value.Digit is not null && cell.Value.Confidence >= confidenceMin));

    /// <summary>An empty cell between or before written ones.</summary>
    public bool HasGap
    {
        get
        {
            var last = Cells.Select((cell, i) => cell is null ? -1 : i).Max();
            return Cells.Take(last + 1).Any(cell => cell is null);
        }
    }
}
