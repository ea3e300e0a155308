using MyNumber.Templates.Forms;
using OpenCvSharp;

namespace MyNumber.Batch.Reading;

/// <summary>Where the form lies on a scan, and which form it is.</summary>
/// <param name="Mark">Kind, version and page; null where four marks were found but no form mark can be read.</param>
/// <param name="ToImage">From pixels of <see cref="CanonicalPage"/> to pixels of the scan, projective.</param>
/// <param name="ResidualPx">Largest distance of a mark from the plain (affine) fit, pixels of the scan.</param>
/// <param name="RotationDeg">Turn of the page as scanned: −180 to 180, clockwise.</param>
/// <param name="MarksFound">3 or 4.</param>
internal sealed record PagePlacement(
    FormMark? Mark, Mat ToImage, double ResidualPx, double PxPerMm, double RotationDeg, int MarksFound) : IDisposable
{
    /// <summary>Another form lies on the scan beside or under this one: two sheets went through the feeder as one.</summary>
    public bool HasCompany { get; init; }

    /// <summary>
    /// The definition of this page; null where the form mark is not known, or names a version that this program does
    /// not know.
    /// </summary>
    public FormPage? Form => Mark is null ? null : FormDefinitions.FindPage(Mark);

    /// <summary>
    /// Centres of the marks of the upright page from the top left, pixels of the scan; a missing one as it was worked
    /// out.
    /// </summary>
    public required IReadOnlyList<Point2d> Corners { get; init; }

    /// <summary>Which of <see cref="Corners"/> was not found; null where all four were.</summary>
    public int? Missing { get; init; }

    /// <inheritdoc/>
    public void Dispose() => ToImage.Dispose();
}

/// <summary>
/// Lays the form's four registration marks onto the dark squares of a scan: any two squares propose a place, the one
/// that explains most squares wins; a missing fourth is filled in. The form mark, which stands at the top left only,
/// tells up from down.
/// </summary>
internal static class PagePlacer
{
    // All pages of all versions share these places (FormPageBuilder.Marks); a form that differs is another family.
    public static readonly IReadOnlyList<Point2d> MarksMm =
        [.. FormDefinitions.All[0].Pages[0].Items.Where(item => item.Type == FormItemType.Registration)
            .Select(item => new Point2d(item.Box.XMm + (item.Box.WidthMm / 2), item.Box.YMm + (item.Box.HeightMm / 2)))];

    private static readonly double SideMm =
        FormDefinitions.All[0].Pages[0].Items.First(item => item.Type == FormItemType.Registration).Box.WidthMm;

    // How far a mark may lie from where two others put it, mm: shear, stretch, a fold.
    private const double StrayMm = 5;

    // Steps in which a form mark is looked for beside its place, mm. Chance has many tries there: it must be clear, and known.
    private const double SearchMm = 0.5;
    private const double ClearMin = 0.4;

    // A missing corner is worked out from print at some distance; from the better place, once more.
    private const int CornerRounds = 2;

    /// <summary>Null where no three registration marks are found: unknown paper, or a blank page.</summary>
    public static PagePlacement? Place(Mat gray)
    {
        var squares = MarkSearch.Find(gray, DarkLevel.OfPage);
        var placement = Lay(gray, squares);
        if (placement?.Mark is null)
        {
            var others = MarkSearch.Find(gray, DarkLevel.OfNeighbourhood);
            var second = Lay(gray, others);
            if (second is not null && (placement is null || second.Mark is not null))
            {
                placement?.Dispose();
                (placement, squares) = (second, others);
            }
            else
            {
                second?.Dispose();
            }
        }

        if (placement?.Mark is null)
        {
            return placement;
        }

        for (var round = 0; round < CornerRounds && placement is { Missing: { } missing, Form: not null }; round++)
        {
            if (MissingMark.Find(gray, placement, missing) is not { } corner)
            {
                break;
            }

            Point2d[] corners = [.. placement.Corners.Select((found, i) => i == missing ? corner : found)];
            var loose = placement;
            placement = Laid(gray, corners, missing, loose.ResidualPx) with { Mark = loose.Mark };
            loose.Dispose();
        }

        return placement with { HasCompany = HasCompany(gray, squares, placement) };
    }

    // What is left of the squares: do they make a form, or does the mark of one stand beside any of them?
    private static bool HasCompany(Mat gray, List<Square> squares, PagePlacement placement)
    {
        var own = MarksMm.Select(mark => Project(placement.ToImage, Canonical(mark))).ToArray();
        var side = SideMm * placement.PxPerMm;
        var rest = squares.Where(square => Math.Abs((square.SidePx / side) - 1) < 0.15
            && own.All(mark => mark.DistanceTo(square.Centre) > StrayMm * placement.PxPerMm)).ToList();
        using var other = Lay(gray, rest);
        return other?.Mark is not null || rest.Any(square =>
        {
            using var move = Move(square.Centre - own[0]);
            using Mat moved = move * placement.ToImage;
            return SampleMark(gray, moved, 0, 0) is not null;
        });
    }

    private static PagePlacement? Lay(Mat gray, List<Square> squares)
    {
        if (Propose(squares) is not { } proposal)
        {
            return null;
        }

        var side = SideMm * proposal.PxPerMm;
        var found = new Point2d?[4];
        for (var i = 0; i < 4; i++)
        {
            found[i] = proposal.Marks[i] is { } near ? MarkSearch.Refine(gray, near, side) : null;
        }

        if (found.Count(mark => mark is not null) < 3)
        {
            return null;
        }

        var upright = Fit(gray, found);
        if (upright.Mark is not null)
        {
            return upright;
        }

        // Turned by half: mark 1 of the proposal is mark 4 of the page.
        var turned = Fit(gray, [found[3], found[2], found[1], found[0]]);
        if (turned.Mark is not null)
        {
            upright.Dispose();
            return turned;
        }

        // With a mark missing, the fit is loose at its corner, and the form mark may lie beside its place.
        var moved = turned.Missing is null ? null : FormMarkNearby(gray, upright) ?? FormMarkNearby(gray, turned);
        turned.Dispose();
        if (moved is not null)
        {
            upright.Dispose();
        }

        return moved ?? upright;
    }

    private static PagePlacement? FormMarkNearby(Mat gray, PagePlacement placement)
    {
        (FormMark Mark, double Clear)? best = null;
        for (var y = -StrayMm / 2; y <= StrayMm / 2; y += SearchMm)
        {
            for (var x = -StrayMm / 2; x <= StrayMm / 2; x += SearchMm)
            {
                if (SampleMark(gray, placement.ToImage, x, y) is { } sample && sample.Clear >= ClearMin && !(sample.Clear <= best?.Clear)
                    && FormDefinitions.FindPage(sample.Mark) is not null)
                {
                    best = sample;
                }
            }
        }

        return best is { } found ? placement with { Mark = found.Mark, ToImage = placement.ToImage.Clone() } : null;
    }

    private sealed record Proposal(Point2d?[] Marks, double PxPerMm, int Count, double ErrorMm);

    private static Proposal? Propose(List<Square> squares)
    {
        Proposal? best = null;
        foreach (var (i, j) in new[] { (0, 3), (1, 2), (0, 1), (2, 3), (0, 2), (1, 3) })
        {
            for (var a = 0; a < squares.Count; a++)
            {
                for (var b = 0; b < squares.Count; b++)
                {
                    if (a != b && Explain(squares, i, j, squares[a], squares[b]) is { } proposal
                        && (best is null || proposal.Count > best.Count
                            || (proposal.Count == best.Count && proposal.ErrorMm < best.ErrorMm - 1e-6)))
                    {
                        best = proposal;
                    }
                }
            }
        }

        return best is { Count: >= 3 } ? best : null;
    }

    // If square a is mark i and square b is mark j: where would the others be, and what is there?
    private static Proposal? Explain(List<Square> squares, int i, int j, Square a, Square b)
    {
        var (model, image) = (MarksMm[j] - MarksMm[i], b.Centre - a.Centre);
        var length = Math.Sqrt((model.X * model.X) + (model.Y * model.Y));
        var scale = Math.Sqrt((image.X * image.X) + (image.Y * image.Y)) / length;
        if (Math.Abs((a.SidePx / (SideMm * scale)) - 1) > 0.15 || Math.Abs((b.SidePx / (SideMm * scale)) - 1) > 0.15)
        {
            return null;
        }

        var cos = ((model.X * image.X) + (model.Y * image.Y)) / (length * length);
        var sin = ((model.X * image.Y) - (model.Y * image.X)) / (length * length);
        var marks = new Point2d?[4];
        var (count, error) = (0, 0.0);
        for (var m = 0; m < 4; m++)
        {
            var d = MarksMm[m] - MarksMm[i];
            var expected = new Point2d(a.Centre.X + (cos * d.X) - (sin * d.Y), a.Centre.Y + (sin * d.X) + (cos * d.Y));
            var nearest = squares.Where(square => Math.Abs((square.SidePx / (SideMm * scale)) - 1) < 0.2)
                .Select(square => (Point2d?)square.Centre)
                .MinBy(centre => centre!.Value.DistanceTo(expected));
            if (nearest?.DistanceTo(expected) is { } distance && distance < StrayMm * scale)
            {
                marks[m] = nearest;
                count++;
                error += distance / scale;
            }
        }

        return new Proposal(marks, scale, count, error);
    }

    private static PagePlacement Fit(Mat gray, Point2d?[] found)
    {
        var have = Enumerable.Range(0, 4).Where(i => found[i] is not null).ToArray();
        var image = have.Select(i => found[i]!.Value).ToArray();
        var canonical = have.Select(i => Canonical(MarksMm[i])).ToArray();
        var affine = Affine(canonical, image);
        var residual = have.Select((_, k) => Apply(affine, canonical[k]).DistanceTo(image[k])).Max();
        var all = Enumerable.Range(0, 4).Select(i => found[i] ?? Apply(affine, Canonical(MarksMm[i]))).ToArray();
        var missing = have.Length == 4 ? (int?)null : Enumerable.Range(0, 4).First(i => found[i] is null);
        return Laid(gray, all, missing, residual);
    }

    // The page through these corners.
    private static PagePlacement Laid(Mat gray, Point2d[] all, int? missing, double residual)
    {
        var toImage = Cv2.GetPerspectiveTransform(
            MarksMm.Select(mark => ToFloat(Canonical(mark))).ToArray(), all.Select(ToFloat).ToArray());
        var top = all[1] - all[0];
        var bottom = all[3] - all[2];
        var across = new Point2d(top.X + bottom.X, top.Y + bottom.Y);
        var down = new Point2d(all[2].X - all[0].X + all[3].X - all[1].X, all[2].Y - all[0].Y + all[3].Y - all[1].Y);
        var scale = (Math.Sqrt((across.X * across.X) + (across.Y * across.Y)) / 2 / (MarksMm[1].X - MarksMm[0].X)
            + (Math.Sqrt((down.X * down.X) + (down.Y * down.Y)) / 2 / (MarksMm[2].Y - MarksMm[0].Y))) / 2;
        var rotation = Math.Atan2(across.Y, across.X) * 180 / Math.PI;
        return new PagePlacement(SampleMark(gray, toImage, 0, 0)?.Mark, toImage, residual, scale, rotation, missing is null ? 4 : 3)
        {
            Corners = all, Missing = missing,
        };
    }

    // Samples the modules of the form mark where the fit puts them, or beside it: mm. Clear is how far the module that is
    // hardest to tell lies from the middle between black and white: 0 to 1.
    private static (FormMark Mark, double Clear)? SampleMark(Mat gray, Mat toImage, double rightMm, double downMm)
    {
        var grays = new double[FormMark.Modules];
        for (var module = 0; module < grays.Length; module++)
        {
            var box = FormMark.ModuleBox(module);
            var sum = 0.0;
            const int across = 3, down = 5;
            for (var i = 0; i < across * down; i++)
            {
                var at = new Point2d(
                    box.XMm + rightMm + (box.WidthMm * (1 + (i % across)) / (across + 1.0)),
                    box.YMm + downMm + (box.HeightMm * (1 + (i / across)) / (down + 1.0)));
                var point = Project(toImage, Canonical(at));
                var (x, y) = ((int)Math.Round(point.X), (int)Math.Round(point.Y));
                sum += x >= 0 && y >= 0 && x < gray.Width && y < gray.Height ? gray.At<byte>(y, x) : 255;
            }

            grays[module] = sum / (across * down);
        }

        var (middle, range) = ((grays.Min() + grays.Max()) / 2, grays.Max() - grays.Min());
        return range >= 60 && FormMark.Decode([.. grays.Select(gray => gray < middle)]) is { } mark
            ? (mark, grays.Min(gray => Math.Abs(gray - middle)) * 2 / range)
            : null;
    }

    /// <summary>Canonical pixels of a place on the page, mm.</summary>
    public static Point2d Canonical(Point2d mm) => new(mm.X * CanonicalPage.PxPerMm, mm.Y * CanonicalPage.PxPerMm);

    private static Point2f ToFloat(Point2d point) => new((float)point.X, (float)point.Y);

    /// <summary>The matrix of a move by that much.</summary>
    public static Mat Move(Point2d by)
    {
        var move = new Mat(3, 3, MatType.CV_64FC1);
        move.SetArray<double>([1, 0, by.X, 0, 1, by.Y, 0, 0, 1]);
        return move;
    }

    /// <summary>Where a projective fit puts a point.</summary>
    public static Point2d Project(Mat h, Point2d p)
    {
        var w = (h.At<double>(2, 0) * p.X) + (h.At<double>(2, 1) * p.Y) + h.At<double>(2, 2);
        return new Point2d(
            ((h.At<double>(0, 0) * p.X) + (h.At<double>(0, 1) * p.Y) + h.At<double>(0, 2)) / w,
            ((h.At<double>(1, 0) * p.X) + (h.At<double>(1, 1) * p.Y) + h.At<double>(1, 2)) / w);
    }

    // Least squares; three marks give it exactly.
    private static double[] Affine(Point2d[] from, Point2d[] to)
    {
        using var a = new Mat(from.Length, 3, MatType.CV_64FC1);
        using var b = new Mat(from.Length, 2, MatType.CV_64FC1);
        for (var i = 0; i < from.Length; i++)
        {
            (a.At<double>(i, 0), a.At<double>(i, 1), a.At<double>(i, 2)) = (from[i].X, from[i].Y, 1);
            (b.At<double>(i, 0), b.At<double>(i, 1)) = (to[i].X, to[i].Y);
        }

        using var x = new Mat();
        Cv2.Solve(a, b, x, DecompTypes.SVD);
        return [x.At<double>(0, 0), x.At<double>(1, 0), x.At<double>(2, 0), x.At<double>(0, 1), x.At<double>(1, 1), x.At<double>(2, 1)];
    }

    private static Point2d Apply(double[] m, Point2d p) =>
        new((m[0] * p.X) + (m[1] * p.Y) + m[2], (m[3] * p.X) + (m[4] * p.Y) + m[5]);
}
