using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MyNumber.Templates.Forms;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Reads a page of a scan: decode → place by the registration marks → flatten → read each zone (README.md here).
/// Models are loaded once; a reader belongs to one thread. The same bytes give the same reading, whoever reads them.
/// </summary>
public sealed class PageReader : IDisposable
{
    private static readonly ThreadLocal<PageReader> Threads = new(() => new PageReader());
    private static readonly ConcurrentDictionary<PageReader, bool> Living = new();

    private readonly FormPageReader _forms;
    private readonly ReadOptions _options;

    // tesseract complains on standard error of every engine that a process leaves behind.
    static PageReader() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var reader in Living.Keys)
        {
            reader.Dispose();
        }
    };

    /// <summary>Loads the native libraries and the models.</summary>
    /// <param name="options">Null: as the night reads.</param>
    public PageReader(ReadOptions? options = null)
    {
        NativeLibraries.Load();
        _options = options ?? new ReadOptions();
        _forms = new FormPageReader();
        Living.TryAdd(this, true);
    }

    /// <summary>The reader of this thread, made at its first use. Do not dispose it.</summary>
    public static PageReader OfThisThread => Threads.Value!;

    /// <inheritdoc cref="FormPageReader.CellsRead"/>
    internal Action<FormItem, CellsReading>? CellsRead
    {
        set => _forms.CellsRead = value;
    }

    /// <summary>Pages of a file; 1 for what cannot be decoded, whose page 1 then is unreadable.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Whoever holds a reader has loaded the native libraries in their order.")]
    public int PageCount(byte[] file) => PageDecoder.PageCount(file);

    /// <summary>Reads one page.</summary>
    /// <param name="page">From 1.</param>
    /// <param name="cancellation">Ends the reading between two zones.</param>
    public PageOutcome Read(byte[] file, int page, CancellationToken cancellation) =>
        Read(file, page, null, cancellation);

    /// <summary>The same, with pictures of what each step saw in <paramref name="debugFolder"/>.</summary>
    internal PageOutcome Read(byte[] file, int page, string? debugFolder, CancellationToken cancellation)
    {
        var began = CpuClock.Seconds();
        var decoded = PageDecoder.Decode(file, page, Colour.Drop);
        if (decoded.Image is not { } image)
        {
            return new PageOutcome(null, decoded.Unreadable);
        }

        using (image)
        {
            if (Math.Min(image.Gray.Width, image.Gray.Height) < PageLimits.SidePxMin)
            {
                return new PageOutcome(null, "too-small");
            }

            cancellation.ThrowIfCancellationRequested();
            using var placement = PagePlacer.Place(image.Gray);
            cancellation.ThrowIfCancellationRequested();
            // A page of noise may keep the search for marks busy; its zones would only cost more.
            return CpuClock.Seconds() - began > PageLimits.SecondsMax
                ? new PageOutcome(null, "too-slow")
                : new PageOutcome(placement is null ? Unknown(image) : Known(image, placement, debugFolder), null);
        }
    }

    /// <summary>The picture of a field for a keyer, PNG; null where the page or the field is not there.</summary>
    /// <param name="page">From 1.</param>
    /// <param name="field">As in the form definition; a date in cells shows all its parts.</param>
    [SuppressMessage("Performance", "CA1822", Justification = "Whoever holds a reader has loaded the native libraries in their order.")]
    public byte[]? CropPng(byte[] file, int page, string field) => OnPlaced(file, page, Colour.Drop, (image, placement, form) =>
    {
        var boxes = form.ItemsOf(field).Select(item => item.Box).ToList();
        if (boxes.Count == 0)
        {
            return null;
        }

        var flat = new CanonicalPage(image, placement.ToImage, form);
        var (left, top) = (boxes.Min(box => box.XMm), boxes.Min(box => box.YMm));
        using var crop = flat.Fine(new Box(left, top, boxes.Max(box => box.RightMm) - left, boxes.Max(box => box.BottomMm) - top), 3);
        return crop.ImEncode(".png");
    });

    /// <summary>The photograph, cut out and upright, in colour where scanned so, PNG; null where there is none.</summary>
    public byte[]? PhotoPng(byte[] file, int page) => OnPlaced(file, page, Colour.Keep, (image, placement, form) =>
    {
        if (form.Find("photo") is not { } item)
        {
            return null;
        }

        var flat = new CanonicalPage(image, placement.ToImage, form);
        if (_forms.PhotoOutline(flat, EmptyForms.Page(placement.Mark!), item) is not { } outline)
        {
            return null;
        }

        using var picture = flat.FineOf(image.Colour ?? image.Gray, new Box(0, 0, form.WidthMm, form.HeightMm), 0);
        using var photo = PhotoZone.Straighten(picture, PhotoZone.Fine(outline));
        return photo.ImEncode(".png");
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Living.TryRemove(this, out _))
        {
            _forms.Dispose();
        }
    }

    private static T? OnPlaced<T>(byte[] file, int page, Colour colour, Func<PageImage, PagePlacement, FormPage, T?> work)
        where T : class
    {
        if (PageDecoder.Decode(file, page, colour).Image is not { } image)
        {
            return null;
        }

        using (image)
        using (var placement = PagePlacer.Place(image.Gray))
        {
            return placement?.Form is { } form ? work(image, placement, form) : null;
        }
    }

    private static PageReading Unknown(PageImage image) =>
        Empty(new Registration(false, 0, 0, 0, 0), image.Bitonal, [PageDamage.IsBlank(image.Gray) ? "blank" : "unknown-paper"]);

    private static PageReading Empty(Registration registration, bool bitonal, IReadOnlyList<string> findings) => new(
        null, 0, 0, registration, new ApplicationIdReading(null, null, 0), new Dictionary<string, FieldReading>(),
        new Dictionary<string, MarkReading>(), null, findings, bitonal);

    private PageReading Known(PageImage image, PagePlacement placement, string? debugFolder)
    {
        var streaks = PageDamage.Streaks(image.Gray);
        var registration = new Registration(
            true, Math.Round(placement.ResidualPx, 2), Math.Round(PageDamage.Scale(placement.PxPerMm, image.Dpi), 4),
            Math.Round(placement.RotationDeg, 2), streaks.Count(streak => streak.Whole));
        if (placement.HasCompany)
        {
            // Which of them the manifest means, nobody can tell; where they overlap, fields of both would be mixed.
            return Empty(registration, image.Bitonal, ["two-sheets"]);
        }

        if (placement.Form is not { } form)
        {
            // Our marks, but no form mark, or a version that this program does not know.
            return Empty(registration, image.Bitonal, [placement.Mark is null ? "form-mark-unreadable" : "form-version-unknown"]);
        }

        var mark = placement.Mark!;
        var empty = EmptyForms.Page(mark);
        var flat = new CanonicalPage(image, placement.ToImage, form, streaks);
        var values = _forms.Read(flat, empty, form, _options, placement.PxPerMm);
        foreach (var item in form.Items.Where(item => flat.IsCrossed(item.Box, streaks.Where(streak => IsDoubt(streak, item)))))
        {
            FormPageReader.Doubt(values, item);
        }

        var reading = new PageReading(
            mark.Kind, mark.Version, mark.Page, registration, values.ApplicationId, values.Fields, values.Marks, values.Photo,
            Findings(image, placement, registration, values), image.Bitonal);
        if (debugFolder is { } folder)
        {
            DebugPictures.Write(folder, image, flat, empty, form, reading);
        }

        return reading;
    }

    // Digits and boxes are read without the streaks that can be taken out; a faint wide one does not fill a box.
    private static bool IsDoubt(Streak streak, FormItem item) => item.Type switch
    {
        FormItemType.Cells => !streak.IsMended,
        FormItemType.Mark => streak.Whole && !streak.IsMended,
        _ => streak.Whole,
    };

    private List<string> Findings(
        PageImage image, PagePlacement placement, Registration registration, FormPageReader.Values values)
    {
        var findings = new List<string>();
        Note(findings, "upside-down", Math.Abs(placement.RotationDeg) > 135);
        Note(findings, "turned", Math.Abs(placement.RotationDeg) is > 45 and <= 135);
        Note(findings, "mark-missing", placement.MarksFound < 4);
        Note(findings, "scale", registration.Scale is < 0.965 or > 1.035);
        Note(findings, "streaks", registration.Streaks > 0);
        Note(findings, "bitonal", image.Bitonal);
        Note(findings, "reason-in-name-field", values.ReasonWritten);
        Note(findings, "application-id-differs", values.ApplicationId.From == ApplicationIdSource.Differ);
        Note(findings, "other-form", _options.Form is { } expected && expected != placement.Mark!.Kind);
        return findings;
    }

    private static void Note(List<string> findings, string code, bool holds)
    {
        if (holds)
        {
            findings.Add(code);
        }
    }
}
