using System.Text.Json.Serialization;

namespace MyNumber.Batch.Reading;

/// <summary>How sure a field's value is. One of four; a rule accepts only <see cref="Read"/> and <see cref="Blank"/>.</summary>
public enum FieldState
{
    /// <summary>There is a value and it may be used.</summary>
    Read,

    /// <summary>Nothing is written there.</summary>
    Blank,

    /// <summary>Something is there, and a person must say what.</summary>
    Doubtful,

    /// <summary>Struck out or written over by hand (R05): a person must say what it says now.</summary>
    Corrected,
}

/// <summary>Where an Application ID was read from (R02).</summary>
public enum ApplicationIdSource
{
    /// <summary>The QR code alone.</summary>
    Qr,

    /// <summary>The printed digits alone.</summary>
    Digits,

    /// <summary>Both, and they agree.</summary>
    Both,

    /// <summary>Both, and they differ: there is no value, not even the code's; a person must look.</summary>
    Differ,
}

/// <summary>The registration of a page: how well the printed marks were found.</summary>
/// <param name="Ok">The page was found and turned; nothing else of the reading counts where false.</param>
/// <param name="ResidualPx">Largest distance of a mark from where the fit puts it, pixels.</param>
/// <param name="Scale">Measured size over printed size; 1 is exact.</param>
/// <param name="RotationDeg">Turn of the page as scanned, degrees.</param>
/// <param name="Streaks">Vertical streaks (dirty scanner glass) found.</param>
public sealed record Registration(bool Ok, double ResidualPx, double Scale, double RotationDeg, int Streaks);

/// <summary>The Application ID of a page; null value where the page has none that can be read.</summary>
/// <param name="Value">23 digits.</param>
/// <param name="Confidence">Per mille.</param>
public sealed record ApplicationIdReading(string? Value, ApplicationIdSource? From, int Confidence);

/// <summary>One field as read. Digit fields are digits only, dates `YYYY-MM-DD`.</summary>
/// <param name="Value">The text; null for a signature or line, whose ink alone is read.</param>
/// <param name="Confidence">Per mille.</param>
/// <param name="State">Whether it may be used.</param>
public sealed record FieldReading(string? Value, int Confidence, FieldState State);

/// <summary>One mark box as read.</summary>
/// <param name="Filled">Null where doubtful.</param>
/// <param name="Score">Ink share above the empty form, per mille.</param>
public sealed record MarkReading(bool? Filled, int Score);

/// <summary>What can be said of the photograph (R20). Null members could not be measured on this scan.</summary>
/// <param name="Present">Something is glued into the photo area.</param>
/// <param name="WidthMm">Width of what is there, mm.</param>
/// <param name="HeightMm">Height, mm.</param>
/// <param name="WidthPx">Width in pixels of the scan (R20: 240 at least).</param>
/// <param name="TiltDeg">Turn against the page, degrees.</param>
/// <param name="Face">A face was found; null where the scan is bitonal and cannot show one.</param>
/// <param name="FaceHeightShare">Face height over photograph height, per mille.</param>
/// <param name="HeadInside">The whole head lies inside a 45:35 cut.</param>
/// <param name="Brightness">Mean brightness, 0 to 255.</param>
public sealed record PhotoReading(
    bool Present,
    double? WidthMm,
    double? HeightMm,
    int? WidthPx,
    double? TiltDeg,
    bool? Face,
    int? FaceHeightShare,
    bool? HeadInside,
    double? Brightness,
    bool? PlainBackground);

/// <summary>
/// What one page says. It depends on that page alone (ENGINE.md, rule 7): the same bytes give the same reading in any
/// order, on any worker. Scores are integers per mille.
/// </summary>
/// <param name="Form">The form's kind; null for unknown paper.</param>
/// <param name="FormVersion">Version printed on the form; 0 for unknown paper.</param>
/// <param name="FormPage">1 front, 2 back, 0 unknown.</param>
/// <param name="ApplicationId">From QR and digits.</param>
/// <param name="Fields">By item name; dates also joined under the date's name.</param>
/// <param name="Marks">By item name.</param>
/// <param name="Photo">Null on pages without a photo area.</param>
/// <param name="Findings">Codes of what the reader noticed: `upside-down`, `streaks`, `cut-corner`, `bitonal` …</param>
/// <param name="Bitonal">The scan has one bit a pixel: it cannot show a face.</param>
public sealed record PageReading(
    string? Form,
    int FormVersion,
    int FormPage,
    Registration Registration,
    ApplicationIdReading ApplicationId,
    IReadOnlyDictionary<string, FieldReading> Fields,
    IReadOnlyDictionary<string, MarkReading> Marks,
    PhotoReading? Photo,
    IReadOnlyList<string> Findings,
    bool Bitonal);

/// <summary>A page's outcome: a reading, or the reason why there is none.</summary>
/// <param name="Reading">Null where unreadable.</param>
/// <param name="Unreadable">A stable code: `truncated`, `not-an-image`, `too-large`, `no-such-page`, `too-slow` …</param>
public sealed record PageOutcome(PageReading? Reading, string? Unreadable)
{
    /// <summary>Every code that the reader gives: no file gets another one, and none gets neither a code nor a reading.</summary>
    [JsonIgnore]
    public static IReadOnlySet<string> Codes { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "damaged", "empty", "no-such-page", "not-an-image", "too-large", "too-slow", "too-small", "truncated",
    };

    /// <summary>
    /// What a loose or sent photograph is known by (R24); null for all else. It stands in no stored reading: its keyed hash is
    /// kept beside the scan.
    /// </summary>
    [JsonIgnore]
    public string? PhotoFingerprint { get; init; }

    /// <summary>True where the page could be decoded (unknown paper counts as readable).</summary>
    [JsonIgnore]
    public bool IsReadable => Reading is not null;
}
